import class GRDB.Database
import PlumbDiagnostics

/// The steps that bring a workspace file from each version to the next; never changed once released.
///
/// Not GRDB's `DatabaseMigrator`: the version is the file's `user_version`, which an older program reads before anything
/// else and which, unlike the migrator's table, nothing can contradict.
enum Migrations {
  /// Marks SQLite files that are workspaces: `Plmb`.
  static let applicationID: Int64 = 0x506C_6D62

  /// The version that this program writes.
  static var current: Int64 { Int64(steps.count) }

  /// `steps[0]` makes version 1 from an empty file.
  private static let steps: [[String]] = [
    [
      // One row: what changes with every transaction, and the sum of all checksums.
      """
      CREATE TABLE plumb_state (
        id INTEGER PRIMARY KEY CHECK (id = 1), generation INTEGER NOT NULL, next_id INTEGER NOT NULL,
        is_open INTEGER NOT NULL, seals INTEGER NOT NULL, seal INTEGER NOT NULL)
      """,
      "CREATE TABLE plumb_settings (name TEXT PRIMARY KEY, value TEXT NOT NULL, seal INTEGER NOT NULL) WITHOUT ROWID",
      """
      CREATE TABLE plumb_tables (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, columns INTEGER NOT NULL, row_count INTEGER NOT NULL,
        group_count INTEGER NOT NULL, group_seals INTEGER NOT NULL, seal INTEGER NOT NULL)
      """,
      """
      CREATE TABLE plumb_columns (
        table_id INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
        text_count INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (table_id, place)) WITHOUT ROWID
      """,
      // Rows of a table in order of position; `bounds` is what scans know without reading a segment.
      """
      CREATE TABLE plumb_groups (
        id INTEGER PRIMARY KEY, table_id INTEGER NOT NULL, place INTEGER NOT NULL, row_count INTEGER NOT NULL,
        bounds BLOB NOT NULL, seal INTEGER NOT NULL)
      """,
      "CREATE UNIQUE INDEX plumb_groups_by_table ON plumb_groups (table_id, place)",
      // One column of one group; the id is the group's times 16384 plus the column's index.
      "CREATE TABLE plumb_segments (id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
      // Pieces of the dictionaries of string columns: the texts with codes from `first` on.
      """
      CREATE TABLE plumb_texts (
        id INTEGER PRIMARY KEY, table_id INTEGER NOT NULL, place INTEGER NOT NULL, first INTEGER NOT NULL,
        text_count INTEGER NOT NULL, seal INTEGER NOT NULL, data BLOB NOT NULL)
      """,
      "CREATE UNIQUE INDEX plumb_texts_by_column ON plumb_texts (table_id, place, first)",
      """
      CREATE TABLE plumb_functions (
        name TEXT PRIMARY KEY, parameters TEXT NOT NULL, body TEXT NOT NULL, folder TEXT NOT NULL,
        summary TEXT NOT NULL, seal INTEGER NOT NULL) WITHOUT ROWID
      """,
      """
      CREATE TABLE plumb_models (
        name TEXT NOT NULL, version INTEGER NOT NULL, made_at INTEGER NOT NULL, summary TEXT NOT NULL,
        data BLOB NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (name, version)) WITHOUT ROWID
      """,
      "CREATE TABLE plumb_history (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, text TEXT NOT NULL)",
    ],
    // The outcome of each query.
    [
      "ALTER TABLE plumb_history ADD COLUMN row_count INTEGER",
      "ALTER TABLE plumb_history ADD COLUMN duration INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE plumb_history ADD COLUMN error TEXT NOT NULL DEFAULT ''",
      "ALTER TABLE plumb_history ADD COLUMN is_query INTEGER NOT NULL DEFAULT 1",
      "ALTER TABLE plumb_history ADD COLUMN seal INTEGER NOT NULL DEFAULT 0",
    ],
  ]

  /// What `sqlite_master` contains for the tables and indexes of a version, without white space.
  private static func declarations(ofVersion version: Int64) -> [String: String] {
    var found: [String: String] = [:]
    for step in steps.prefix(Int(clamping: version)).joined() {
      let words = step.split(whereSeparator: \.isWhitespace)
      let text = words.joined()
      if words[0] == "ALTER" {
        // SQLite appends the column to the declaration of the table.
        let table = String(words[2])
        let column = words.dropFirst(5).joined()
        found[table] = found[table].map { $0.dropLast() + "," + column + ")" }
      } else {
        found[String(words[words.firstIndex { $0.hasPrefix("plumb_") } ?? 2])] = text
      }
    }
    return found
  }

  /// - Throws: `damaged-file` if the file has views or triggers, or if a table or index of Plumb's is not what Plumb
  ///   creates: someone else has made the file, and reading it could run without end.
  static func checkSchema(_ file: Database) throws {
    let known = declarations(ofVersion: try file.integer("PRAGMA user_version"))
    try file.rows("SELECT type, name, sql, tbl_name FROM sqlite_master") { row in
      let (kind, name, declaration, table) = (row.text(0), row.text(1), row.text(2), row.text(3))
      switch kind {
      case "table" where known[name.lowercased()] == nil: return
      case "table" where known[name] == declaration.filter({ !$0.isWhitespace }): return
      case "index" where known[name] == declaration.filter({ !$0.isWhitespace }): return
      case "index" where name.hasPrefix("sqlite_autoindex_") || known[table.lowercased()] == nil: return
      default:
        throw Diagnostic(
          DamagedFile.code, "`\(file.name)` contains the \(kind) `\(name.prefix(60))`, which Plumb did not make",
          help: "Plumb does not open such a file, not even with `--salvage`; if you trust it, `sqlite3` can read it")
      }
    }
  }

  /// Creates a workspace in an empty file.
  static func create(_ file: Database) throws {
    // Larger pages: segments are read and written as a whole.
    try file.execute(sql: "PRAGMA page_size = 16384; PRAGMA journal_mode = DELETE")
    try file.transaction(.exclusive) {
      // Another process may have been faster.
      if try file.integer("PRAGMA application_id") == applicationID { return }
      try file.execute(sql: "PRAGMA application_id = \(applicationID)")
      try migrate(file, from: 0)
      try StateRow(generation: 1, nextID: 1, isOpen: false, checksums: 0).save(in: file)
    }
    try file.execute(sql: "PRAGMA journal_mode = WAL")
  }

  /// Brings a file of an earlier version to this one, in the caller's transaction; readers accept all versions.
  static func upgrade(_ file: Database) throws {
    let version = try file.integer("PRAGMA user_version")
    if version < current { try migrate(file, from: version) }
  }

  /// Runs the missing steps, all in the caller's transaction.
  static func migrate(_ file: Database, from version: Int64) throws {
    for step in steps.dropFirst(Int(version)) {
      for statement in step { try file.execute(sql: statement) }
    }
    try file.execute(sql: "PRAGMA user_version = \(current)")
  }
}
