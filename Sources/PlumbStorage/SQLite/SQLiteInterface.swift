import CSQLite
import GRDB
import PlumbEngine

// Calls of SQLite's C interface that GRDB does not offer; nothing else in the workspace calls it.

extension Database {
  /// Prevents statements from changing the schema through `PRAGMA writable_schema` and the like.
  func defend() { _ = plumb_sqlite_defend(sqliteConnection) }

  /// Whether the write-ahead log is left unchanged when the last connection closes.
  func keepLogWhenClosed(_ kept: Bool) { _ = plumb_sqlite_keep_log(sqliteConnection, kept ? 1 : 0) }
}

extension Statement {
  /// The bytes of a blob in place, valid until the next row.
  func bytes(_ column: Int) -> Bytes {
    let column = Int32(column)
    let start = sqlite3_column_blob(sqliteStatement, column)?.assumingMemoryBound(to: UInt8.self)
    return Bytes(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(sqliteStatement, column)))
  }

  /// Binds a blob to a question mark; the buffer must outlive the run of the statement.
  func bind(_ bytes: ByteBuffer, at place: Int) throws {
    try check(
      bytes.withBytes { sqlite3_bind_blob64(sqliteStatement, Int32(place + 1), $0.baseAddress, UInt64($0.count), nil) })
  }

  func forgetBindings() {
    sqlite3_reset(sqliteStatement)
    sqlite3_clear_bindings(sqliteStatement)
  }

  /// Binds one row of these columns to the question marks.
  func bind(_ columns: [Vector], _ row: Int, text: inout ByteBuffer) throws {
    let copying = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    sqlite3_reset(sqliteStatement)
    for (i, column) in columns.enumerated() {
      let place = Int32(i + 1)
      if column.isNull(at: row) {
        try check(sqlite3_bind_null(sqliteStatement, place))
        continue
      }
      switch column.type {
      case .bool, .int, .long: try check(sqlite3_bind_int64(sqliteStatement, place, column.wholeNumber(at: row)))
      case .real where !column.realNumber(at: row).isNaN:
        try check(sqlite3_bind_double(sqliteStatement, place, column.realNumber(at: row)))
      case .real: try check(sqlite3_bind_text(sqliteStatement, place, "nan", -1, copying))
      case .decimal, .datetime, .timespan, .string, .guid, .dynamic:
        text.removeAll()
        if column.type == .dynamic { column.printJSON(at: row, to: &text) } else { column.printText(at: row, to: &text) }
        try check(
          text.withBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
              sqlite3_bind_text64(
                sqliteStatement, place, $0.baseAddress ?? Statement.empty, UInt64($0.count), copying, UInt8(SQLITE_UTF8))
            }
          })
      }
    }
  }

  /// An address for texts without bytes: SQLite treats a null pointer as null.
  nonisolated(unsafe) private static let empty: UnsafePointer<CChar> = {
    let place = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    place.pointee = 0
    return UnsafePointer(place)
  }()

  private func check(_ status: Int32) throws {
    if status != SQLITE_OK { throw DatabaseError(resultCode: ResultCode(rawValue: status)) }
  }
}
