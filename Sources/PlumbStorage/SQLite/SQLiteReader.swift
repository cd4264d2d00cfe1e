import CSQLite
import GRDB
import Glibc
import PlumbDiagnostics
import PlumbEngine

/// An SQLite file of another program, opened for reading only; used by one thread at a time.
///
/// - Loops read through the statement's own pointer: rows do not become objects.
/// - Long statements end when `context` is cancelled: SQLite checks every few thousand of its steps.
final class SQLiteReader: @unchecked Sendable {
  /// The bytes with which such a file begins.
  static let magic = Array("SQLite format 3\0".utf8)

  let path: String
  /// The file's name without its folders, for messages.
  let name: String
  /// Whether the file was opened as one that cannot change, which needs no locks.
  let isImmutable: Bool
  let context: ExecutionContext?
  private let queue: DatabaseQueue
  /// The maximum size in bytes of a value that SQLite reads or computes.
  private let longest: Int

  /// An eighth of the query's memory, since SQLite's own memory is not charged to it; at most 64 MB.
  private static func longestValue(_ context: ExecutionContext?) -> Int {
    min(max((context?.memoryLimit ?? .max) / 8, 1 << 20), 64 << 20)
  }

  /// - Parameter patience: seconds to wait for a program that is writing.
  init(_ path: String, _ context: ExecutionContext?, patience: Double = 2) throws {
    self.path = path
    self.context = context
    name = lastPart(of: path)
    try Self.check(path)
    isImmutable = Self.cannotChange(path)
    var configuration = Configuration()
    configuration.readonly = true
    configuration.foreignKeysEnabled = false
    configuration.busyMode = .timeout(patience)
    configuration.prepareDatabase { database in
      // Views of a hostile file must not call functions that do more than compute.
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
    }
    do {
      queue = try DatabaseQueue(path: sqliteLocation(path, isImmutable: isImmutable), configuration: configuration)
    } catch {
      throw Self.diagnostic(error, name)
    }
    longest = Self.longestValue(context)
    queue.unsafeRead { database in _ = sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_LENGTH, Int32(longest)) }
    guard let context else { return }
    queue.unsafeRead { database in
      sqlite3_progress_handler(
        database.sqliteConnection, 20_000,
        { raw in
          guard let raw else { return 0 }
          return Unmanaged<ExecutionContext>.fromOpaque(raw).takeUnretainedValue().isCancelled ? 1 : 0
        }, Unmanaged.passUnretained(context).toOpaque())
    }
  }

  /// Calls `body` with a statement that is compiled and bound.
  func reading<Result>(_ fragment: SQLText, _ body: (Database, Statement) throws -> Result) throws -> Result {
    do {
      return try queue.unsafeRead { database in
        let statement = try database.makeStatement(sql: fragment.sql)
        try fragment.bind(to: statement)
        return try body(database, statement)
      }
    } catch let error as DatabaseError {
      throw Self.diagnostic(error, name, longest)
    }
  }

  /// Calls `body` for every row of a statement.
  func forEachRow(_ fragment: SQLText, _ body: (OpaquePointer) throws -> Void) throws {
    try reading(fragment) { database, statement in
      while try step(statement, database) { try body(statement.sqliteStatement) }
    }
  }

  func forEachRow(_ sql: String, _ body: (OpaquePointer) throws -> Void) throws {
    try forEachRow(SQLText(sql), body)
  }

  /// Continues a statement that `reading` made; calls `body` until it returns false or the rows end.
  ///
  /// - Returns: whether there may be more rows.
  func resume(_ statement: Statement, _ body: (OpaquePointer) throws -> Bool) throws -> Bool {
    try queue.unsafeRead { database in
      while true {
        guard try step(statement, database) else { return false }
        guard try body(statement.sqliteStatement) else { return true }
      }
    }
  }

  /// Whether there is another row.
  private func step(_ statement: Statement, _ database: Database) throws -> Bool {
    let status = sqlite3_step(statement.sqliteStatement)
    switch status & 0xFF {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case SQLITE_INTERRUPT:
      try context?.checkpoint()
      throw Diagnostic("cancelled", "the query was cancelled")
    default:
      let message = database.sqliteConnection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
      throw Self.diagnostic(status, message, name, longest)
    }
  }

  /// The first column of the only row.
  func integer(_ sql: String) throws -> Int64? {
    var found: Int64?
    try forEachRow(sql) { row in
      if sqlite3_column_type(row, 0) != SQLITE_NULL { found = sqlite3_column_int64(row, 0) }
    }
    return found
  }

  static func bytes(_ row: OpaquePointer, _ column: Int32) -> Bytes {
    let start = sqlite3_column_blob(row, column)?.assumingMemoryBound(to: UInt8.self)
    return Bytes(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(row, column)))
  }

  static func text(_ row: OpaquePointer, _ column: Int32) -> String {
    // The text form comes first: requesting it converts the value.
    _ = sqlite3_column_text(row, column)
    return String(bytes(row, column))
  }

  /// Tables and views in alphabetical order.
  var tableNames: [String] {
    get throws {
      var tables: [String] = []
      try forEachRow(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
      ) { tables.append(Self.text($0, 0)) }
      return tables
    }
  }

  /// Changes whenever the schema of a table in the file changes.
  var schemaVersion: Int64 {
    get throws { try integer("PRAGMA schema_version") ?? 0 }
  }
}

