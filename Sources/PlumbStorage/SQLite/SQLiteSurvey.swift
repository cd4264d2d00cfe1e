import CSQLite
import GRDB
import PlumbDiagnostics
import PlumbEngine

/// What was learned about an SQLite table: its columns' types, from their declarations and from the values in rows.
struct SQLiteSurvey: Sendable {
  /// Which rows are inspected.
  enum Extent: String, Sendable {
    /// All rows of a small table; for a large one the first, the last, and some in between.
    case sample
    case whole = "all"
  }

  let columns: [SQLiteColumn]
  /// The number of rows inspected.
  let seen: Int
  /// Whether these were all rows.
  let isWhole: Bool
  /// The number of rows in the table, exact only for a whole survey.
  let rowEstimate: Int
  /// The name of the row number; nil for views and tables that have none.
  let rowID: String?
  let schemaVersion: Int64
}

extension SQLiteReader {
  private static let wholeUpTo: Int64 = 50_000
  private static let end: Int64 = 5_000
  private static let places: Int64 = 100
  private static let rowsAtPlace: Int64 = 50

  /// Determines the types of a table's columns.
  ///
  /// - Throws: a diagnostic if the table cannot be read, such as a view of a table that was dropped.
  func survey(ofTable table: String, extent: SQLiteSurvey.Extent) throws -> SQLiteSurvey {
    let schemaVersion = try schemaVersion
    var declared: [(name: String, type: String)] = []
    // Hidden columns of virtual tables are not part of `SELECT *`; generated ones are.
    try forEachRow("SELECT name, type FROM pragma_table_xinfo(\(.text(table))) WHERE hidden <> 1") {
      declared.append((Self.text($0, 0), Self.text($0, 1)))
    }
    guard !declared.isEmpty else { throw Diagnostic("no-columns", "the table `\(table)` has no columns") }
    let names = Set(declared.map { $0.name.lowercased() })
    let rowID = try ["rowid", "_rowid_", "oid"].first { try !names.contains($0) && hasRowNumbers(table, $0) }
    let bounds = try rowID.map { try numbers(of: table, $0) }
    let exported = try exportedTypes(declared)
    var tally = SQLiteTally(declared.map { SQLiteKinds(declared: $0.type) })
    let list = SQLText.joined(declared.map { "\(name: $0.name)" }, by: ", ")
    let all: SQLText = "SELECT \(list) FROM \(name: table)"
    let isWhole: Bool
    if exported != nil {
      isWhole = false
    } else if extent == .whole || bounds.map(Self.isSmall) == true {
      try tally.add(all, self)
      isWhole = true
    } else if let rowID, let bounds {
      isWhole = try sample(all, rowID, bounds, &tally)
    } else {
      try tally.add("\(all) LIMIT \(.integer(Self.wholeUpTo))", self)
      isWhole = tally.rows < Self.wholeUpTo
    }
    let columns = zip(declared, tally.kinds).enumerated().map { place, item -> SQLiteColumn in
      var column: SQLiteColumn
      if let exported {
        column = SQLiteColumn(item.0.name, exported[place])
        column.affinity = SQLiteColumn.Affinity(declared: item.0.type)
        column.hasISODates = exported[place] == .datetime
        column.canHoldNaN = exported[place] == .real
        column.note = "exported by Plumb as \(exported[place].name)"
      } else {
        column = item.1.column(named: item.0.name)
      }
      column.comparesBytes = comparesBytes(table, item.0.name)
      return column
    }
    let span = bounds.map { $0.upperBound.subtractingReportingOverflow($0.lowerBound) }
    let estimate = span.map { $0.overflow ? Int(Int32.max) : Int(clamping: $0.partialValue) + 1 } ?? 1_000_000
    return SQLiteSurvey(
      columns: columns, seen: tally.rows, isWhole: isWhole, rowEstimate: isWhole ? tally.rows : estimate, rowID: rowID,
      schemaVersion: schemaVersion)
  }

  private static func isSmall(_ numbers: ClosedRange<Int64>) -> Bool {
    let (span, overflow) = numbers.upperBound.subtractingReportingOverflow(numbers.lowerBound)
    return !overflow && span < wholeUpTo
  }

