import PlumbDiagnostics
import PlumbEngine
import PlumbHTTP

/// A ClickHouse server that answers over HTTP.
package final class ClickHouseServer: Sendable {
  package let address: ClickHouseAddress
  private let options: RemoteOptions
  private let password = LockedValue<String?>(nil)
  private let dialectFound = LockedValue<Dialect?>(nil)

  package init(_ address: ClickHouseAddress, _ options: RemoteOptions) {
    self.address = address
    self.options = options
  }

  var fetchRows: Int { options.fetchRows }

  /// What the server's version can do.
  func dialect(_ context: ExecutionContext) throws -> Dialect {
    if let dialect = dialectFound.withLock({ $0 }) { return dialect }
    let row = try rows("SELECT version() AS `version`", ["version"], context).first
    let dialect = Dialect(version: row?.first ?? "")
    dialectFound.withLock { $0 = dialect }
    return dialect
  }

  /// Sends a query whose columns are texts, and waits for all rows.
  func rows(_ sql: String, _ columns: [String], _ context: ExecutionContext) throws -> [[String]] {
    let cursor = try open(sql, columns.map { NativeColumn(name: $0, type: .string, isNullable: false) }, context)
    var result: [[String]] = []
    while let group = try cursor.next(rows: .max) {
      let vectors = try columns.indices.map { try group.column($0) }
      for row in 0..<group.count {
        result.append(vectors.map { vector in
          if case .string(let text) = vector.value(at: row) { return text }
          return ""
        })
      }
    }
    return result
  }

  /// Sends a query; its rows are read from the cursor.
  ///
  /// - Throws: `remote-error` for what the server reports, `remote-shard` if a shard does not answer, and what
  ///   `HTTPConnections` throws.
  func open(_ sql: String, _ columns: [NativeColumn], _ context: ExecutionContext) throws -> ClickHouseCursor {
    let id = Self.newQueryID()
    var settings = [
      ("readonly", "2"), ("max_execution_time", "\(address.maximumSeconds)"), ("join_use_nulls", "1"),
      ("distributed_product_mode", "global"), ("query_id", id),
    ]
    let dialect = dialectFound.withLock { $0 }
    if dialect?.has(.cancelOnClose) == true { settings.append(("cancel_http_readonly_queries_on_client_close", "1")) }
    // `min(a + 5)` as `min(a) + 5` is another value where the addition overflows.
    if dialect?.has(.arithmeticOutOfAggregates) == true {
      settings.append(("optimize_arithmetic_operations_in_aggregate_functions", "0"))
    }
    do {
      return ClickHouseCursor(self, try send(sql + " FORMAT Native", settings, [], context), columns, queryID: id)
    } catch let problem as Diagnostic {
      // If the server did not say so itself, the query may still run there: the user stopped it, or it took too long.
      if !problem.code.hasPrefix("remote-"), problem.code != "cannot-connect" { kill(id) }
      throw problem
    }
  }

  /// Sends a statement that changes the database, with the bytes of rows after it.
  func change(_ sql: String, _ context: ExecutionContext) throws { try change(sql, [], context) }

  func change(_ sql: String, _ rows: [UInt8], _ context: ExecutionContext) throws {
    let answer = try send(sql, [("insert_distributed_sync", "1")], rows, context)
    _ = try answer.body()
  }

  private func send(
    _ sql: String, _ settings: [(String, String)], _ rows: [UInt8], _ context: ExecutionContext, patience: Duration? = nil
  ) throws -> HTTPAnswer {
    var settings = settings + [("database", address.database)]
    // Rows follow their statement, which is then part of the URL.
    if !rows.isEmpty { settings.append(("query", sql)) }
    let query = settings.map { "\($0)=\(HTTPCall.escaped($1))" }.joined(separator: "&")
    var hasAsked = false
    while true {
      var call = HTTPCall("POST", address.url + "?" + query, body: rows.isEmpty ? Array(sql.utf8) : rows)
      call.headers.append(("Authorization", HTTPCall.basicAuthorization(address.user, try givenPassword())))
      call.patience = patience ?? .seconds(address.maximumSeconds + 30)
      let answer = try HTTPConnections.send(call) { try context.checkpoint() }
      if answer.status == 200 { return answer }
      let text = String(decoding: try answer.body(limit: 1 << 16), as: UTF8.self)
      let error = ServerError(text)
      if error.isAboutPassword || answer.status == 401, !hasAsked, let ask = options.ask,
        let given = ask("Password of \(address.user) at \(address.host):\(address.port): ")
      {
        password.withLock { $0 = given }
        hasAsked = true
        continue
      }
      throw error.diagnostic(address, status: answer.status)
    }
  }

  private func givenPassword() throws -> String {
    if let known = password.withLock({ $0 }) { return known }
    var given = options.variable("PLUMB_CLICKHOUSE_PASSWORD") ?? ""
    if let path = address.passwordFile ?? options.variable("PLUMB_CLICKHOUSE_PASSWORD_FILE") {
      guard let text = PasswordFile.read(path) else {
        throw Diagnostic("missing-file", "cannot read the password file `\(path)`")
      }
      given = text
    }
    return given
  }

  /// Asks the server to end a query; best effort. Waits for the request, since the process may end after this.
  func kill(_ queryID: String) {
    let context = ExecutionContext(now: 0, threads: 1, memoryLimit: 1 << 26)
    let sql = "KILL QUERY WHERE query_id = \(SQLValue.text(queryID)) ASYNC"
    _ = try? send(sql, [], [], context, patience: .seconds(2)).body()
  }

  private static func newQueryID() -> String {
    "plumb-" + String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt64.random(in: .min ... .max), radix: 16)
  }
}

