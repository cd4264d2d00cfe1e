import CSQLite
import PlumbDiagnostics
import PlumbEngine

/// A path that may name a table of an SQLite file behind `#`.
struct SQLitePath {
  let file: String
  let table: String?

  init(_ path: String, format: LoadOptions.Format?) {
    file = path
    table = nil
  }
}

func loadSQLiteTable(path: String, options: LoadOptions) throws -> LoadedRows {
  throw Diagnostic("cannot-read", "`\(lastPart(of: path))` is an SQLite file")
}
