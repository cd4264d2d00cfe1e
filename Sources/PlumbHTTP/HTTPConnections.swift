import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import PlumbDiagnostics
import PlumbEngine

/// A client for HTTP whose calls block the thread that makes them. Connections are kept and used again.
package enum HTTPConnections {
  /// Never shut down: it lives as long as the process. Redirects are not followed, since requests carry secrets.
  private static let client = HTTPClient(
    eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration)

  private static var configuration: HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10), read: nil))
    // A server that cannot be reached is reported at once.
    configuration.connectionPool.retryConnectionEstablishment = false
    // Certificates to trust in place of the system's, as other programs read them.
    if let path = getenv("SSL_CERT_FILE") {
      var security = TLSConfiguration.makeClientConfiguration()
      security.trustRoots = .file(String(cString: path))
      configuration.tlsConfiguration = security
    }
    return configuration
  }

  /// Sends a request and waits for the answer's status; its body is read with `HTTPAnswer.next`.
  ///
  /// - Parameter checkpoint: called several times a second while waiting; what it throws ends the call.
  /// - Throws: `cannot-connect`, `connection-lost`.
  package static func send(_ call: HTTPCall, checkpoint: @escaping @Sendable () throws -> Void) throws -> HTTPAnswer {
    let request: HTTPClient.Request
    do {
      request = try HTTPClient.Request(
        url: call.url, method: HTTPMethod(rawValue: call.method),
        headers: HTTPHeaders(call.headers.map { ($0.name, $0.value) }),
        body: call.body.isEmpty ? nil : .bytes(call.body))
    } catch {
      throw Diagnostic("invalid-url", "`\(place(of: call.url))` is not an address: \(error)")
    }
    let receiver = Receiver()
    let task = client.execute(request: request, delegate: receiver)
    let answer = HTTPAnswer(receiver, stop: { task.cancel() }, place: place(of: call.url), call.patience, checkpoint)
    try answer.awaitHead()
    return answer
  }

  /// The scheme, host and port of an address: what may be shown.
  private static func place(of url: String) -> String {
    guard let start = url.range(of: "://") else { return url }
    let rest = url[start.upperBound...].prefix { $0 != "/" && $0 != "?" }
    return String(url[..<start.upperBound]) + (rest.split(separator: "@").last.map(String.init) ?? "")
  }
}

extension StringProtocol {
  /// The first place of a short text.
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}

