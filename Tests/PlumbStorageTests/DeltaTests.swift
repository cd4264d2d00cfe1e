import Foundation
import PlumbDiagnostics
import PlumbEngine
import PlumbParquet
import Testing

@testable import PlumbStorage

/// Delta tables as their logs have them.
@Suite struct DeltaTests {
  /// A table in a folder that goes away with the test.
  private final class Folder {
    let path: String

    init() throws {
      path = FileManager.default.temporaryDirectory.appendingPathComponent("plumb-\(UUID().uuidString)/orders").path
      try FileManager.default.createDirectory(atPath: path + "/_delta_log", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }

    /// A file of rows with these columns.
    func write(_ name: String, _ schema: Schema, _ cells: [Value]) throws {
      let table = Table(name: "t", schema: schema, cells: cells)
      var bytes: [UInt8] = []
      let rows = table.groups.map { group in WrittenRows(count: group.count) { try group.column($0) } }
      let context = ExecutionContext(now: 0, threads: 1, memoryLimit: .max)
      _ = try ParquetWriter(schema, rows, context: context) { bytes += $0.bytes }.write()
      try FileManager.default.createDirectory(
        atPath: ("\(path)/\(name)" as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    func log(_ version: Int, _ actions: [String]) throws {
      let name = String(repeating: "0", count: 20 - "\(version)".count) + "\(version).json"
      try Data(actions.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: "\(path)/_delta_log/\(name)"))
    }
  }

  private static func metadata(
    _ fields: [(name: String, type: String)], partitions: [String] = [], configuration: String = "{}"
  ) -> String {
    let list = fields.map {
      #"{\"name\":\"\#($0.name)\",\"type\":\"\#($0.type)\",\"nullable\":true,\"metadata\":{\"delta.columnMapping.physicalName\":\"c-\#($0.name)\"}}"#
    }
    let schema = #"{\"type\":\"struct\",\"fields\":["# + list.joined(separator: ",") + "]}"
    let columns = partitions.map { "\"\($0)\"" }.joined(separator: ",")
    return #"{"metaData":{"id":"1","format":{"provider":"parquet"},"schemaString":"\#(schema)","partitionColumns":[\#(columns)],"configuration":\#(configuration)}}"#
  }

  private static func add(_ path: String, _ values: String = "{}", more: String = "") -> String {
    #"{"add":{"path":"\#(path)","partitionValues":\#(values),"size":1,"dataChange":true\#(more)}}"#
  }

  private static let plainProtocol = #"{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}"#

  private func failure(_ folder: Folder) -> String {
    do {
      return "read \(try LoadedFile(folder.path).table.rowCount) rows"
    } catch let diagnostic as Diagnostic {
      return "\(diagnostic.code): \(diagnostic.message)"
    } catch {
      return "\(error)"
    }
  }

  private let id = ColumnInfo("id", .long)

  @Test func filesAreAddedAndRemoved() throws {
    let folder = try Folder()
    for number in 1...3 { try folder.write("\(number).parquet", [id], [.long(Int64(number))]) }
    try folder.log(0, [Self.plainProtocol, Self.metadata([("id", "long")]), Self.add("1.parquet")])
    try folder.log(1, [Self.add("2.parquet"), #"{"remove":{"path":"1.parquet","dataChange":true}}"#])
    try folder.log(2, [Self.add("3.parquet"), #"{"commitInfo":{"operation":"WRITE"}}"#])
    let table = try LoadedFile(folder.path).table
    #expect(table.schema == [id])
    #expect(try table.groups.map { try $0.column(0).value(at: 0) } == [.long(2), .long(3)])
  }

  /// Partition values come from the log, escapes of paths are undone, and what a file has not is null.
  @Test func columnsOfFilesBecomeThoseOfTheTable() throws {
    let folder = try Folder()
    try folder.write("day=2024-05-05/k=a b/1.parquet", [ColumnInfo("n", .int)], [.int(1)])
    try folder.write("2.parquet", [ColumnInfo("extra", .string), ColumnInfo("n", .long)], [.string("x"), .long(2)])
    try folder.log(
      0,
      [
        Self.plainProtocol,
        Self.metadata([("n", "long"), ("day", "date"), ("k", "string"), ("extra", "string"), ("late", "double")], partitions: ["day", "k"]),
        Self.add("day=2024-05-05/k=a%20b/1.parquet", #"{"day":"2024-05-05","k":"a b"}"#),
        Self.add("2.parquet", #"{"day":null,"k":""}"#),
      ])
    let table = try LoadedFile(folder.path).table
    #expect(table.schema.map(\.type) == [.long, .datetime, .string, .string, .real])
    let cells = try table.groups.map { group in try table.schema.indices.map { try group.column($0).value(at: 0) } }
    let day = DateTime.ticks(year: 2024, month: 5, day: 5)!
    #expect(cells[0] == [.long(1), .datetime(day), .string("a b"), .string(""), .null(.real)])
    #expect(cells[1] == [.long(2), .null(.datetime), .string(""), .string("x"), .null(.real)])
  }

  @Test func columnsAreFoundByTheirNamesInFiles() throws {
    let folder = try Folder()
    try folder.write("1.parquet", [ColumnInfo("c-id", .long)], [.long(7)])
    try folder.log(
      0,
      [
        #"{"protocol":{"minReaderVersion":2,"minWriterVersion":5}}"#,
        Self.metadata([("id", "long")], configuration: #"{"delta.columnMapping.mode":"name"}"#), Self.add("1.parquet"),
      ])
    let table = try LoadedFile(folder.path).table
    #expect(table.schema == [id])
    #expect(try table.groups[0].column(0).value(at: 0) == .long(7))
  }

  /// A checkpoint replaces everything before it, in one file or several, and the earlier log may be gone.
  @Test(arguments: [1, 2]) func checkpointsAreReadFirst(_ parts: Int) throws {
    let folder = try Folder()
    for number in 1...3 { try folder.write("\(number).parquet", [id], [.long(Int64(number))]) }
    let columns: Schema = [ColumnInfo("protocol", .dynamic), ColumnInfo("metaData", .dynamic), ColumnInfo("add", .dynamic)]
    func action(_ text: String, _ name: String) -> Value { .dynamic(JSONText.parseTree(text)![name]!) }
    let rows: [[Value]] = [
      [action(Self.plainProtocol, "protocol"), .null(.dynamic), .null(.dynamic)],
      [.null(.dynamic), action(Self.metadata([("id", "long")]), "metaData"), .null(.dynamic)],
      [.null(.dynamic), .null(.dynamic), action(Self.add("1.parquet"), "add")],
      [.null(.dynamic), .null(.dynamic), action(Self.add("2.parquet"), "add")],
    ]
    let name = "_delta_log/00000000000000000004.checkpoint"
    if parts == 1 {
      try folder.write("\(name).parquet", columns, rows.flatMap { $0 })
    } else {
      try folder.write("\(name).0000000001.0000000002.parquet", columns, rows[0..<3].flatMap { $0 })
      try folder.write("\(name).0000000002.0000000002.parquet", columns, rows[3])
      // Of this one a part is missing.
      try folder.write("_delta_log/00000000000000000005.checkpoint.0000000001.0000000002.parquet", columns, rows[0])
    }
    try folder.log(4, ["{}"])
    try folder.log(5, [Self.add("3.parquet"), #"{"remove":{"path":"1.parquet"}}"#])
    #expect(try LoadedFile(folder.path).table.groups.map { try $0.column(0).value(at: 0) } == [.long(2), .long(3)])
  }

  @Test func whatIsNotReadIsRefusedByName() throws {
    let cases: [(actions: [String], outcome: String)] = [
      ([Self.plainProtocol, Self.metadata([("id", "long")]), Self.add("1.parquet", more: #","deletionVector":{"storageType":"u"}"#)],
        "unsupported-delta: the Delta table `orders` has deletion vectors for a file, which Plumb does not support"),
      ([#"{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["timestampNtz","rowLens"]}}"#, Self.metadata([("id", "long")])],
        "unsupported-delta: the Delta table `orders` uses the feature `rowLens`, which Plumb does not support"),
      ([#"{"protocol":{"minReaderVersion":4}}"#, Self.metadata([("id", "long")])],
        "unsupported-delta: the Delta table `orders` is of reader version 4, which Plumb does not support"),
      ([Self.plainProtocol, Self.metadata([("id", "long")], configuration: #"{"delta.columnMapping.mode":"id"}"#)],
        "unsupported-delta: the Delta table `orders` maps its columns by `id`, which Plumb does not support"),
      ([Self.plainProtocol], "bad-delta: `orders` is not a complete Delta table: its log does not state its columns"),
      ([Self.plainProtocol, Self.metadata([("id", "long")]), Self.add("s3://bucket/1.parquet")],
        "unsupported-delta: the Delta table `orders` has files elsewhere: `s3://bucket/1.parquet`"),
      ([Self.plainProtocol, Self.metadata([("d", "date")], partitions: ["d"]), Self.add("1.parquet", #"{"d":"soon"}"#)],
        "bad-delta: `orders` is not a complete Delta table: the partition value `soon` of `d` is not a datetime"),
      (["not json"], "bad-delta: `orders` is not a complete Delta table: `00000000000000000000.json` in its log contains a line that is not JSON"),
    ]
    for (actions, outcome) in cases {
      let folder = try Folder()
      try folder.write("1.parquet", [id], [.long(1)])
      try folder.log(0, actions)
      #expect(failure(folder) == outcome)
    }
    let gap = try Folder()
    try gap.log(0, [Self.plainProtocol, Self.metadata([("id", "long")])])
    try gap.log(2, ["{}"])
    #expect(failure(gap) == "bad-delta: `orders` is not a complete Delta table: version 1 is missing in its log")
    #expect(failure(try Folder()) == "bad-delta: `orders` is not a complete Delta table: its log has no commits")
  }
}
