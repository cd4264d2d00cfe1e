import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbHTTP
import PlumbPresentation
import PlumbProcess

/// Where messages go, such as `slack:oncall`. Its address and its token are in the environment.
package struct Target: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case stdout, file, command, webhook, slack, alertmanager
  }

  package let kind: Kind
  /// As rules and `--to` name it.
  package let name: String
  /// A path, a command or a URL; empty for standard output.
  package let address: String
  /// Sent as `Authorization: Bearer`; empty for none.
  let token: String

  /// Reads the address of a target from the environment.
  ///
  /// - Parameters:
  ///   - name: a kind, or a kind, a colon and a name.
  ///   - environment: returns a variable of the environment.
  /// - Throws: `Diagnostic` if the kind is unknown or the address is missing or wrong.
  package init(_ name: String, environment: (String) -> String?) throws {
    let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let kinds = Kind.allCases.map(\.rawValue)
    guard let kind = Kind(rawValue: parts[0].lowercased()) else {
      throw Diagnostic(
        "unknown-target", "`\(VisibleText.string(name))` is not a target",
        help: Suggestion.nearest(to: String(parts[0]), in: kinds) ?? "targets begin with \(kinds.joined(separator: ", ")), as slack:oncall")
    }
    self.kind = kind
    self.name = name
    let rest = parts.count > 1 ? String(parts[1]) : ""
    if kind == .stdout {
      (address, token) = ("", "")
      return
    }
    let variable = Target.variable(name)
    if [.webhook, .slack, .alertmanager].contains(kind), rest.contains("/") {
      throw Diagnostic(
        "address-in-name", "the address of a \(kind.rawValue) target cannot be written here",
        help: "put it in the environment, `\(Target.variable(kind.rawValue))=\(VisibleText.string(rest))`, and write `\(kind.rawValue)`")
    }
    let found = environment(variable) ?? (rest.isEmpty ? nil : environment(Target.variable(rest)))
      ?? (kind == .file && !rest.isEmpty ? rest : nil)
    guard let found, !found.isEmpty else {
      let what = kind == .file ? "path" : kind == .command ? "command" : "address"
      throw Diagnostic("no-address", "the target `\(name)` has no \(what)", help: "set `\(variable)` in the environment")
    }
    if [.webhook, .slack, .alertmanager].contains(kind), !found.hasPrefix("http://"), !found.hasPrefix("https://") {
      throw Diagnostic("bad-address", "`\(variable)` is not a URL", help: "it must begin with https:// or http://")
    }
    address = found
    token = environment(variable + "_TOKEN") ?? (rest.isEmpty ? nil : environment(Target.variable(rest) + "_TOKEN")) ?? ""
  }

  /// `PLUMB_ALERT_SLACK_ONCALL` for `slack:oncall`.
  package static func variable(_ name: String) -> String {
    "PLUMB_ALERT_" + String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  /// The variable of the process's environment.
  package static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// The body of a message for this target.
  func payload(_ message: AlertMessage, id: String) -> String {
    switch kind {
    case .stdout: message.line
    case .slack: message.slack(id)
    case .file, .command, .webhook, .alertmanager: message.webhook(id)
    }
  }

  /// How sending ended.
  enum Outcome: Sendable {
    case sent
    /// Sending it again may help.
    case again(String)
    case failed(String)
  }

  /// Sends a body.
  ///
  /// - Parameter write: writes a line to standard output.
  func send(_ body: String, id: String, write: (String) -> Void) -> Outcome {
    switch kind {
    case .stdout:
      write(body)
      return .sent
    case .file: return append(body)
    case .command:
      do {
        let status = try ChildProcess.run(address, input: body, seconds: 60, environment: ["PLUMB_ALERT_ID": id]).status
        guard let status else { return .again("the command did not end within a minute") }
        return status == 0 ? .sent : .again("the command ended with status \(status)")
      } catch {
        return .again((error as? Diagnostic)?.message ?? "\(error)")
      }
    case .webhook, .slack: return post(body, to: address)
    case .alertmanager:
      let base = address.hasSuffix("/") ? String(address.dropLast()) : address
      return post(body, to: base.hasSuffix("/api/v2/alerts") ? base : base + "/api/v2/alerts")
    }
  }

  private func append(_ body: String) -> Outcome {
    let descriptor = open(address, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return .again("cannot write to `\(address)`: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    let sink = ByteSink.file(descriptor, name: "`\(address)`")
    do {
      sink.buffer.append(body + "\n")
      try sink.flush()
      return .sent
    } catch {
      return .again((error as? Diagnostic)?.message ?? "cannot write to `\(address)`")
    }
  }

  /// How long a receiver may be silent.
  private static let patience = Duration.seconds(20)

  private func post(_ body: String, to url: String) -> Outcome {
    var call = HTTPCall("POST", url, headers: [("Content-Type", "application/json"), ("User-Agent", "plumb")], body: Array(body.utf8))
    call.patience = Target.patience
    if !token.isEmpty { call.headers.append(("Authorization", "Bearer \(token)")) }
    let status: Int
    do {
      let answer = try HTTPConnections.send(call) {}
      status = answer.status
      answer.cancel()
    } catch {
      return (error as? Diagnostic)?.code == "invalid-url" ? .failed("\(error)") : .again((error as? Diagnostic)?.message ?? "\(error)")
    }
    switch status {
    case 200...299: return .sent
    case 300...399: return .failed("HTTP \(status): redirects are not followed")
    case 408, 429, 500...599: return .again("HTTP \(status)")
    default: return .failed("HTTP \(status)")
    }
  }
}