/// What a server says about a query that failed.
struct ServerError {
  let code: Int?
  let message: String

  /// - Parameter text: such as `Code: 60. DB::Exception: Table x does not exist. (UNKNOWN_TABLE) (version 26.9)`.
  init(_ text: String) {
    let start = text.ranges(of: "Code: ").first?.upperBound ?? text.startIndex
    code = Int(text[start...].prefix { $0.isNumber })
    var rest = text[(text.ranges(of: "Exception: ").first?.upperBound ?? text.startIndex)...]
    // The log of attempts to reach a shard has lines of its own, one of which names it.
    let isLog = code == 279
    for end in isLog ? ["Stack trace"] : [", e.what()", " (version ", "Stack trace"] {
      if let range = rest.ranges(of: end).first { rest = rest[..<range.lowerBound] }
    }
    let words = rest.isEmpty ? text.prefix(500) : rest.prefix(2000)
    message = words.split(whereSeparator: \.isNewline).joined(separator: " ").replacing(", e.what() = DB::Exception", with: "")
      .replacing(", e.what() = DB::NetException", with: "").replacing("e.displayText() = ", with: "")
  }

  /// Whether another password could help.
  var isAboutPassword: Bool { code == 516 || code == 193 || code == 194 || code == 192 }

  /// Whether a server that the query needs did not answer.
  private var isAboutShard: Bool {
    code == 279 || code == 210 || code == 209 || code == 32 || message.contains("while receiving packet from")
  }

  func diagnostic(_ address: ClickHouseAddress, status: Int) -> Diagnostic {
    let place = "\(address.host):\(address.port)"
    if isAboutPassword {
      return Diagnostic(
        "remote-sign-in", "ClickHouse at `\(place)` rejects the user `\(address.user)`: \(message)",
        help: "set PLUMB_CLICKHOUSE_PASSWORD, or name a file with `?password_file=PATH`")
    }
    if isAboutShard {
      return Diagnostic(
        "remote-shard", "a shard of ClickHouse at `\(place)` does not answer: \(message)",
        help: "no part of the answer is shown; run the query again when the shard is back")
    }
    let number = code.map { " (code \($0))" } ?? " (status \(status))"
    return Diagnostic("remote-error", "ClickHouse at `\(place)` reports: \(message)\(number)")
  }
}

/// Rows of an answer, as they arrive.
final class ClickHouseCursor: ExternalCursor, @unchecked Sendable {
  private let server: ClickHouseServer
  private let answer: HTTPAnswer
  private let reader: NativeBlockReader
  private let queryID: String
  private var isDone = false

  init(_ server: ClickHouseServer, _ answer: HTTPAnswer, _ columns: [NativeColumn], queryID: String) {
    self.server = server
    self.answer = answer
    self.queryID = queryID
    reader = NativeBlockReader(columns) { try answer.next() }
  }

  deinit {
    guard !isDone else { return }
    answer.cancel()
    server.kill(queryID)
  }

  func next(rows: Int) throws -> RowGroup? {
    do {
      let group = try reader.next()
      if group == nil { isDone = true }
      return group
    } catch let unexpected as NativeBlockReader.Unexpected {
      isDone = true
      // An error that occurred after the first rows were sent arrives in place of rows.
      guard unexpected.text.contains("DB::Exception") else {
        throw Diagnostic(
          "remote-error", "ClickHouse at `\(server.address.host):\(server.address.port)` sent bytes that are not a block of rows")
      }
      throw ServerError(unexpected.text).diagnostic(server.address, status: 200)
    }
  }
}
