import HTTPTypes
import Hummingbird
import NIOCore
import PlumbEngine
import PlumbKit

/// One request and its reply: the identifiers, the headers that every reply has, and the line in the log.
final class Exchange: Sendable {
  let request: Request
  let client: String
  let clientRequestID: String
  let activityID = GUID.random().text
  private let service: QueryService
  private let log: AccessLog
  private let started = Machine.milliseconds
  /// Headers of every reply, such as those that let a named origin read it.
  private let headers: HTTPFields

  init(_ request: Request, client: String, _ service: QueryService, _ log: AccessLog, headers: HTTPFields) {
    self.request = request
    self.client = client
    self.service = service
    self.log = log
    self.headers = headers
    clientRequestID = request.headers[.clientRequestID] ?? "unspecified;\(GUID.random().text)"
  }

  // MARK: Replies

  func reply(
    _ status: HTTPResponse.Status = .ok, _ type: String = "application/json", _ bytes: [UInt8], headers: HTTPFields = [:],
    error: String? = nil
  ) -> Response {
    let head = head(type, headers)
    end(Int(status.code), bytes.count, error)
    return Response(status: status, headers: head, body: ResponseBody(byteBuffer: NIOCore.ByteBuffer(bytes: bytes)))
  }

  func reply(_ status: HTTPResponse.Status = .ok, _ type: String, _ text: String, headers: HTTPFields = [:]) -> Response {
    reply(status, type, Array(text.utf8), headers: headers)
  }

  /// A reply that leads a browser to another page.
  func redirect(to path: String, _ headers: HTTPFields = [:]) -> Response {
    reply(.seeOther, "text/plain", "\(path)\n", headers: headers + [.location: path])
  }

  func reply(_ error: WireError) -> Response {
    var headers: HTTPFields = [:]
    if error.status == 429 { headers[.retryAfter] = "1" }
    let body = Array((error.json((clientRequestID, activityID)) + "\n").utf8)
    return reply(HTTPResponse.Status(code: error.status), "application/json", body, headers: headers, error: error.name)
  }

  /// A reply whose body is written piece by piece; `write` returns the number of bytes and the error's name.
  func reply(
    streaming type: String, headers: HTTPFields = [:],
    _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> (bytes: Int, error: String?)
  ) -> Response {
    Response(
      status: .ok, headers: head(type, headers),
      body: ResponseBody { writer in
        do {
          let (bytes, error) = try await write(&writer)
          try await writer.finish(nil)
          self.end(200, bytes, error)
        } catch {
          self.end(200, 0, "disconnected")
          throw error
        }
      })
  }

  private func head(_ type: String, _ more: HTTPFields) -> HTTPFields {
    var fields = headers
    fields[.contentType] = type
    fields[.cacheControl] = "no-store"
    fields[.xContentTypeOptions] = "nosniff"
    if !isForClients { return fields + more }
    fields[.clientRequestID] = clientRequestID
    fields[.activityID] = activityID
    return fields + more
  }

  private func end(_ status: Int, _ bytes: Int, _ error: String?) {
    service.metrics.count(status: status, bytes: bytes)
    log.write(
      AccessLog.Entry(
        client: client, method: request.method.rawValue, path: request.uri.path, status: status, bytes: bytes,
        milliseconds: Machine.milliseconds - started, clientRequestID: request.headers[.clientRequestID] ?? "",
        activityID: isForClients ? activityID : "", error: error))
  }

  /// Whether the path is one of Kusto's, whose replies have its headers.
  private var isForClients: Bool { request.uri.path.hasPrefix("/v") }

  /// Whether a browser shows the reply.
  var isForBrowsers: Bool { request.headers[.accept]?.contains("text/html") ?? false }

  // MARK: The request

  /// The whole body.
  ///
  /// - Throws: a `WireError` if it is larger than the server reads.
  func body(upTo limit: Int) async throws -> [UInt8] {
    do {
      return Array(buffer: try await request.body.collect(upTo: limit))
    } catch is NIOTooManyBytesError {
      throw WireError.badRequest("the body of the request exceeds \(limit >> 20) MB", status: 413, name: "too-large")
    }
  }

  /// The parameters of a form in the body.
  ///
  /// - Throws: a `WireError` if it is larger than `limit` bytes.
  func form(upTo limit: Int = 1 << 16) async throws -> [String: String] {
    Self.parameters(String(decoding: try await body(upTo: limit), as: UTF8.self))
  }

  /// The parameters after `?`; of several with one name the first.
  var query: [String: String] { Self.parameters(request.uri.query ?? "") }

  /// Reads `a=1&b=x%20y+z`.
  static func parameters(_ text: String) -> [String: String] {
    var result: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = PercentCoding.decoded(parts[0], plusIsSpace: true)
      if result[name] == nil { result[name] = parts.count > 1 ? PercentCoding.decoded(parts[1], plusIsSpace: true) : "" }
    }
    return result
  }
}

extension HTTPFields {
  static func + (one: HTTPFields, other: HTTPFields) -> HTTPFields {
    var all = one
    for field in other { all[field.name] = field.value }
    return all
  }
}

extension HTTPField.Name {
  private static func named(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .userAgent }
  static let clientRequestID = named("x-ms-client-request-id")
  static let activityID = named("x-ms-activity-id")
  static let fetchSite = named("Sec-Fetch-Site")
}
