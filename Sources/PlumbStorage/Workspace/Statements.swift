import GRDB
import PlumbDiagnostics
import PlumbEngine
import Synchronization

/// A value bound to a question mark.
enum SQLiteValue {
  case integer(Int64)
  case text(String)
  case blob(ByteBuffer)
  case null

  /// The value for GRDB; null for a blob, which `Statement.bind` binds without a copy.
  fileprivate var argument: DatabaseValue {
    switch self {
    case .integer(let number): number.databaseValue
    case .text(let text): text.databaseValue
    case .blob, .null: .null
    }
  }
}

/// A statement's current row. A value that is not of the requested type is 0 or empty, and no checksum matches it.
struct StoredRow {
  fileprivate let row: Row
  fileprivate let statement: Statement

  func integer(_ column: Int) -> Int64 { Int64.fromDatabaseValue(row[column]) ?? 0 }

  func text(_ column: Int) -> String { String.fromDatabaseValue(row[column]) ?? "" }

  /// The bytes of a blob, valid until the next row.
  func bytes(_ column: Int) -> Bytes { statement.bytes(column) }
}

/// The rows that `Database.rows` reads while a test counts them: what a change costs, on any machine.
final class StatementWork: Sendable {
  @TaskLocal static var current: StatementWork?
  let rows = Atomic<Int>(0)
}

/// Statements on a workspace's file, each prepared once.
extension Database {
  /// The file's short name, for messages.
  var name: String { description }

  /// Runs one statement with these values bound to its question marks.
  func run(_ sql: String, _ values: SQLiteValue...) throws {
    let statement = try cachedStatement(sql: sql)
    for case .text(let text) in values where text.utf8.contains(0) {
      throw Diagnostic(
        "zero-byte", "`\(name)` cannot store a name or text that contains a zero byte", help: "remove the zero byte")
    }
    let arguments = StatementArguments(values.map(\.argument))
    let blobs = values.enumerated().compactMap { place, value -> (Int, ByteBuffer)? in
      if case .blob(let bytes) = value { return (place, bytes) }
      return nil
    }
    if blobs.isEmpty { return try statement.execute(arguments: arguments) }
    statement.setUncheckedArguments(arguments)
    // The buffers live until the statement has run; nothing points to them afterwards.
    defer { statement.forgetBindings() }
    for (place, bytes) in blobs { try statement.bind(bytes, at: place) }
    try statement.execute()
  }

  /// Runs an insertion once for each row of these columns.
  func inserting(_ sql: String, _ columns: [Vector], rows: Int) throws {
    let statement = try cachedStatement(sql: sql)
    statement.setUncheckedArguments(StatementArguments())
    var text = ByteBuffer()
    for row in 0..<rows {
      try statement.bind(columns, row, text: &text)
      try statement.execute()
    }
  }

  /// Calls `body` for each row.
  func rows(_ sql: String, _ values: SQLiteValue..., body: (StoredRow) throws -> Void) throws {
    let statement = try cachedStatement(sql: sql)
    let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(values.map(\.argument)))
    var count = 0
    defer { StatementWork.current?.rows.wrappingAdd(count, ordering: .relaxed) }
    while let row = try cursor.next() {
      count += 1
      try body(StoredRow(row: row, statement: statement))
    }
  }

  /// The number that a statement returns; 0 if it returns no row.
  func integer(_ sql: String, _ values: SQLiteValue...) throws -> Int64 {
    let arguments = StatementArguments(values.map(\.argument))
    let row = try Row.fetchOne(try cachedStatement(sql: sql), arguments: arguments)
    return row.flatMap { Int64.fromDatabaseValue($0[0]) } ?? 0
  }

  /// Runs `body` in a transaction that is committed as a whole or not at all.
  func transaction<Result>(_ kind: TransactionKind = .immediate, _ body: () throws -> Result) throws -> Result {
    try beginTransaction(kind)
    do {
      let result = try body()
      try commit()
      return result
    } catch {
      // SQLite may have rolled back by itself, as on a full disk.
      if isInsideTransaction { try? rollback() }
      throw error
    }
  }
}

/// The version of the system's SQLite, such as `3.40.1`.
package var sqliteVersion: String {
  let number = Database.sqliteLibVersionNumber
  return "\(number / 1_000_000).\(number / 1_000 % 1_000).\(number % 1_000)"
}
