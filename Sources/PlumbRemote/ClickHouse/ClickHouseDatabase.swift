import PlumbDiagnostics
import PlumbEngine

/// A database of a ClickHouse server, whose tables queries read and which runs parts of them.
package final class ClickHouseDatabase: ForeignDatabase, RemoteEngine {
  package let name: String
  let server: ClickHouseServer
  private let known = LockedValue<[String: ClickHouseTable]?>(nil)

  /// - Throws: diagnostics of the address, of the connection and of the sign-in.
  package init(_ address: String, as name: String, _ options: RemoteOptions, _ context: ExecutionContext) throws {
    self.name = name
    server = ClickHouseServer(try ClickHouseAddress(address), options)
    _ = try tables(context)
  }

  /// A database that was attached before; it is asked when a query names it. Nil if the text is not a reminder.
  package init?(reminder: String, as name: String, _ options: RemoteOptions) {
    guard ClickHouseAddress.isAddress(reminder), let address = try? ClickHouseAddress(reminder) else { return nil }
    self.name = name
    server = ClickHouseServer(address, options)
  }

  package var path: String { server.address.text }
  package var reminder: String { server.address.text }
  package var mode: String { "remote" }

  package var tableNames: [String] {
    get throws {
      try tables(ExecutionContext(now: 0, threads: 1, memoryLimit: 1 << 28)).keys.sorted()
    }
  }

  package func rows(ofTable name: String, _ context: ExecutionContext) throws -> (any ExternalRows)? {
    if let table = try tables(context)[name] { return table }
    // The table may have been created since.
    known.withLock { $0 = nil }
    return try tables(context)[name]
  }

  package func remarks(onTable name: String, _ context: ExecutionContext) throws -> [String] {
    try tables(context)[name]?.remarks ?? []
  }

  /// The columns of all tables are read at once, the first time any is needed.
  private func tables(_ context: ExecutionContext) throws -> [String: ClickHouseTable] {
    if let known = known.withLock({ $0 }) { return known }
    let dialect = try server.dialect(context)
    let database = SQLValue.text(server.address.database)
    let columns = try server.rows(
      "SELECT table AS `t`, name AS `n`, type AS `k` FROM system.columns WHERE database = \(database)", ["t", "n", "k"], context)
    let declared = try declaredTypes(columns.map { $0[0] }, context)
    var order: [String] = [], byTable: [String: [(String, String)]] = [:]
    for column in columns {
      if byTable[column[0]] == nil { order.append(column[0]) }
      byTable[column[0], default: []].append((column[1], column[2]))
    }
    var made: [String: ClickHouseTable] = [:]
    for table in order where table != PlumbColumns.table && !table.hasPrefix(".inner") {
      made[table] = ClickHouseTable(self, table, byTable[table] ?? [], declared[table] ?? [:], dialect)
    }
    known.withLock { $0 = made }
    return made
  }

  /// The types that `plumb export` recorded.
  private func declaredTypes(_ tables: [String], _ context: ExecutionContext) throws -> [String: [String: ScalarType]] {
    guard tables.contains(PlumbColumns.table) else { return [:] }
    var result: [String: [String: ScalarType]] = [:]
    let table = "\(SQLValue.name(server.address.database)).\(SQLValue.name(PlumbColumns.table))"
    for row in try server.rows("SELECT `table_name`, `column_name`, `type` FROM \(table)", ["table_name", "column_name", "type"], context) {
      result[row[0], default: [:]][row[1]] = ScalarType(name: row[2])
    }
    return result
  }

  // MARK: Parts of plans

  package func part(for plan: LogicalPlan, over inputs: [any RemotePart]) throws -> any RemotePart {
    // Known since the tables were read, without which no plan can name one.
    let dialect = try server.dialect(ExecutionContext(now: 0, threads: 1, memoryLimit: 1 << 28))
    let relations = inputs.compactMap { ($0 as? Part)?.relation }
    let relation = try Translation(dialect: dialect).relation(for: plan, over: relations) { scan in
      guard let table = scan.table.external as? ClickHouseTable, table.database === self else { return nil }
      return try table.relation()
    }
    return Part(database: self, relation: relation)
  }

  private struct Part: RemotePart {
    let database: ClickHouseDatabase
    let relation: Relation

    func query(cut: RemoteCut?) throws -> any RemoteQuery {
      let query = ClickHouseQuery(database, relation, cut: cut)
      _ = try query.statement()
      return query
    }
  }
}

