import CSQLite
import GRDB
import Glibc
import PlumbDiagnostics
import PlumbEngine

/// An SQLite file of another program whose tables queries read in place.
///
/// Each query opens the file again, so that it sees what others write and no lock outlives a query. What is known about
/// the tables is cached until their declarations change.
package final class AttachedSQLite: ForeignDatabase {
  package let path: String
  private let extent: SQLiteSurvey.Extent
  private let tables = LockedValue<[String: SQLiteTable]>([:])

  /// - Parameter properties: `survey = "all"` to determine types from all rows rather than from a sample.
  /// - Throws: a diagnostic if the file does not exist, is not an SQLite file, or cannot be read.
  package convenience init(path: String, properties: [String: String], _ context: ExecutionContext) throws {
    if let unknown = properties.keys.first(where: { $0 != "survey" }) {
      throw Diagnostic("unknown-property", "`.attach` has no property `\(unknown)`", help: "it has `survey`")
    }
    let survey = properties["survey"] ?? SQLiteSurvey.Extent.sample.rawValue
    guard let extent = SQLiteSurvey.Extent(rawValue: survey) else {
      throw Diagnostic("unknown-property", "`survey` is \"all\" or \"sample\", not `\(survey)`")
    }
    self.init(absolute: absolutePath(path), extent)
    _ = try SQLiteReader(self.path, context).tableNames
  }

  /// The file that was attached before; it is opened when a query names it. Nil if the text is not a reminder.
  package convenience init?(reminder: String) {
    guard let space = reminder.firstIndex(of: " "), let extent = SQLiteSurvey.Extent(rawValue: String(reminder[..<space]))
    else { return nil }
    self.init(absolute: String(reminder[reminder.index(after: space)...]), extent)
  }

  private init(absolute path: String, _ extent: SQLiteSurvey.Extent) {
    self.path = path
    self.extent = extent
  }

  package var reminder: String { "\(extent.rawValue) \(path)" }

  package var mode: String {
    access(path, F_OK) != 0 ? "missing" : SQLiteReader.cannotChange(path) ? "immutable" : "read-only"
  }

  package var tableNames: [String] {
    get throws { try SQLiteReader(path, nil, patience: 0.2).tableNames }
  }

  package func rows(ofTable name: String, _ context: ExecutionContext) throws -> (any ExternalRows)? {
    try table(name, context)
  }

  package func remarks(onTable name: String, _ context: ExecutionContext) throws -> [String] {
    guard let survey = try table(name, context)?.survey else { return [] }
    let sample = survey.isWhole || survey.seen == 0
      ? [] : ["types are inferred from \(survey.seen) of about \(survey.rowEstimate) rows"]
    return survey.columns.compactMap(\.remark) + sample
  }

  private func table(_ name: String, _ context: ExecutionContext) throws -> SQLiteTable? {
    let reader = try SQLiteReader(path, context)
    if let known = tables.withLock({ $0[name] }), try known.survey.schemaVersion == reader.schemaVersion { return known }
    guard try reader.tableNames.contains(name) else { return nil }
    let table = SQLiteTable(path, name, try reader.survey(ofTable: name, extent: extent))
    tables.withLock { $0[name] = table }
    return table
  }
}

/// The rows of one table or view of an SQLite file.
private final class SQLiteTable: ExternalRows {
  let survey: SQLiteSurvey
  private let path: String
  private let name: String
  private let filter: SQLiteFilter

  init(_ path: String, _ name: String, _ survey: SQLiteSurvey) {
    self.path = path
    self.name = name
    self.survey = survey
    filter = SQLiteFilter(columns: survey.columns)
  }

  var schema: Schema { survey.columns.map(\.info) }
  var columnNotes: [String] { survey.columns.map(\.note) }
  var rowEstimate: Int { survey.rowEstimate }

  func help(with condition: BoundExpression) -> ExternalHelp {
    guard let translation = filter.translation(of: condition) else { return .nothing }
    return translation.isExact ? .all : .some
  }

  func canSort(by column: Int) -> Bool {
    let column = survey.columns[column]
    switch column.info.type {
    case .long, .int: return true
    case .real: return !column.canHoldNaN
    case .datetime: return column.unixUnit != nil
    case .bool, .string, .decimal, .timespan, .guid, .dynamic: return false
    }
  }

  func text(of request: ExternalRequest) -> String { "SQLite: \(statement(request).shown)" }

  /// The request in SQL. Without columns it counts rows, and separately counts the rows whose values are of other kinds than
  /// the conditions were written for.
  func statement(_ request: ExternalRequest) -> SQLText {
    let conditions = request.conditions.compactMap { filter.translation(of: $0) }
    let source: SQLText = "FROM \(name: name)"
    let test = SQLText.joined(conditions.map(\.sql), by: " AND ")
    let rest: SQLText = conditions.isEmpty ? source : "\(source) WHERE \(test)"
    guard !request.columns.isEmpty else { return counting(conditions, rest, request.limit) }
    let list = SQLText.joined(request.columns.map { "\(name: survey.columns[$0].info.name)" }, by: ", ")
    return "SELECT \(list) \(rest)\(order(request.order))\(limit(request.limit))"
  }