  /// Inspects the first rows, the last ones, and some in between; returns whether the first were all.
  private func sample(
    _ all: SQLText, _ rowID: String, _ numbers: ClosedRange<Int64>, _ tally: inout SQLiteTally
  ) throws -> Bool {
    try tally.add("\(all) ORDER BY \(sql: rowID) LIMIT \(.integer(Self.end))", self)
    if tally.rows < Self.end { return true }
    try tally.add("\(all) ORDER BY \(sql: rowID) DESC LIMIT \(.integer(Self.end))", self)
    let step = numbers.upperBound / Self.places &- numbers.lowerBound / Self.places
    for place in 1..<Self.places {
      let start = numbers.lowerBound &+ place &* step
      try tally.add("\(all) WHERE \(sql: rowID) >= \(.integer(start)) LIMIT \(.integer(Self.rowsAtPlace))", self)
    }
    return false
  }

  /// Whether a table's rows have numbers under this name: not in views and in tables WITHOUT ROWID.
  private func hasRowNumbers(_ table: String, _ rowID: String) throws -> Bool {
    guard try integer("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = \(SQLText.literal(table))") != 0
    else { return false }
    do {
      return try reading("SELECT \(sql: rowID) FROM \(name: table) LIMIT 0") { _, _ in true }
    } catch let problem as Diagnostic where problem.code == "cannot-read" {
      return false
    }
  }

  /// The smallest and the largest row number.
  private func numbers(of table: String, _ rowID: String) throws -> ClosedRange<Int64> {
    let low = try integer("SELECT min(\(rowID)) FROM \(SQLText.quoted(table))") ?? 1
    let high = try integer("SELECT max(\(rowID)) FROM \(SQLText.quoted(table))") ?? 0
    return low...Swift.max(low, high)
  }

  /// The types of a file that Plumb exported, whose declarations say what the columns are; nil for other files.
  private func exportedTypes(_ columns: [(name: String, type: String)]) throws -> [ScalarType]? {
    guard try integer("PRAGMA application_id") == ExportedTypes.applicationID else { return nil }
    let types = columns.compactMap { ExportedTypes.type($0.type) }
    return types.count == columns.count ? types : nil
  }

  /// Whether the column's own collation compares bytes.
  private func comparesBytes(_ table: String, _ column: String) -> Bool {
    (try? reading("SELECT 1") { database, _ in
      var collation: UnsafePointer<CChar>?
      let status = sqlite3_table_column_metadata(
        database.sqliteConnection, nil, table, column, nil, &collation, nil, nil, nil)
      return status == SQLITE_OK && collation.map { String(cString: $0) } == "BINARY"
    }) ?? false
  }
}

/// Counts the kinds of values in rows.
private struct SQLiteTally {
  var kinds: [SQLiteKinds]
  var rows = 0

  init(_ kinds: [SQLiteKinds]) { self.kinds = kinds }

  mutating func add(_ statement: SQLText, _ reader: SQLiteReader) throws {
    try reader.forEachRow(statement) { row in
      rows += 1
      if rows % 8192 == 0 { try reader.context?.checkpoint() }
      for i in kinds.indices { kinds[i].add(row, Int32(i)) }
    }
  }
}

extension SQLiteKinds {
  fileprivate mutating func add(_ row: OpaquePointer, _ column: Int32) {
    switch sqlite3_column_type(row, column) {
    case SQLITE_INTEGER:
      integers += 1
      let number = sqlite3_column_int64(row, column)
      smallest = min(smallest, number)
      largest = max(largest, number)
    case SQLITE_FLOAT: reals += 1
    case SQLITE_TEXT:
      texts += 1
      guard areMoments else { return }
      let text = SQLiteReader.bytes(row, column)
      if DateTime.parse(text) == nil { areMoments = false }
      if areISODates, !text.beginsWithISODate { areISODates = false }
    case SQLITE_BLOB: blobs += 1
    default: nulls += 1
    }
  }
}

extension Bytes {
  /// Whether the text begins with a date such as `2024-01-31`.
  fileprivate var beginsWithISODate: Bool {
    guard count >= 10 else { return false }
    for i in 0..<10 {
      let isDash = i == 4 || i == 7
      if isDash ? self[i] != .minus : self[i] &- 0x30 > 9 { return false }
    }
    return true
  }
}
