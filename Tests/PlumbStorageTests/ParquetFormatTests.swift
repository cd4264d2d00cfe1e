import Foundation
import PlumbDiagnostics
import PlumbParquet
import Testing

@testable import PlumbEngine
@testable import PlumbStorage

/// Parquet as a format among others: told by its first bytes, with stated columns, packed, from memory.
@Suite struct ParquetFormatTests {
  private static let schema: Schema = [ColumnInfo("id", .int), ColumnInfo("name", .string), ColumnInfo("at", .datetime)]

  private static func bytes(_ rows: Int = 3) throws -> [UInt8] {
    let cells = (0..<rows).flatMap { row -> [Value] in
      [.int(Int32(row)), .string(row % 2 == 0 ? "12" : "x"), .datetime(DateTime.unixEpoch + Int64(row) * TimeSpan.second)]
    }
    let table = Table(name: "t", schema: schema, cells: cells)
    var bytes: [UInt8] = []
    let written = table.groups.map { group in WrittenRows(count: group.count) { try group.column($0) } }
    _ = try ParquetWriter(schema, written, context: ExecutionContext(now: 0, threads: 1, memoryLimit: .max)) { bytes += $0.bytes }.write()
    return bytes
  }

  @Test(arguments: ["t.parquet", "t", "t.csv", "part-0.snappy.parquet", "t.json"]) func theFirstBytesTell(_ name: String) throws {
    let file = try TemporaryFile(Self.bytes(), named: name)
    defer { file.remove() }
    #expect(try LoadedFile(file.path).table.schema == Self.schema)
  }

  @Test func textThatIsCalledParquetSaysSo() throws {
    let file = try TemporaryFile(Array("id,name\n1,2\n3,4\n5,6\n".utf8), named: "t.parquet")
    defer { file.remove() }
    let error = #expect(throws: Diagnostic.self) { try LoadedFile(file.path) }
    #expect(error?.message == "`t.parquet` does not begin like a Parquet file")
  }

  /// Columns that are stated are found by their names and converted as the functions of KQL convert.
  @Test func statedColumns() throws {
    let file = try TemporaryFile(Self.bytes(), named: "t.parquet")
    defer { file.remove() }
    var options = makeOptions()
    options.columns = [ColumnInfo("name", .long), ColumnInfo("id", .string)]
    let table = try LoadedFile(file.path, options).table
    #expect(table.schema == options.columns)
    #expect(try (0..<3).map { try table.groups[0].column(0).value(at: $0) } == [.long(12), .null(.long), .long(12)])
    #expect(try (0..<3).map { try table.groups[0].column(1).value(at: $0) } == [.string("0"), .string("1"), .string("2")])
    options.columns = [ColumnInfo("nam", .string)]
    let error = #expect(throws: Diagnostic.self) { try LoadedFile(file.path, options) }
    #expect(error?.message == "`t.parquet` has no column `nam`" && error?.help == "did you mean `name`?")
  }

  /// A column is kept when it is read again, not when it is read once.
  @Test func columnsAreKeptFromTheirSecondUseOn() throws {
    let file = try TemporaryFile(Self.bytes(1000), named: "t.parquet")
    defer { file.remove() }
    var options = makeOptions()
    options.cache = ColumnCache(limit: 1 << 20, keepsAtOnce: false, in: .process)
    let group = try LoadedFile(file.path, options).table.groups[0]
    let places = try (0..<4).map { _ in try group.column(2).lanes(Int64.self) }
    #expect(places[2] == places[1] && places[3] == places[1])
  }

  /// A file that changes under an open table ends its queries, whatever it has become.
  @Test func aChangedFileIsNoticed() throws {
    let file = try TemporaryFile(Self.bytes(5), named: "t.parquet")
    defer { file.remove() }
    let table = try LoadedFile(file.path).table
    try overwrite(file.path, Self.bytes(6))
    let error = #expect(throws: Diagnostic.self) { try table.groups[0].column(0) }
    #expect(error?.code == "file-changed")
  }

  private func overwrite(_ path: String, _ bytes: [UInt8]) throws {
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
  }
}
