import CSQLite
import Glibc
import PlumbDiagnostics
import PlumbEngine

/// A path that may name a table of an SQLite file behind `#`.
struct SQLitePath {
  let file: String
  let table: String?

  init(_ path: String, format: LoadOptions.Format?) {
    let isPlain = format != nil && format != .sqlite || access(path, F_OK) == 0
    if !isPlain, let mark = path.lastIndex(of: "#") {
      file = String(path[..<mark])
      table = String(path[path.index(after: mark)...])
    } else {
      file = path
      table = nil
    }
  }
}

/// Reads one table or view of an SQLite file, which is opened for reading only.
func loadSQLiteTable(path: String, options: LoadOptions) throws -> LoadedRows {
  let place = SQLitePath(path, format: .sqlite)
  let file = try SQLiteReader(place.file)
  let table = try file.chosenTable(place.table)
  let columns = try options.columns ?? file.surveyedColumns(of: table, context: options.context)
  return try file.rows(of: table, columns: columns, options: options)
}

/// The tables and views of a file in alphabetical order; nil when it is no SQLite file.
public func sqliteTableNames(in path: String) throws -> [String]? {
  guard let front = try? FileSource(path: path).sample(at: 0, count: 16),
    front.starts(with: Array("SQLite format 3\0".utf8))
  else { return nil }
  return try SQLiteReader(path).tableNames
}

/// An SQLite file that is read.
private final class SQLiteReader {
  private var connection: OpaquePointer?
  private let name: String

