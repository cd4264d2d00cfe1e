import CSQLite
import Foundation
import PlumbDiagnostics
import PlumbEngine

@testable import PlumbStorage

/// Tables that the tests of workspaces store.
enum Samples {
  static func numbers(_ range: Range<Int>) throws -> Table {
    let schema = [ColumnInfo("n", .long)]
    let writer = RowsWriter(schema)
    for number in range {
      writer.append(0, word: Int64(number))
      writer.endRow()
    }
    return Table(name: "numbers", schema: schema, groups: try writer.finish())
  }

  /// A column of every type with nulls in it, and a string column of few and one of many texts.
  static func allTypes(rows: Int) throws -> Table {
    let schema = ScalarType.allCases.map { ColumnInfo("c_\($0.name)", $0) } + [ColumnInfo("texts", .string)]
    let writer = RowsWriter(schema)
    for row in 0..<rows {
      for (column, info) in schema.enumerated() {
        if info.type != .string, (row + column) % 7 == 0 {
          writer.appendNull(column)
          continue
        }
        let text: String
        switch info.type {
        case .bool: text = row % 2 == 0 ? "true" : "false"
        case .int: text = "\(row % 1_000 - 500)"
        case .long: text = "\(Int64.max - Int64(row))"
        case .real: text = row % 3 == 0 ? "\(Double(row) / 8)" : "\(Double(row) * 1e-300)"
        case .decimal: text = "\(row).0000000001"
        case .datetime: text = "2024-05-01T12:30:00.\(1_000_000 + row)Z"
        case .timespan: text = "\(row % 24):00:00.000000\(row % 10)"
        case .string: text = info.name == "texts" ? "text number \(row &* 7_919)" : ["", "a", "naïve"][row % 3]
        case .guid: text = "74be27de-1e4e-49d9-b579-\(String(0x1000_0000_0000 + row, radix: 16))"
        case .dynamic: text = "{\"a\":[\(row),null,\"é\"]}"
        }
        Array(text.utf8).withUnsafeBufferPointer { bytes in
          if info.type == .string { writer.append(column, text: bytes) } else { writer.append(column, parsing: bytes) }
        }
      }
      writer.endRow()
    }
    return Table(name: "all", schema: schema, groups: try writer.finish())
  }

  static func cells(_ table: Table) throws -> [[Value]] {
    try table.groups.flatMap { group in
      let columns = try group.columns
      return (0..<group.count).map { row in columns.map { $0.value(at: row) } }
    }
  }

  static func longs(_ table: Table) throws -> [Int] {
    try cells(table).map { row in
      if case .long(let number)? = row.first { return Int(number) }
      return -1
    }
  }

  /// The message of the diagnostic that `body` ends with.
  static func failure(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no failure"
    } catch let diagnostic as Diagnostic {
      return "\(diagnostic.code): \(diagnostic.message)"
    } catch {
      return "\(error)"
    }
  }
}

/// A folder with one workspace file, which goes with its last user.
final class WorkspaceFolder {
  let folder: String
  var path: String { folder + "/t.plumb" }

  init() throws {
    folder = NSTemporaryDirectory() + "plumb-workspace-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func open(_ adjust: (inout WorkspaceFile.Options) -> Void = { _ in }) throws -> WorkspaceFile {
    var options = WorkspaceFile.Options()
    options.threads = 2
    adjust(&options)
    return try WorkspaceFile(path, options)
  }

  var bytes: [UInt8] {
    get throws { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
  }

  func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

  /// The first value that a statement gives, through a connection of its own.
  func sqlite(_ sql: String) throws -> String {
    var connection: OpaquePointer?
    defer { sqlite3_close(connection) }
    guard sqlite3_open(path, &connection) == SQLITE_OK else { return "cannot open" }
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else {
      return String(cString: sqlite3_errmsg(connection))
    }
    defer { sqlite3_finalize(statement) }
    guard sqlite3_step(statement) == SQLITE_ROW, let text = sqlite3_column_text(statement, 0) else { return "" }
    return String(cString: text)
  }

  func change(_ sql: String) throws { _ = try sqlite(sql) }
}

extension WorkspaceFile {
  /// The rows of a table; none when it is not there.
  func cells(_ name: String) throws -> [[Value]] { try table(named: name).map(Samples.cells) ?? [] }

  /// The first column's numbers.
  func longs(_ name: String) throws -> [Int] { try table(named: name).map(Samples.longs) ?? [] }
}