// MARK: Opening

extension SQLiteReader {
  private static func check(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw Diagnostic("no-file", "cannot open `\(path)`: \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw Diagnostic("folder", "`\(path)` is a folder, not an SQLite file") }
    let front = try FileSource(path: path).sample(at: 0, count: 16)
    guard front.isEmpty || front == magic else {
      throw Diagnostic(
        "not-sqlite", "`\(lastPart(of: path))` is not an SQLite file",
        help: "use `--load NAME=PATH` to read \(FileFormat.namesOfTables) files")
    }
  }

  /// Whether nobody who runs this can write to the file, and no writer has left a log next to it.
  static func cannotChange(_ path: String) -> Bool {
    let isReadOnly = access(path, W_OK) != 0 || access(folder(of: path), W_OK) != 0
    return isReadOnly && access(path + "-wal", F_OK) != 0 && access(path + "-journal", F_OK) != 0
      && sqlite3_compileoption_used("USE_URI") != 0
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  // MARK: Errors

  private static func diagnostic(_ error: any Error, _ name: String, _ longest: Int = 0) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    return diagnostic(error.extendedResultCode.rawValue, error.message, name, longest)
  }

  private static func diagnostic(_ code: Int32, _ message: String?, _ name: String, _ longest: Int) -> Diagnostic {
    let reason = message ?? "error \(code)"
    switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED:
      return Diagnostic(
        "locked-file", "`\(name)` is locked by a program that writes to it", help: "try again when it has finished")
    case SQLITE_TOOBIG:
      return Diagnostic(
        "value-too-large", "`\(name)` contains or computes a value larger than \(longest >> 20) MB",
        help: "leave out the column, or raise `--memory`: a value can have an eighth of it, up to 64 MB")
    case SQLITE_CORRUPT:
      return Diagnostic(
        "damaged-file", "`\(name)` is damaged: \(reason)",
        help: "`sqlite3 \(name) .recover` saves the undamaged parts")
    case SQLITE_NOTADB:
      return Diagnostic("not-sqlite", "`\(name)` is not a readable SQLite file: \(reason)")
    case SQLITE_READONLY, SQLITE_CANTOPEN:
      return Diagnostic(
        "cannot-read", "`\(name)` cannot be read as SQLite: \(reason)",
        help: "a program may have ended while writing to it; `sqlite3 \(name) .tables` repairs such a file")
    default: return Diagnostic("cannot-read", "`\(name)` cannot be read as SQLite: \(reason)")
    }
  }
}
