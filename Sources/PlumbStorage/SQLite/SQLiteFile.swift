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

/// Reads one table or view of an SQLite file whole; the file is opened for reading only.
func loadSQLiteTable(path: String, options: LoadOptions) throws -> LoadedRows {
  let place = SQLitePath(path, format: .sqlite)
  let reader = try SQLiteReader(place.file, options.context)
  let table = try chosenTable(place.table, of: reader)
  let columns: [SQLiteColumn]
  if let given = options.columns {
    columns = given.map { SQLiteColumn($0.name, $0.type) }
  } else {
    columns = try reader.survey(ofTable: table, extent: .whole).columns
  }
  let writer = RowsWriter(columns.map(\.info))
  let cells = SQLiteCells(columns, file: reader.name, table: table)
  var nulled = 0
  let list = columns.map { SQLText.quoted($0.info.name) }.joined(separator: ", ")
  try reader.forEachRow("SELECT \(list) FROM \(SQLText.quoted(table))") { row in
    if writer.rowCount % 8192 == 0 { try options.context.checkpoint() }
    if let misfit = cells.append(row, to: writer) {
      guard options.badRows == .null else { throw misfit.diagnostic(row: writer.rowCount) }
      nulled += misfit.count
    }
  }
  return LoadedRows(schema: columns.map(\.info), groups: try writer.finish(), nulledCells: nulled)
}

/// The tables and views of a file in alphabetical order; nil when it is no SQLite file.
package func sqliteTableNames(in path: String) throws -> [String]? {
  guard let file = try? FileSource(path: path), !file.isStream, let front = try? file.sample(at: 0, count: 16),
    front.starts(with: SQLiteReader.magic)
  else { return nil }
  return try SQLiteReader(path, nil).tableNames
}

private func chosenTable(_ wanted: String?, of reader: SQLiteReader) throws -> String {
  let tables = try reader.tableNames
  let listed = tables.prefix(12).map { "`\($0)`" }.joined(separator: ", ") + (tables.count > 12 ? ", …" : "")
  if let wanted {
    if tables.contains(wanted) { return wanted }
    throw Diagnostic("unknown-table", "`\(reader.name)` has no table `\(wanted)`", help: "it has \(listed)")
  }
  guard tables.count == 1 else {
    throw Diagnostic(
      "which-table", tables.isEmpty ? "`\(reader.name)` has no tables" : "`\(reader.name)` has \(tables.count) tables",
      help: tables.first.map { "name one behind the file, such as `\(reader.name)#\($0)`; it has \(listed)" })
  }
  return tables[0]
}