/// A table in which `plumb export` records the types of columns that ClickHouse represents in another form.
package enum PlumbColumns {
  package static let table = "plumb_columns"
}

/// A query for a part of a plan.
final class ClickHouseQuery: RemoteQuery {
  private let database: ClickHouseDatabase
  private let relation: Relation
  private let cut: RemoteCut?

  init(_ database: ClickHouseDatabase, _ relation: Relation, cut: RemoteCut?) {
    self.database = database
    self.relation = relation
    self.cut = cut
  }

  var text: String {
    do { return "ClickHouse: \(try statement().sql)" } catch { return "ClickHouse: \((error as? Obstacle)?.reason ?? "\(error)")" }
  }

  var label: String {
    let place = database.name.isEmpty ? database.server.address.host : database.name
    guard let cut else { return "Remote: \(place)" }
    return "Remote: \(place); `\(cut.operatorName)` runs here because \(cut.reason)"
  }

  var isOrdered: Bool { !relation.order.isEmpty }

  fileprivate func statement() throws -> (sql: String, columns: [NativeColumn]) {
    let dialect = try database.server.dialect(ExecutionContext(now: 0, threads: 1, memoryLimit: 1 << 28))
    let (sql, names) = try relation.text { try $0.wire(dialect) }
    var columns = zip(relation.columns, names).map { NativeColumn(name: $1, type: $0.type, isNullable: $0.isNullable) }
    if columns.isEmpty { columns = [NativeColumn(name: "one", type: .bool, isNullable: false)] }
    return (sql, columns)
  }

  func open(_ context: ExecutionContext) throws -> any ExternalCursor {
    let (sql, columns) = try statement()
    try checkSize(context)
    let cursor = try database.server.open(sql, columns, context)
    return relation.columns.isEmpty ? CountedCursor(cursor) : cursor
  }

  /// Counts the rows first if an operator here needs all of them.
  private func checkSize(_ context: ExecutionContext) throws {
    let limit = database.server.fetchRows
    guard let cut, relation.bound ?? .max > limit else { return }
    var counted = relation
    counted.columns = []
    counted.names = []
    counted.order = []
    counted = counted.limited(limit + 1)
    let sql = "SELECT toString(count()) AS `n` FROM (\(try counted.text().text))"
    guard let text = try database.server.rows(sql, ["n"], context).first?.first, let count = Int(text), count > limit else { return }
    throw cut.tooManyRows(limit, of: database.name.isEmpty ? database.server.address.database : database.name)
  }
}

/// Rows without columns.
private final class CountedCursor: ExternalCursor {
  private let cursor: ClickHouseCursor

  init(_ cursor: ClickHouseCursor) { self.cursor = cursor }

  func next(rows: Int) throws -> RowGroup? {
    try cursor.next(rows: rows).map { RowGroup([], count: $0.count) }
  }
}

extension RemoteCut {
  /// - Parameter place: the database that has the rows.
  func tooManyRows(_ limit: Int, of place: String) -> Diagnostic {
    Diagnostic(
      "fetch-limit", "`\(operatorName)` runs here because \(reason), and would need more than \(limit) rows of `\(place)`",
      help: "put a `where` or a `summarize` before it, or raise `--fetch-rows`")
  }

  /// The operator's name as `explain` writes it, without its arguments.
  var operatorName: String { label.hasPrefix("where ") ? label : String(label.prefix { $0 != ":" }) }
}