  private func counting(_ conditions: [SQLiteFilter.Translation], _ rest: SQLText, _ limit: Int?) -> SQLText {
    let kinds = SQLiteFilter.kinds(of: conditions).sorted { $0.key < $1.key }
    let tests = kinds.map { index, kinds -> SQLText in
      "typeof(\(name: survey.columns[index].info.name)) NOT IN (\(sql: kinds.map(SQLText.literal).joined(separator: ", ")))"
    }
    let others: SQLText = tests.isEmpty ? "" : ", total(\(SQLText.joined(tests, by: " OR ")))"
    if limit != nil { return "SELECT count(*) FROM (SELECT 1 \(rest)\(self.limit(limit)))" }
    return "SELECT count(*)\(others) \(rest)"
  }

  /// Rows with equal keys are in the order in which they were written, as in a copy.
  private func order(_ order: [ExternalOrder]) -> SQLText {
    if order.isEmpty { return "" }
    var keys = order.map { key -> SQLText in
      // SQLite treats nulls as the smallest values.
      let nulls = key.nullsFirst != key.isDescending ? "" : key.nullsFirst ? " NULLS FIRST" : " NULLS LAST"
      return "\(name: survey.columns[key.column].info.name)\(sql: key.isDescending ? " DESC" : "")\(sql: nulls)"
    }
    if let rowID = survey.rowID { keys.append("\(sql: rowID)") }
    return " ORDER BY \(SQLText.joined(keys, by: ", "))"
  }

  private func limit(_ limit: Int?) -> SQLText { limit.map { " LIMIT \(.integer(Int64($0)))" } ?? "" }

  func open(_ request: ExternalRequest, _ context: ExecutionContext) throws -> any ExternalCursor {
    let reader = try SQLiteReader(path, context)
    guard try reader.schemaVersion == survey.schemaVersion else {
      throw Diagnostic(
        "changed-file", "the tables of `\(reader.name)` changed while the query was starting", help: "run it again")
    }
    let statement = statement(request)
    if request.columns.isEmpty { return SQLiteCount(reader, statement, table: name) }
    let help = survey.isWhole
      ? "the file has changed since it was inspected: `.detach` it and `.attach` it again"
      : "types are inferred from a sample: attach the file `with (survey = \"all\")` to inspect all rows"
    return try SQLiteCursor(reader, statement, request.columns.map { survey.columns[$0] }, table: name, help: help)
  }
}

/// The rows that a statement gives, a batch at a time.
private final class SQLiteCursor: ExternalCursor, @unchecked Sendable {
  private let statement: Statement
  private let reader: SQLiteReader
  private let schema: Schema
  private let cells: SQLiteCells
  private let help: String
  private var isDone = false
  private var rowCount = 0

  init(_ reader: SQLiteReader, _ text: SQLText, _ columns: [SQLiteColumn], table: String, help: String) throws {
    self.reader = reader
    self.help = help
    statement = try reader.reading(text) { _, statement in statement }
    schema = columns.map(\.info)
    cells = SQLiteCells(columns, file: reader.name, table: table)
  }

  func next(rows: Int) throws -> RowGroup? {
    if isDone { return nil }
    let writer = RowsWriter(schema)
    let wanted = min(max(rows, 1), RowGroup.capacity)
    isDone = try !reader.resume(statement) { row in
      try reader.context?.checkpoint()
      if let misfit = cells.append(row, to: writer) {
        throw misfit.diagnostic(row: rowCount + writer.rowCount, help: help)
      }
      return writer.rowCount < wanted
    }
    rowCount += writer.rowCount
    return try writer.finish().first
  }
}

/// Rows of which only the number is wanted.
private final class SQLiteCount: ExternalCursor, @unchecked Sendable {
  private let reader: SQLiteReader
  private let statement: SQLText
  private let table: String
  private var left: Int?

  init(_ reader: SQLiteReader, _ statement: SQLText, table: String) {
    self.reader = reader
    self.statement = statement
    self.table = table
  }

  func next(rows: Int) throws -> RowGroup? {
    let count = try left ?? self.count()
    let piece = min(count, RowGroup.capacity)
    left = count - piece
    return piece > 0 ? RowGroup([], count: piece) : nil
  }

  private func count() throws -> Int {
    var count = 0, others = 0.0
    try reader.forEachRow(statement) { row in
      count = Int(clamping: sqlite3_column_int64(row, 0))
      if sqlite3_column_count(row) > 1 { others = sqlite3_column_double(row, 1) }
    }
    guard others == 0 else {
      throw Diagnostic(
        "bad-value",
        "`\(reader.name)` table `\(table)`: \(Int(others)) rows have values of other types in the columns of the condition",
        help: "attach the file `with (survey = \"all\")` to find types that fit all rows")
    }
    return count
  }
}
