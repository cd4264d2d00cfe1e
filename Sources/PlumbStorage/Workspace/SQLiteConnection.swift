import CSQLite
import PlumbDiagnostics
import PlumbEngine

/// A connection to a workspace's SQLite file; one thread at a time uses it.
final class SQLiteConnection {
  enum Access {
    case reading
    /// The file and its folder cannot be written to, so that it cannot change either.
    case immutable
    case writing
    case creating
  }

  private let handle: OpaquePointer
  /// The file's short name, for messages.
  let name: String
  private var statements: [String: SQLiteStatement] = [:]

  /// - Throws: a diagnostic when SQLite cannot open the file.
  init(_ path: String, _ access: Access) throws {
    name = lastPart(of: path)
    var flags: Int32
    switch access {
    case .reading: flags = SQLITE_OPEN_READONLY
    case .immutable: flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
    case .writing: flags = SQLITE_OPEN_READWRITE
    case .creating: flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    }
    flags |= SQLITE_OPEN_NOMUTEX
    var opened: OpaquePointer?
    let target = access == .immutable ? "file:\(SQLiteConnection.escaped(path))?immutable=1" : path
    let status = sqlite3_open_v2(target, &opened, flags, nil)
    guard status == SQLITE_OK, let opened else {
      sqlite3_close(opened)
      throw SQLiteFailure(status, opened == nil ? "there is no memory" : "it cannot be opened", name).diagnostic
    }
    handle = opened
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, 5_000)
    _ = plumb_sqlite_defend(handle)
    try run("PRAGMA trusted_schema = OFF")
    try run("PRAGMA cell_size_check = ON")
    try run("PRAGMA synchronous = FULL")
    try run("PRAGMA cache_size = -16000")
    try run("PRAGMA temp_store = MEMORY")
  }

  deinit {
    for statement in statements.values { statement.finish() }
    sqlite3_close_v2(handle)
  }

  private static func escaped(_ path: String) -> String {
    var text = ""
    for byte in path.utf8 {
      switch byte {
      case 0x25, 0x23, 0x3F: text += "%" + String(byte, radix: 16, uppercase: true)
      default: text.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return text
  }

  /// The write-ahead log stays as it is when the connection closes, for files that must not be written to.
  func keepLog() { _ = plumb_sqlite_keep_log(handle) }

  /// Runs statements that give no rows and take no values.
  func run(_ sql: String) throws {
    let status = sqlite3_exec(handle, sql, nil, nil, nil)
    if status != SQLITE_OK { throw failure(status) }
  }

  /// Runs one statement with these values in the places of its question marks.
  func run(_ sql: String, _ values: SQLiteValue...) throws {
    let statement = try statement(sql)
    try statement.bind(values)
    defer { statement.reset() }
    _ = try statement.step()
  }

  /// Runs an insertion once for each row of these columns.
  func inserting(_ sql: String, _ columns: [Vector], rows: Int) throws {
    let statement = try statement(sql)
    for row in 0..<rows { try statement.insert(columns, row) }
  }

  /// Calls `body` for each row.
  func rows(_ sql: String, _ values: SQLiteValue..., body: (SQLiteStatement) throws -> Void) throws {
    let statement = try statement(sql)
    try statement.bind(values)
    defer { statement.reset() }
    while try statement.step() { try body(statement) }
  }

  /// The statement for a text, prepared once.
  private func statement(_ sql: String) throws -> SQLiteStatement {
    if let known = statements[sql] { return known }
    var prepared: OpaquePointer?
    let status = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard status == SQLITE_OK, let prepared else { throw failure(status) }
    let statement = SQLiteStatement(prepared) { [unowned self] in failure($0) }
    statements[sql] = statement
    return statement
  }

  func failure(_ status: Int32) -> Diagnostic {
    SQLiteFailure(status, String(cString: sqlite3_errmsg(handle)), name).diagnostic
  }

  /// Runs `body` in a transaction that is kept as a whole or not at all.
  func transaction<Result>(_ begin: String = "BEGIN IMMEDIATE", _ body: () throws -> Result) throws -> Result {
    try run(begin)
    do {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      // SQLite may have rolled back by itself, as on a full disk.
      if sqlite3_get_autocommit(handle) == 0 { try? run("ROLLBACK") }
      throw error
    }
  }

  /// Moves what the write-ahead log holds into the file, as far as readers allow.
  func checkpoint(truncating: Bool = false) {
    _ = sqlite3_wal_checkpoint_v2(
      handle, nil, truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, nil, nil)
  }
}

/// A value in the place of a question mark.
enum SQLiteValue {
  case integer(Int64)
  case text(String)
  case blob(ByteBuffer)
  case null
}

/// A prepared statement.
final class SQLiteStatement {
  private let handle: OpaquePointer
  private let failure: (Int32) -> Diagnostic

  init(_ handle: OpaquePointer, failure: @escaping (Int32) -> Diagnostic) {
    self.handle = handle
    self.failure = failure
  }

  func finish() { sqlite3_finalize(handle) }

  func bind(_ values: [SQLiteValue]) throws {
    let copying = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    for (i, value) in values.enumerated() {
      let place = Int32(i + 1)
      let status =
        switch value {
        case .integer(let number): sqlite3_bind_int64(handle, place, number)
        case .text(let text): sqlite3_bind_text(handle, place, text, -1, copying)
        case .blob(let bytes):
          // The buffer lives until the next call of `bind` or `reset`.
          bytes.withBytes {
            sqlite3_bind_blob64(handle, place, $0.baseAddress, UInt64($0.count), nil)
          }
        case .null: sqlite3_bind_null(handle, place)
        }
      if status != SQLITE_OK { throw failure(status) }
    }
    bound = values
  }

  private var bound: [SQLiteValue] = []
  private var text = ByteBuffer()

  /// Runs an insertion of one row of these columns.
  func insert(_ columns: [Vector], _ row: Int) throws {
    let copying = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    for (i, column) in columns.enumerated() {
      let place = Int32(i + 1)
      if column.isNull(at: row) {
        sqlite3_bind_null(handle, place)
        continue
      }
      switch column.type {
      case .bool, .int, .long: sqlite3_bind_int64(handle, place, column.wholeNumber(at: row))
      case .real where !column.realNumber(at: row).isNaN: sqlite3_bind_double(handle, place, column.realNumber(at: row))
      case .real: sqlite3_bind_text(handle, place, "nan", -1, copying)
      case .decimal, .datetime, .timespan, .string, .guid, .dynamic:
        text.removeAll()
        if column.type == .dynamic { column.printJSON(at: row, to: &text) } else { column.printText(at: row, to: &text) }
        text.withBytes { bytes in
          _ = bytes.withMemoryRebound(to: CChar.self) {
            sqlite3_bind_text64(handle, place, $0.baseAddress ?? SQLiteStatement.empty, UInt64($0.count), copying, UInt8(SQLITE_UTF8))
          }
        }
      }
    }
    _ = try step()
    sqlite3_reset(handle)
  }

  /// A place to point to for texts without bytes: no place at all means null to SQLite.
  nonisolated(unsafe) private static let empty: UnsafePointer<CChar> = {
    let place = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    place.pointee = 0
    return UnsafePointer(place)
  }()

  /// Whether there is another row.
  func step() throws -> Bool {
    let status = sqlite3_step(handle)
    switch status {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw failure(status)
    }
  }

  func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
    bound = []
  }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func text(_ column: Int32) -> String {
    sqlite3_column_text(handle, column).map { String(cString: $0) } ?? ""
  }

  /// The bytes of a blob, valid until the next step.
  func bytes(_ column: Int32) -> Bytes {
    let start = sqlite3_column_blob(handle, column)?.assumingMemoryBound(to: UInt8.self)
    return Bytes(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
  }
}

/// What SQLite says went wrong, in our words.
struct SQLiteFailure {
  let diagnostic: Diagnostic

  init(_ status: Int32, _ reason: String, _ name: String) {
    switch status & 0xFF {
    case SQLITE_FULL:
      diagnostic = Diagnostic(
        "disk-full", "there is no room left for `\(name)`; nothing of the last step was kept",
        help: "make room on the disk and do it again")
    case SQLITE_BUSY, SQLITE_LOCKED:
      diagnostic = Diagnostic(
        "file-busy", "`\(name)` is being written by another process", help: "try again when it has ended")
    case SQLITE_READONLY, SQLITE_PERM:
      diagnostic = Diagnostic("read-only", "`\(name)` cannot be written to: it or its folder is read-only")
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      diagnostic = Diagnostic(
        "damaged-file", "`\(name)` is damaged: \(reason)", help: "`--salvage` loads what is sound of it")
    case SQLITE_IOERR:
      diagnostic = Diagnostic(
        "write-failed", "`\(name)` could not be read or written: \(reason); nothing of the last step was kept")
    case SQLITE_CANTOPEN: diagnostic = Diagnostic("cannot-read", "`\(name)` cannot be opened: \(reason)")
    case SQLITE_NOMEM: diagnostic = Diagnostic("memory-limit", "there is no memory left to work on `\(name)`")
    case SQLITE_TOOBIG: diagnostic = Diagnostic("value-too-large", "a value is too large for `\(name)`")
    default: diagnostic = Diagnostic("damaged-file", "`\(name)` cannot be used: \(reason)")
    }
  }
}
