import PlumbDiagnostics
import PlumbEngine

/// Where a ClickHouse server is, and as whom to read which database: `clickhouse://user@host:port/database`.
package struct ClickHouseAddress: Sendable, Equatable {
  package var isSecure = false
  package var user = "default"
  package var host = ""
  package var port = 8123
  package var database = "default"
  /// A file with the password.
  package var passwordFile: String?
  /// Seconds that the server may work on a query.
  package var maximumSeconds = 300

  package static let schemes = ["clickhouse://", "clickhouses://"]

  /// Whether a text is meant as such an address.
  package static func isAddress(_ text: String) -> Bool { schemes.contains { text.hasPrefix($0) } }

  /// - Throws: `invalid-address`, also for an address that contains a password.
  package init(_ text: String) throws {
    guard let scheme = Self.schemes.first(where: { text.hasPrefix($0) }) else { throw Self.invalid("it starts with `clickhouse://`") }
    isSecure = scheme == "clickhouses://"
    var rest = text.dropFirst(scheme.count)
    var options: [Substring] = []
    if let mark = rest.firstIndex(of: "?") {
      options = rest[rest.index(after: mark)...].split(separator: "&")
      rest = rest[..<mark]
    }
    if let slash = rest.firstIndex(of: "/") {
      let name = rest[rest.index(after: slash)...]
      if name.contains("/") { throw Self.invalid("one database follows the host") }
      if !name.isEmpty { database = PercentCoding.decoded(name, plusIsSpace: false) }
      rest = rest[..<slash]
    }
    if let at = rest.lastIndex(of: "@") {
      let name = rest[..<at]
      guard !name.contains(":") else {
        throw Diagnostic(
          "password-in-address", "the address contains a password, which would be kept in history and logs",
          help: "leave it out and set PLUMB_CLICKHOUSE_PASSWORD, or name a file with `?password_file=PATH`")
      }
      if !name.isEmpty { user = PercentCoding.decoded(name, plusIsSpace: false) }
      rest = rest[rest.index(after: at)...]
    }
    if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
      host = String(rest[...end])
      rest = rest[rest.index(after: end)...]
    } else {
      host = String(rest.prefix { $0 != ":" })
      rest = rest.dropFirst(host.count)
    }
    guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { throw Self.invalid("the host is missing") }
    if rest.hasPrefix(":") {
      guard let number = UInt16(rest.dropFirst()), number > 0 else { throw Self.invalid("`\(rest.dropFirst())` is not a port") }
      port = Int(number)
      if port == 8443 || port == 443 { isSecure = true }
    } else if isSecure {
      port = 8443
    }
    for option in options { try set(option) }
  }

  private mutating func set(_ option: Substring) throws {
    let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let value = parts.count > 1 ? PercentCoding.decoded(parts[1], plusIsSpace: false) : "true"
    switch parts[0] {
    case "secure":
      isSecure = value != "false" && value != "0"
    case "password_file": passwordFile = value
    case "max_execution_time":
      guard let seconds = Int(value), seconds > 0, seconds < 1 << 31 else { throw Self.invalid("`max_execution_time` is a number of seconds") }
      maximumSeconds = seconds
    default: throw Self.invalid("it has no option `\(parts[0])`; it has secure, password_file and max_execution_time")
    }
  }

  private static func invalid(_ reason: String) -> Diagnostic {
    Diagnostic(
      "invalid-address", "this is not an address of ClickHouse: \(reason)", help: "write clickhouse://user@host:8123/database")
  }

  /// The server's URL for HTTP.
  var url: String { "\(isSecure ? "https" : "http")://\(host):\(port)/" }

  /// The address as a user writes it.
  package var text: String {
    var options: [String] = []
    if isSecure { options.append("secure=true") }
    if let passwordFile { options.append("password_file=\(passwordFile)") }
    if maximumSeconds != 300 { options.append("max_execution_time=\(maximumSeconds)") }
    let tail = options.isEmpty ? "" : "?" + options.joined(separator: "&")
    return "clickhouse://\(user)@\(host):\(port)/\(database)\(tail)"
  }
}
