import PlumbEngine
import PlumbPresentation

/// A line of JSON for each request.
package final class AccessLog: Sendable {
  private let descriptor: Int32?
  private let writing = Lock()

  /// - Parameter descriptor: an open file; nil to log nothing.
  package init(_ descriptor: Int32?) { self.descriptor = descriptor }

  struct Entry: Sendable {
    var client: String
    var method: String
    var path: String
    var status: Int
    var bytes: Int
    var milliseconds: Double
    var clientRequestID: String
    var activityID: String
    /// Plumb's name for the error, if the request failed.
    var error: String?
  }

  func write(_ entry: Entry) {
    guard let descriptor else { return }
    var members: [(key: String, value: Dynamic)] = [
      ("time", .string(Clock.text)), ("client", .string(entry.client)), ("method", .string(entry.method)),
      ("path", .string(entry.path)), ("status", .long(Int64(entry.status))), ("bytes", .long(Int64(entry.bytes))),
      ("ms", .real((entry.milliseconds * 1000).rounded() / 1000)),
    ]
    if !entry.clientRequestID.isEmpty { members.append(("request", .string(entry.clientRequestID))) }
    if !entry.activityID.isEmpty { members.append(("activity", .string(entry.activityID))) }
    if let error = entry.error { members.append(("error", .string(error))) }
    let line = Dynamic.object(members).json + "\n"
    writing.locked {
      let sink = ByteSink.file(descriptor, name: "the access log")
      sink.buffer.append(line)
      // A log that cannot be written to does not keep the server from answering.
      try? sink.flush()
    }
  }
}
