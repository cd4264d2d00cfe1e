import PlumbDiagnostics
import PlumbEngine

extension FileFormat {
  /// A table or a view of an SQLite file, which is opened for reading only.
  package static let sqlite = FileFormat(
    name: "sqlite", title: "SQLite", otherNames: ["sqlite3", "db"], companions: ["-wal"],
    recognises: { front in front.starts(with: SQLiteReader.magic) ? .magic : nil },
    parts: { try SQLiteReader(onDisk($0), nil).tableNames },
    open: { input, options in try SQLiteRows(SQLiteReader(onDisk(input), options.context), table: input.part, options) })

  /// SQLite opens the file itself.
  private static func onDisk(_ input: FileInput) throws -> String {
    guard input.isStream || input.isPacked else { return input.file }
    throw Diagnostic(
      "cannot-read", "`\(input.name)` is an SQLite file, which Plumb can read only from disk", help: "save it unpacked and pass its path")
  }
}

/// All rows of a table of an SQLite file; types are determined from all values.
final class SQLiteRows: RowReader {
  private let reader: SQLiteReader
  private let table: String
  private let columns: [SQLiteColumn]
  private let options: ReadOptions
  private var isDone = false

  /// - Throws: a diagnostic if the file has no such table, or several and the path names none.
  init(_ reader: SQLiteReader, table wanted: String?, _ options: ReadOptions) throws {
    self.reader = reader
    self.options = options
    table = try Self.chosenTable(wanted, of: reader)
    columns = try options.columns?.map { SQLiteColumn($0.name, $0.type) }
      ?? reader.survey(ofTable: table, extent: .whole).columns
  }

  var schema: Schema { columns.map(\.info) }

  func begin(at start: TextPosition?) { isDone = false }

  func next() throws -> FileBatch? {
    if isDone { return nil }
    isDone = true
    let writer = RowsWriter(schema)
    let cells = SQLiteCells(columns, file: reader.name, table: table)
    var misfits = RowMisfits()
    let list = columns.map { SQLText.quoted($0.info.name) }.joined(separator: ", ")
    try reader.forEachRow("SELECT \(list) FROM \(SQLText.quoted(table))") { row in
      if writer.rowCount % 8192 == 0 { try options.context.checkpoint() }
      if let misfit = cells.append(row, to: writer) {
        guard options.badRows == .null else { throw misfit.diagnostic(row: writer.rowCount) }
        misfits.nulledCells += misfit.count
      }
    }
    return FileBatch(groups: try writer.finish(), isLast: true, misfits: misfits)
  }

  private static func chosenTable(_ wanted: String?, of reader: SQLiteReader) throws -> String {
    let tables = try reader.tableNames
    let listed = tables.prefix(12).map { "`\($0)`" }.joined(separator: ", ") + (tables.count > 12 ? ", …" : "")
    if let wanted {
      if tables.contains(wanted) { return wanted }
      throw Diagnostic("unknown-table", "`\(reader.name)` has no table `\(wanted)`", help: "it has \(listed)")
    }
    guard tables.count == 1 else {
      throw Diagnostic(
        "which-table", tables.isEmpty ? "`\(reader.name)` has no tables" : "`\(reader.name)` has \(tables.count) tables",
        help: tables.first.map { "name one after the file, such as `\(reader.name)#\($0)`; it has \(listed); `--attach NAME=FILE` queries all of them as `NAME.TABLE`" })
    }
    return tables[0]
  }
}
