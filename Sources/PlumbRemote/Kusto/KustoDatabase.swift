import PlumbDiagnostics
import PlumbEngine
import PlumbHTTP

/// A database that answers KQL over Kusto's REST API: Azure Data Explorer, Fabric, Log Analytics, or another `plumb serve`.
package final class KustoDatabase: ForeignDatabase, RemoteEngine {
  package let name: String
  let service: KustoService
  private let tables = LockedValue<[String: KustoTable]>([:])

  package static let scheme = "kusto://"

  /// - Parameter address: `kusto://host:port/database`, or the `https://` or `http://` address of a cluster.
  /// - Throws: `invalid-address`; the server is asked when a query names a table.
  package init(_ address: String, database: String? = nil, as name: String, _ options: RemoteOptions) throws {
    self.name = name
    service = KustoService(try KustoAddress(address, database: database), options)
  }

  package var path: String { service.address.text }
  package var reminder: String { service.address.text }
  package var mode: String { "remote" }

  package var tableNames: [String] {
    get throws {
      let answer = try service.command(".show tables", KustoDatabase.asking)
      return answer.rows.compactMap { row in
        if case .string(let name)? = row.first { return name }
        return nil
      }.sorted()
    }
  }

  private static var asking: ExecutionContext { ExecutionContext(now: 0, threads: 1, memoryLimit: 1 << 28) }

  package func rows(ofTable name: String, _ context: ExecutionContext) throws -> (any ExternalRows)? {
    if let known = tables.withLock({ $0[name] }) { return known }
    let rows: [[Value]]
    do {
      rows = try service.rows("\(KustoName.quoted(name)) | getschema | project ColumnName, ColumnType", context)
    } catch let problem as Diagnostic where problem.code == "remote-error" {
      guard try !tableNames.contains(name) else { throw problem }
      return nil
    }
    let schema = rows.compactMap { row -> ColumnInfo? in
      guard case .string(let column)? = row.first, case .string(let type)? = row.last, let known = ScalarType(name: type)
      else { return nil }
      return ColumnInfo(column, known)
    }
    let table = KustoTable(self, name, schema)
    tables.withLock { $0[name] = table }
    return table
  }

  package func remarks(onTable name: String, _ context: ExecutionContext) throws -> [String] { [] }

  package func part(for plan: LogicalPlan, over inputs: [any RemotePart]) throws -> any RemotePart {
    try KustoTranslation(database: self).part(for: plan, over: inputs.compactMap { $0 as? KustoPart })
  }
}

/// The rows of a table of a Kusto database.
final class KustoTable: ExternalRows {
  let database: KustoDatabase
  let name: String
  let schema: Schema

  init(_ database: KustoDatabase, _ name: String, _ schema: Schema) {
    self.database = database
    self.name = name
    self.schema = schema
  }

  var columnNotes: [String] { schema.map { _ in "declared there" } }
  let rowEstimate = 1_000_000
  var engine: (any RemoteEngine)? { database }

  func help(with condition: BoundExpression) -> ExternalHelp { .nothing }
  func canSort(by column: Int) -> Bool { false }

  private func query(_ request: ExternalRequest) -> KustoQuery {
    let columns = request.columns.map { schema[$0] }
    let list = columns.map { KustoName.quoted($0.name) }.joined(separator: ", ")
    let text = KustoName.quoted(name) + (columns.isEmpty ? " | project one = 1" : " | project \(list)")
    return KustoQuery(
      KustoPart(database: database, text: text, schema: columns, isOrdered: false),
      cut: RemoteCut(label: "Scan: \(name)", reason: "all rows of the table are needed here"))
  }

  func text(of request: ExternalRequest) -> String { query(request).text }
  func open(_ request: ExternalRequest, _ context: ExecutionContext) throws -> any ExternalCursor {
    try query(request).open(context)
  }
}

/// A part of a plan as KQL.
struct KustoPart: RemotePart {
  let database: KustoDatabase
  var text: String
  var schema: Schema
  var isOrdered: Bool
  /// The most rows there can be, if that is known.
  var bound: Int?

  func query(cut: RemoteCut?) -> any RemoteQuery { KustoQuery(self, cut: cut) }
}

/// A query for a part of a plan.
final class KustoQuery: RemoteQuery {
  private let part: KustoPart
  private let cut: RemoteCut?

  init(_ part: KustoPart, cut: RemoteCut?) {
    self.part = part
    self.cut = cut
  }

  var text: String { "Kusto: \(part.text)" }
  var isOrdered: Bool { part.isOrdered }

  var label: String {
    let place = part.database.name.isEmpty ? part.database.path : part.database.name
    guard let cut else { return "Remote: \(place)" }
    return "Remote: \(place); `\(cut.operatorName)` runs here because \(cut.reason)"
  }

  func open(_ context: ExecutionContext) throws -> any ExternalCursor {
    let service = part.database.service
    if let cut, part.bound ?? .max > service.options.fetchRows {
      let limit = service.options.fetchRows
      let counted = try service.rows("\(part.text) | take \(limit + 1) | count", context)
      if case .long(let count)? = counted.first?.first, count > limit { throw cut.tooManyRows(limit, of: part.database.name) }
    }
    return KustoCursor(try service.query(part.text, expecting: part.schema, context), hasColumns: !part.schema.isEmpty)
  }
}

/// The rows of an answer, as they arrive.
private final class KustoCursor: ExternalCursor {
  private let answer: KustoAnswer
  private let hasColumns: Bool

  init(_ answer: KustoAnswer, hasColumns: Bool) {
    self.answer = answer
    self.hasColumns = hasColumns
  }

  func next(rows: Int) throws -> RowGroup? {
    // A query without columns has one that is not used.
    try answer.next().map { hasColumns ? $0 : RowGroup([], count: $0.count) }
  }
}

/// Names as KQL reads them.
enum KustoName {
  static func quoted(_ name: String) -> String {
    let escaped = name.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    return "['\(escaped)']"
  }
}
