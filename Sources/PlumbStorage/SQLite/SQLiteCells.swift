import CSQLite
import PlumbDiagnostics
import PlumbEngine

/// Reads the columns of rows as their detected types.
final class SQLiteCells {
  /// The cells of a row that are not values of their columns' types, and become null.
  struct Misfit {
    let file: String
    let table: String
    let column: ColumnInfo
    let text: String
    var count: Int

    func diagnostic(row: Int, help: String? = nil) -> Diagnostic {
      Diagnostic(
        "bad-value",
        "`\(file)` table `\(table)` row \(row), column `\(column.name)`: `\(text.prefix(40))` is not a \(column.type.name)",
        help: help)
    }
  }

  private let columns: [SQLiteColumn]
  private let file: String
  private let table: String
  private var digits = ByteBuffer()

  init(_ columns: [SQLiteColumn], file: String, table: String) {
    self.columns = columns
    self.file = file
    self.table = table
  }

  /// Adds a row, whose columns are these in order; reports the first cell that does not fit.
  func append(_ row: OpaquePointer, to writer: RowsWriter) -> Misfit? {
    var misfit: Misfit?
    for (i, column) in columns.enumerated() {
      if append(row, Int32(i), i, column, writer) { continue }
      if misfit == nil {
        misfit = Misfit(
          file: file, table: table, column: column.info, text: SQLiteReader.text(row, Int32(i)), count: 0)
      }
      misfit?.count += 1
    }
    writer.endRow()
    return misfit
  }

  /// Adds a value; false, with null added, if it is not of the type.
  private func append(
    _ row: OpaquePointer, _ index: Int32, _ place: Int, _ column: SQLiteColumn, _ writer: RowsWriter
  ) -> Bool {
    let kind = sqlite3_column_type(row, index)
    switch (kind, column.info.type) {
    case (SQLITE_NULL, _): writer.appendNull(place)
    case (SQLITE_INTEGER, .long): writer.append(place, word: sqlite3_column_int64(row, index))
    case (SQLITE_INTEGER, .real), (SQLITE_FLOAT, .real): writer.append(place, real: sqlite3_column_double(row, index))
    case (SQLITE_INTEGER, .bool): writer.append(place, bool: sqlite3_column_int64(row, index) != 0)
    case (SQLITE_INTEGER, .datetime) where column.unixUnit != nil:
      guard let unit = column.unixUnit, let ticks = DateTime.fromUnix(sqlite3_column_int64(row, index), unit: unit) else {
        writer.appendNull(place)
        return false
      }
      writer.append(place, word: ticks)
    case (SQLITE_BLOB, .string): writer.append(place, text: hexadecimal(SQLiteReader.bytes(row, index)))
    case (_, .string):
      _ = sqlite3_column_text(row, index)
      writer.append(place, text: SQLiteReader.bytes(row, index))
    default:
      _ = sqlite3_column_text(row, index)
      return writer.append(place, parsing: SQLiteReader.bytes(row, index))
    }
    return true
  }

  /// The bytes of a blob as hexadecimal text, valid until the next call.
  private func hexadecimal(_ blob: Bytes) -> Bytes {
    digits.removeAll()
    for byte in blob {
      digits.append(Self.digit(byte >> 4))
      digits.append(Self.digit(byte & 15))
    }
    return digits.withBytes { Bytes(start: $0.baseAddress, count: $0.count) }
  }

  private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }
}
