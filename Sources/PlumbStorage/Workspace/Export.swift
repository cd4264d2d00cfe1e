import class GRDB.Database
import Glibc
import PlumbDiagnostics
import PlumbEngine

/// Writes tables into a new SQLite file as plain relational tables, for sqlite3, Datasette or Grafana.
///
/// - Types: whole numbers and bools are INTEGER, reals REAL, everything else TEXT in the forms that Plumb reads back:
///     datetimes in ISO 8601 with all seven digits, timespans, guids, decimals and JSON as KQL prints them. NaN, which SQLite
///     cannot store as a number, is the text `nan`.
/// - The declared types (`DATETIME`, `TIMESPAN`, ...) tell Plumb on import what a column was; SQLite uses their affinity.
/// - Indexes: on time columns, and on columns that share their names with other tables, such as `pipeline`.
package func exportSQLite(_ tables: [Table], to path: String, progress: (Int) -> Bool = { _ in true }) throws {
  guard access(path, F_OK) != 0 else {
    throw Diagnostic("file-exists", "`\(path)` already exists", help: "choose a new file name, or remove the file first")
  }
  do {
    try WorkspaceConnection(path, .creating).with { database in
      let file = try ExportFile(database)
      var written = 0
      try database.transaction {
        for table in tables { try file.write(table, &written, progress) }
      }
    }
  } catch {
    unlink(path)
    throw error
  }
}

/// The types that exported tables declare; in a file that Plumb exported they say what a column was.
enum ExportedTypes {
  /// Marks such files: `Plmx`.
  static let applicationID: Int64 = 0x506C_6D78

  static func declaration(_ type: ScalarType) -> String {
    switch type {
    case .bool: "BOOLEAN"
    case .int: "INT"
    case .long: "INTEGER"
    case .real: "REAL"
    case .decimal: "TEXT_DECIMAL"
    case .datetime: "TEXT_DATETIME"
    case .timespan: "TEXT_TIMESPAN"
    case .string: "TEXT"
    case .guid: "TEXT_GUID"
    case .dynamic: "TEXT_JSON"
    }
  }

  static func type(_ declared: String) -> ScalarType? {
    ScalarType.allCases.first { declaration($0) == declared.uppercased() }
  }
}

/// The file that is being made.
private struct ExportFile {
  let database: Database

  init(_ database: Database) throws {
    self.database = database
    try database.execute(
      sql: """
        PRAGMA application_id = \(ExportedTypes.applicationID);
        PRAGMA journal_mode = OFF;
        PRAGMA synchronous = OFF;
        """)
  }

  func write(_ table: Table, _ written: inout Int, _ progress: (Int) -> Bool) throws {
    let columns = table.schema.map { "\(SQLText.quoted($0.name)) \(ExportedTypes.declaration($0.type))" }.joined(separator: ", ")
    try database.run("CREATE TABLE \(SQLText.quoted(table.name)) (\(columns))")
    let marks = table.schema.map { _ in "?" }.joined(separator: ", ")
    let insert = "INSERT INTO \(SQLText.quoted(table.name)) VALUES (\(marks))"
    for group in table.groups {
      try database.inserting(insert, try group.columns, rows: group.count)
      written += group.count
      guard progress(written) else { throw Diagnostic("cancelled", "nothing was written") }
    }
    for column in table.schema where column.type == .datetime || ["pipeline", "name", "status", "upstream", "downstream"].contains(column.name) {
      try database.run(
        "CREATE INDEX \(SQLText.quoted("\(table.name)_by_\(column.name)")) ON \(SQLText.quoted(table.name)) (\(SQLText.quoted(column.name)))")
    }
  }
}