/// An answer to a request: its status is known, its body arrives. Used by one thread at a time.
package final class HTTPAnswer: @unchecked Sendable {
  private let receiver: Receiver
  private let stop: () -> Void
  private let place: String
  private let patience: Duration
  private let checkpoint: @Sendable () throws -> Void
  private var isDone = false

  package private(set) var status = 0
  private var headers = HTTPHeaders()

  fileprivate init(
    _ receiver: Receiver, stop: @escaping () -> Void, place: String, _ patience: Duration,
    _ checkpoint: @escaping @Sendable () throws -> Void
  ) {
    self.receiver = receiver
    self.stop = stop
    self.place = place
    self.patience = patience
    self.checkpoint = checkpoint
  }

  deinit { if !isDone { stop() } }

  package func header(_ name: String) -> String? { headers.first(name: name) }

  /// The next bytes of the body; nil after the last.
  ///
  /// - Throws: `connection-lost` if the body ends early, and what the checkpoint throws.
  package func next() throws -> [UInt8]? {
    if isDone { return nil }
    let event = try wait { $0.takeBody() }
    guard case .bytes(let bytes) = event else {
      isDone = true
      return nil
    }
    return bytes
  }

  /// The whole body.
  ///
  /// - Parameter limit: bytes after which it is cut.
  package func body(limit: Int = 1 << 24) throws -> [UInt8] {
    var result: [UInt8] = []
    while result.count < limit, let bytes = try next() { result += bytes }
    return result
  }

  /// Ends the call without reading the rest.
  package func cancel() {
    isDone = true
    stop()
  }

  fileprivate func awaitHead() throws {
    guard case .head(let code, let found) = try wait({ $0.takeHead() }) else { return }
    status = code
    headers = found
  }

  private func wait(_ take: (Receiver) -> Receiver.Event?) throws -> Receiver.Event {
    let clock = ContinuousClock()
    let start = clock.now
    do {
      while true {
        if let event = try receiver.waiting(take) { return event }
        try checkpoint()
        if start.duration(to: clock.now) > patience {
          throw Diagnostic("connection-lost", "`\(place)` has not answered for \(patience.components.seconds) s")
        }
      }
    } catch {
      isDone = true
      stop()
      throw error is Diagnostic ? error : diagnostic(error)
    }
  }

  private func diagnostic(_ error: any Error) -> Diagnostic {
    if status != 0 {
      return Diagnostic("connection-lost", "`\(place)` closed the connection before the end of its answer: \(reason(error))")
    }
    return Diagnostic(
      "cannot-connect", "cannot connect to `\(place)`: \(reason(error))", help: "check the address, and that the server runs")
  }

  private func reason(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      if let first = error.connectionErrors.first { return reason(first.error) }
      return "the host `\(error.host)` is unknown"
    case let error as IOError: return String(cString: strerror(error.errnoCode))
    case let error as HTTPClientError:
      return switch error {
      case .connectTimeout: "no answer within 10 s"
      case .remoteConnectionClosed: "the server closed the connection"
      default: "\(error)"
      }
    case let error as NIOSSLError: return certificateReason("\(error)")
    case let error as NIOSSLExtraError: return certificateReason("\(error)")
    default: return "\(error)"
    }
  }

  private func certificateReason(_ text: String) -> String {
    if text.contains("CERTIFICATE_VERIFY_FAILED") {
      return "its certificate is not trusted; SSL_CERT_FILE can name a file with the certificates to trust"
    }
    if text.contains("WRONG_VERSION_NUMBER") { return "it does not speak HTTPS" }
    if text.contains("failedToValidateHostname") || text.contains("FailedToValidateHostname") { return "its certificate is for another host" }
    return text
  }
}

/// Takes what arrives on the client's threads; the caller's thread takes it from here. The connection is not read further
/// while bytes wait.
private final class Receiver: HTTPClientResponseDelegate, @unchecked Sendable {
  enum Event {
    case head(Int, HTTPHeaders)
    case bytes([UInt8])
    case end
  }

  private let lock = Lock()
  private var head: Event?
  private var parts: [[UInt8]] = []
  private var size = 0
  private var isEnded = false
  private var failure: (any Error)?
  private var room: EventLoopPromise<Void>?

  /// Bytes that may wait.
  private static let capacity = 8 << 20

  func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    lock.locked {
      self.head = .head(Int(head.status.code), head.headers)
      lock.signal()
    }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: NIOCore.ByteBuffer) -> EventLoopFuture<Void> {
    lock.locked {
      parts.append(Array(buffer.readableBytesView))
      size += buffer.readableBytes
      lock.signal()
      guard size > Self.capacity else { return task.eventLoop.makeSucceededVoidFuture() }
      let promise = task.eventLoop.makePromise(of: Void.self)
      room = promise
      return promise.futureResult
    }
  }

  func didFinishRequest(task: HTTPClient.Task<Void>) throws {
    lock.locked {
      isEnded = true
      lock.signal()
    }
  }

  func didReceiveError(task: HTTPClient.Task<Void>, _ error: any Error) {
    let waiting = lock.locked {
      failure = error
      lock.signal()
      defer { room = nil }
      return room
    }
    waiting?.fail(error)
  }

  /// What `take` finds, waiting a little for it; nil if nothing arrived.
  func waiting(_ take: (Receiver) -> Event?) throws -> Event? {
    try lock.locked {
      if let event = take(self) { return event }
      if let failure { throw failure }
      lock.wait(milliseconds: 50)
      if let event = take(self) { return event }
      if let failure { throw failure }
      return nil
    }
  }

  /// Inside the lock.
  func takeHead() -> Event? { head }

  /// Inside the lock.
  func takeBody() -> Event? {
    if parts.isEmpty { return isEnded ? .end : nil }
    let bytes = parts.count == 1 ? parts[0] : Array(parts.joined())
    parts = []
    size = 0
    room?.succeed(())
    room = nil
    return .bytes(bytes)
  }
}