  init(_ path: String) throws {
    name = lastPart(of: path)
    let status = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY, nil)
    guard status == SQLITE_OK else {
      let failed = failure()
      sqlite3_close(connection)
      connection = nil
      throw failed
    }
    sqlite3_busy_timeout(connection, 2000)
  }

  deinit { sqlite3_close(connection) }

  private func failure() -> Diagnostic {
    let reason = connection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? "it cannot be opened"
    return Diagnostic("cannot-read", "`\(name)` cannot be read as SQLite: \(reason)")
  }

  /// Calls `body` for every row of a statement.
  private func forEachRow(_ sql: String, _ body: (OpaquePointer) throws -> Void) throws {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK, let statement else { throw failure() }
    defer { sqlite3_finalize(statement) }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: try body(statement)
      case SQLITE_DONE: return
      default: throw failure()
      }
    }
  }

  private static func bytes(_ statement: OpaquePointer, _ column: Int32) -> Bytes {
    let start = sqlite3_column_blob(statement, column)?.assumingMemoryBound(to: UInt8.self)
    return Bytes(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(statement, column)))
  }

  private static func text(_ statement: OpaquePointer, _ column: Int32) -> String { String(bytes(statement, column)) }

  /// Whether Plumb made the file, whose declarations then say what the columns are.
  private var isExported: Bool {
    get throws {
      var id: Int64 = 0
      try forEachRow("pragma application_id") { id = sqlite3_column_int64($0, 0) }
      return id == ExportedTypes.applicationID
    }
  }

  /// Tables and views in alphabetical order.
  var tableNames: [String] {
    get throws {
      var tables: [String] = []
      try forEachRow(
        "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by name"
      ) { tables.append(SQLiteReader.text($0, 0)) }
      return tables
    }
  }

  func chosenTable(_ wanted: String?) throws -> String {
    let tables = try tableNames
    if let wanted {
      if tables.contains(wanted) { return wanted }
      throw Diagnostic(
        "unknown-table", "`\(name)` has no table `\(wanted)`", help: "it has \(listed(tables))")
    }
    guard tables.count == 1 else {
      throw Diagnostic(
        "which-table", tables.isEmpty ? "`\(name)` has no tables" : "`\(name)` has \(tables.count) tables",
        help: tables.first.map { "name one behind the file, such as `\(name)#\($0)`; it has \(listed(tables))" })
    }
    return tables[0]
  }

  private func listed(_ tables: [String]) -> String {
    tables.prefix(12).map { "`\($0)`" }.joined(separator: ", ") + (tables.count > 12 ? ", …" : "")
  }

  private func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// What the values of a column are, since SQLite lets every value be of its own type.
  private struct Kinds {
    var hasInteger = false, hasReal = false, hasText = false, hasBlob = false
    var areBits = true
    var areMoments = true
  }

  /// The columns with the types that fit their values and, for bools and datetimes, their declarations.
  func surveyedColumns(of table: String, context: ExecutionContext) throws -> Schema {
    var columns: [(name: String, declared: String)] = []
    try forEachRow("select name, type from pragma_table_info(\(literal(table)))") {
      columns.append((SQLiteReader.text($0, 0), SQLiteReader.text($0, 1).lowercased()))
    }
    if try isExported {
      let types = columns.map { ExportedTypes.type($0.declared) }
      if types.allSatisfy({ $0 != nil }) {
        return zip(columns, types).map { ColumnInfo($0.name, $1 ?? .string) }
      }
    }
    var kinds = columns.map { column in
      Kinds(areMoments: column.declared.contains("date") || column.declared.contains("time"))
    }
    var rows = 0
    try forEachRow("select * from \(quoted(table))") { statement in
      rows += 1
      if rows % 8192 == 0 { try context.checkpoint() }
      for i in kinds.indices {
        switch sqlite3_column_type(statement, Int32(i)) {
        case SQLITE_INTEGER:
          kinds[i].hasInteger = true
          if sqlite3_column_int64(statement, Int32(i)) &>> 1 != 0 { kinds[i].areBits = false }
        case SQLITE_FLOAT: kinds[i].hasReal = true
        case SQLITE_TEXT:
          kinds[i].hasText = true
          if kinds[i].areMoments && DateTime.parse(SQLiteReader.bytes(statement, Int32(i))) == nil {
            kinds[i].areMoments = false
          }
        case SQLITE_BLOB: kinds[i].hasBlob = true
        default: break
        }
      }
    }
    return zip(columns, kinds).map { ColumnInfo($0.name, SQLiteReader.type($1, declared: $0.declared)) }
  }

  private static func type(_ kinds: Kinds, declared: String) -> ScalarType {
    if kinds.hasBlob { return .string }
    switch (kinds.hasInteger, kinds.hasReal, kinds.hasText) {
    case (true, false, false): return kinds.areBits && declared.contains("bool") ? .bool : .long
    case (_, true, false): return .real
    case (false, false, true): return kinds.areMoments ? .datetime : .string
    case (false, false, false):
      if declared.contains("int") { return .long }
      return declared.contains("real") || declared.contains("doub") || declared.contains("floa") ? .real : .string
    default: return .string
    }
  }

  private func literal(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  func rows(of table: String, columns: Schema, options: LoadOptions) throws -> LoadedRows {
    let list = columns.map { quoted($0.name) }.joined(separator: ", ")
    let writer = RowsWriter(columns)
    var nulled = 0
    try forEachRow("select \(list) from \(quoted(table))") { statement in
      if writer.rowCount % 8192 == 0 { try options.context.checkpoint() }
      for (i, column) in columns.enumerated() {
        if append(statement, Int32(i), i, column.type, writer) { continue }
        guard options.badRows == .null else {
          throw Diagnostic(
            "bad-value",
            "`\(name)` table `\(table)` row \(writer.rowCount + 1), column `\(column.name)`: "
              + "`\(SQLiteReader.text(statement, Int32(i)).prefix(40))` is not a \(column.type.name)")
        }
        nulled += 1
      }
      writer.endRow()
    }
    return LoadedRows(schema: columns, groups: try writer.finish(), nulledCells: nulled)
  }

  /// Adds a value; false, with null added, when it is none of the type.
  private func append(
    _ statement: OpaquePointer, _ index: Int32, _ column: Int, _ type: ScalarType, _ writer: RowsWriter
  ) -> Bool {
    let kind = sqlite3_column_type(statement, index)
    switch (kind, type) {
    case (SQLITE_NULL, _): writer.appendNull(column)
    case (SQLITE_INTEGER, .long), (SQLITE_INTEGER, .int): writer.append(column, word: sqlite3_column_int64(statement, index))
    case (SQLITE_INTEGER, .real), (SQLITE_FLOAT, .real):
      writer.append(column, real: sqlite3_column_double(statement, index))
    case (SQLITE_INTEGER, .bool): writer.append(column, bool: sqlite3_column_int64(statement, index) != 0)
    case (SQLITE_BLOB, .string): writer.append(column, text: hexadecimal(SQLiteReader.bytes(statement, index)))
    case (_, .string):
      // The text form comes first: asking for it converts the value.
      _ = sqlite3_column_text(statement, index)
      writer.append(column, text: SQLiteReader.bytes(statement, index))
    default:
      _ = sqlite3_column_text(statement, index)
      return writer.append(column, parsing: SQLiteReader.bytes(statement, index))
    }
    return true
  }

  private var digits = ByteBuffer()

  /// The bytes of a blob as hexadecimal text, valid until the next call.
  private func hexadecimal(_ blob: Bytes) -> Bytes {
    digits.removeAll()
    for byte in blob {
      for nibble in [byte >> 4, byte & 15] { digits.append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble) }
    }
    return digits.withBytes { Bytes(start: $0.baseAddress, count: $0.count) }
  }
}
