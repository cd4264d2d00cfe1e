import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbHTTP
import PlumbProcess

/// Where a Kusto service is, and which of its databases is meant.
struct KustoAddress: Sendable {
  let url: String
  let host: String
  let database: String
  /// Whether what is sent cannot be read on the way.
  let isPrivate: Bool

  /// - Parameter database: the database, if the address is that of a cluster.
  init(_ text: String, database: String?) throws {
    var rest = text[...], isSecure = true
    if let scheme = ["kusto://", "https://", "http://"].first(where: { text.hasPrefix($0) }) {
      rest = rest.dropFirst(scheme.count)
      isSecure = scheme != "http://"
    } else {
      // `cluster("help")` is a name in Azure.
      rest = Substring(text.contains(".") || text.contains(":") ? text : "\(text).kusto.windows.net")
    }
    let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != ";" }
    guard !host.isEmpty, !host.contains("@"), host.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw Diagnostic("invalid-address", "`\(text)` is not an address of Kusto", help: "write kusto://host/database")
    }
    let path = rest.dropFirst(host.count).drop { $0 == "/" }.prefix { $0 != "/" && $0 != "?" && $0 != ";" }
    let isLocal = host.hasPrefix("localhost") || host.hasPrefix("127.") || host.hasPrefix("[::1]")
    if text.hasPrefix(KustoDatabase.scheme), isLocal { isSecure = false }
    self.host = String(host)
    self.database = database ?? (path.isEmpty ? "NetDefaultDB" : String(path))
    url = "\(isSecure ? "https" : "http")://\(host)"
    isPrivate = isSecure || isLocal
  }

  var text: String { "kusto://\(host)/\(database)" }
}

/// Requests to a Kusto service.
final class KustoService: Sendable {
  let address: KustoAddress
  let options: RemoteOptions
  private let token = LockedValue<String?>(nil)

  init(_ address: KustoAddress, _ options: RemoteOptions) {
    self.address = address
    self.options = options
  }

  /// Sends a query; its rows are read from the answer.
  ///
  /// - Parameter schema: the columns that the answer must have; nil if it decides.
  func query(_ text: String, expecting schema: Schema? = nil, _ context: ExecutionContext) throws -> KustoAnswer {
    KustoAnswer(try send("/v2/rest/query", text, context), address.host, expecting: schema)
  }

  /// Sends a query with a small answer, and waits for all of its rows.
  func rows(_ text: String, _ context: ExecutionContext) throws -> [[Value]] {
    let answer = try query(text, context)
    var rows: [[Value]] = []
    while let group = try answer.next() {
      let columns = try answer.columns.indices.map { try group.column($0) }
      rows += (0..<group.count).map { row in columns.map { $0.value(at: row) } }
    }
    return rows
  }

  /// Sends a command with a small answer.
  func command(_ text: String, _ context: ExecutionContext) throws -> KustoTables {
    let body = try send("/v1/rest/mgmt", text, context).body()
    return try KustoTables(JSONText.parseTree(String(decoding: body, as: UTF8.self)) ?? .null, address.host)
  }

  private func send(_ path: String, _ text: String, _ context: ExecutionContext) throws -> HTTPAnswer {
    let body = Dynamic.object([("db", .string(address.database)), ("csl", .string(text))]).json
    var call = HTTPCall(
      "POST", address.url + path, headers: [("Content-Type", "application/json; charset=utf-8"), ("Accept", "application/json")],
      body: Array(body.utf8))
    call.patience = .seconds(600)
    if let token = try givenToken() { call.headers.append(("Authorization", "Bearer \(token)")) }
    let answer = try HTTPConnections.send(call) { try context.checkpoint() }
    if answer.status == 200 { return answer }
    if answer.status == 401 || answer.status == 403 {
      throw Diagnostic(
        "remote-sign-in", "`\(address.host)` rejects the sign-in (status \(answer.status))",
        help: "set PLUMB_KUSTO_TOKEN, or use `--token-command 'az account get-access-token ...'`")
    }
    let tree = JSONText.parseTree(String(decoding: try answer.body(limit: 1 << 20), as: UTF8.self))
    throw KustoAnswer.diagnostic(tree?["error"], address.host, "status \(answer.status)")
  }

  private func givenToken() throws -> String? {
    if let known = token.withLock({ $0 }) { return known }
    guard let command = options.tokenCommand else {
      let given = options.variable("PLUMB_KUSTO_TOKEN")
      return try given.map(allowed)
    }
    let printed = try ChildProcess.run(command, seconds: 300)
    guard printed.status == 0 else {
      throw Diagnostic("token-command", "the command of `--token-command` failed", help: "run it alone to see why")
    }
    var text = printed.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    // `az` prints an object.
    if case .string(let inside)? = JSONText.parseTree(printed.output)?["accessToken"] { text = inside }
    guard !text.isEmpty, !text.contains(" ") else {
      throw Diagnostic("token-command", "the command of `--token-command` did not print a token")
    }
    let made = try allowed(text)
    token.withLock { $0 = made }
    return made
  }

  /// Tokens are not sent where others could read them.
  private func allowed(_ token: String) throws -> String {
    guard address.isPrivate else {
      throw Diagnostic("remote-sign-in", "a token is not sent to `\(address.url)`, which is not encrypted", help: "use https")
    }
    return token
  }
}
