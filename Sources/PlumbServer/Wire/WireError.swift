import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// An error as clients of Kusto read it: the status of the reply, and the members of its JSON body.
struct WireError: Error, Sendable {
  /// The HTTP status, if nothing has been sent yet.
  var status = 400
  /// Such as `General_BadRequest` or `LimitsExceeded`.
  var code: String
  /// A sentence about the kind of error.
  var summary: String
  /// The .NET class that clients know for it.
  var type: String
  /// What every client shows.
  var message: String
  /// Whether the same request would fail again.
  var isPermanent = true
  /// The code of the cause, such as `SEM0100`.
  var innerCode = ""
  /// Plumb's own name for the error, such as `unknown-column`.
  var name = ""

  static func badRequest(_ message: String, status: Int = 400, name: String = "bad-request") -> WireError {
    WireError(
      status: status, code: "General_BadRequest", summary: "Request is invalid and cannot be executed.",
      type: "Kusto.Data.Exceptions.KustoBadRequestException", message: message, innerCode: "General_BadRequest", name: name)
  }

  static func truncated(_ limit: String) -> WireError {
    WireError(
      code: "LimitsExceeded", summary: "Request is invalid and cannot be executed.",
      type: "Kusto.Data.Exceptions.KustoServicePartialQueryFailureLimitsExceededException",
      message: "Query execution has exceeded the allowed limits (80DA0003): The results of this query exceed the set limit of "
        + "\(limit), so not all records were returned (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003).",
      isPermanent: false, innerCode: "E_QUERY_RESULT_SET_TOO_LARGE", name: "truncated")
  }

  static func timedOut(_ limit: Duration) -> WireError {
    WireError(
      status: 504, code: "GatewayTimeout", summary: "Request execution has timed out.",
      type: "Kusto.Data.Exceptions.KustoServiceTimeoutException",
      message: "Request execution has timed-out on the service side: Timeout is set to "
        + "'\(TimeSpan.text(limit.components.seconds &* TimeSpan.second &+ limit.components.attoseconds / 100_000_000_000))'.",
      isPermanent: false, innerCode: "Timeout", name: "timeout")
  }

  /// The reply to a form that would change something.
  static let readOnly = badRequest("this server does not accept changes; start it with --writable", status: 403, name: "read-only")

  static let throttled = WireError(
    status: 429, code: "TooManyRequests", summary: "The server is busy.",
    type: "Kusto.Data.Exceptions.KustoRequestThrottledException",
    message: "The request was denied because too many queries are running and waiting; try again in a moment.",
    isPermanent: false, innerCode: "TooManyRequests", name: "throttled")

  static let cancelled = WireError(
    code: "General_Cancelled", summary: "The query was cancelled.", type: "Kusto.Data.Exceptions.KustoRequestCanceledException",
    message: "Query execution was cancelled (E_QUERY_CANCELLED).", isPermanent: false, innerCode: "E_QUERY_CANCELLED",
    name: "cancelled")

  enum Phase: Sendable { case parsing, binding, running }
}

extension WireError {
  /// The first of the mistakes in a text.
  ///
  /// - Parameters:
  ///   - phase: when they were found.
  ///   - text: the client's text, to which positions refer.
  init(_ diagnostic: Diagnostic, _ phase: Phase, in text: String) {
    self = .badRequest("", name: diagnostic.code)
    switch diagnostic.code {
    case "cancelled": self = .cancelled
    case "memory-limit":
      code = "LimitsExceeded"
      type = "Kusto.Data.Exceptions.KustoServicePartialQueryFailureLowMemoryConditionException"
      innerCode = "E_RUNAWAY_QUERY"
      message = "Query execution lacks memory resources to complete (80DA0007): \(diagnostic.message) (E_RUNAWAY_QUERY)."
      isPermanent = false
    default:
      let place = diagnostic.span.map { span in
        let (line, column) = Self.lineAndColumn(span.lower, in: text)
        return " [line:position=\(line):\(column)]"
      }
      let help = diagnostic.help.map { ". Help: \($0)" } ?? ""
      let said = VisibleText.lines(diagnostic.message) + (place ?? "") + VisibleText.lines(help)
      switch phase {
      case .parsing:
        innerCode = "SYN0002"
        type = "Kusto.Data.Exceptions.SyntaxException"
        message = "Syntax error: SYN0002: \(said)"
      case .binding:
        innerCode = diagnostic.code.hasPrefix("unknown-") ? "SEM0100" : "SEM0001"
        type = "Kusto.Data.Exceptions.SemanticException"
        message = "Semantic error: \(innerCode): \(said)"
      case .running:
        innerCode = "E_QUERY_FAILED"
        type = "Kusto.Data.Exceptions.KustoServicePartialQueryFailureException"
        message = "Query execution failed: \(said)"
      }
    }
  }

  /// Whatever the engine threw.
  static func from(_ error: any Error, _ phase: Phase, in text: String) -> WireError {
    switch error {
    case let known as WireError: known
    case let mistakes as Diagnostics:
      mistakes.list.first.map { WireError($0, phase, in: text) } ?? .badRequest("the query failed")
    case let mistake as Diagnostic: WireError(mistake, phase, in: text)
    default: .badRequest("the query failed: \(error)")
    }
  }

  /// Both from 1; the column counts characters as clients do, in UTF-16.
  static func lineAndColumn(_ offset: Int, in text: String) -> (line: Int, column: Int) {
    let before = String(decoding: Array(text.utf8.prefix(max(0, offset))), as: UTF8.self)
    let line = before.utf8.count { $0 == .newline } + 1
    let last = before.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    return (line, last.utf16.count + 1)
  }

  /// The JSON of `{"error": ...}`.
  func json(_ request: (clientRequestID: String, activityID: String)) -> String {
    let inner: [(key: String, value: Dynamic)] = [
      ("code", .string(innerCode)), ("message", .string(message)), ("@type", .string(type)), ("@message", .string(message)),
      ("@permanent", .bool(isPermanent)), ("@errorCode", .string(innerCode)), ("@plumbCode", .string(name)),
    ]
    let context: [(key: String, value: Dynamic)] = [
      ("timestamp", .string(Clock.text)), ("serviceAlias", .string("PLUMB")),
      ("clientRequestId", .string(request.clientRequestID)), ("activityId", .string(request.activityID)),
    ]
    let error: [(key: String, value: Dynamic)] = [
      ("code", .string(code)), ("message", .string(summary)), ("@type", .string(type)), ("@message", .string(message)),
      ("@context", .object(context)), ("@permanent", .bool(isPermanent)), ("innererror", .object(inner)),
    ]
    return Dynamic.object([("error", .object(error))]).json
  }
}

/// The machine's clock.
enum Clock {
  /// Now, as `2026-04-01T12:00:00.0000000Z`.
  static var text: String { DateTime.text(now) }

  /// Now, in ticks.
  static var now: Int64 { SessionOptions.systemClock() }
}
