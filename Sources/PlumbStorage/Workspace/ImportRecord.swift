import PlumbDiagnostics
import PlumbEngine

/// What a workspace file records about a file that was imported into one of its tables: how far it was read, and what
/// that part of it was, so that importing it again adds no duplicates.
package struct ImportRecord: Sendable {
  package var path: String
  /// Its size on disk when it was read.
  package var size: Int
  /// The number of bytes of text read, their newlines and their hash.
  package var offset: Int
  package var newlines: Int
  package var digest: Int64
  package var isArray: Bool
  /// Rows that are in the table.
  package var rows: Int
  /// Whether the file was read to its end.
  package var isComplete: Bool

  package init(
    path: String, size: Int, position: TextPosition, rows: Int, isComplete: Bool
  ) {
    self.path = path
    self.size = size
    offset = position.offset
    newlines = position.newlines
    digest = Int64(bitPattern: position.digest.value)
    isArray = position.isArray
    self.rows = rows
    self.isComplete = isComplete
  }

  /// The record of a file of which all rows are in a table.
  package init(ofAll path: String, rows: Int, options: ReadOptions) throws {
    let file = try RowFile(path, options)
    self.init(path: path, size: file.storedSize ?? 0, position: try file.end(), rows: rows, isComplete: true)
  }

  fileprivate init?(path: String, _ value: String) {
    let numbers = value.split(separator: " ").compactMap { Int64($0) }
    guard numbers.count == 7, numbers.enumerated().allSatisfy({ $0.offset == 3 || $0.element >= 0 }) else { return nil }
    self.path = path
    size = Int(numbers[0])
    offset = Int(numbers[1])
    newlines = Int(numbers[2])
    digest = numbers[3]
    isArray = numbers[4] != 0
    rows = Int(numbers[5])
    isComplete = numbers[6] != 0
  }

  fileprivate var value: String {
    [Int64(size), Int64(offset), Int64(newlines), digest, isArray ? 1 : 0, Int64(rows), isComplete ? 1 : 0]
      .map { String($0) }.joined(separator: " ")
  }

  /// Whether a setting is a record of an import.
  package static func isOne(_ setting: String) -> Bool { setting.hasPrefix("import ") }

  /// The records of a dropped table are dropped with it: table numbers are not reused.
  fileprivate static func prefix(_ table: Int64) -> String { "import \(table) " }
}

extension WorkspaceFile {
  /// The files whose rows are in a table, in the order of their paths.
  package func imports(into table: String) throws -> [ImportRecord] {
    guard let number = tableNumber(named: table) else { return [] }
    let prefix = ImportRecord.prefix(number)
    return settings.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
      .compactMap { ImportRecord(path: String($0.key.dropFirst(prefix.count)), $0.value) }
  }
}

extension WorkspaceWriter {
  /// Records how far a file was read into a table, in the transaction that writes its rows.
  package func note(_ record: ImportRecord, inTable table: String) throws {
    guard let number = tableNumber(named: table) else { return }
    try set(ImportRecord.prefix(number) + record.path, to: record.value)
  }

  /// A recreated table keeps no records of the previous one.
  func forgetImports(ofTable number: Int64) throws {
    let prefix = ImportRecord.prefix(number)
    for name in try StoredCatalogue.settings(file).keys where name.hasPrefix(prefix) { try set(name, to: nil) }
  }
}
