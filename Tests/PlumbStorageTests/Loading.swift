import Foundation
import PlumbDiagnostics
import PlumbEngine

@testable import PlumbStorage

/// Files that tests make, in a directory that goes away with the last of them.
struct TemporaryFile {
  let path: String

  init(_ bytes: [UInt8], named name: String) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("plumb-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let file = directory.appendingPathComponent(name)
    try Data(bytes).write(to: file)
    path = file.path
  }

  func remove() { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
}

func makeOptions(threads: Int = 1) -> ReadOptions {
  ReadOptions(context: ExecutionContext(now: 0, threads: threads, memoryLimit: 1 << 40))
}

/// Loads bytes through a file of that name.
func load(
  bytes: [UInt8], named name: String = "t.csv", _ adjust: (inout ReadOptions) -> Void = { _ in }
) throws -> LoadedFile {
  let file = try TemporaryFile(bytes, named: name)
  defer { file.remove() }
  var options = makeOptions()
  adjust(&options)
  return try LoadedFile(file.path, options)
}

func load(
  _ text: String, named name: String = "t.csv", _ adjust: (inout ReadOptions) -> Void = { _ in }
) throws -> LoadedFile {
  try load(bytes: Array(text.utf8), named: name, adjust)
}

/// The message of the diagnostic that loading ends with.
func failure(
  _ text: String, named name: String = "t.csv", _ adjust: (inout ReadOptions) -> Void = { _ in }
) -> String {
  do {
    let loaded = try load(text, named: name, adjust)
    return "loaded \(loaded.table.rowCount) rows"
  } catch let diagnostic as Diagnostic {
    return "\(diagnostic.code): \(diagnostic.message)"
  } catch {
    return "\(error)"
  }
}

/// A file as a table, and what was left out of it.
struct LoadedFile {
  let table: Table
  let misfits: RowMisfits
  let notes: [String]

  init(_ path: String, _ options: ReadOptions = makeOptions()) throws {
    let read = try readTable(named: "t", path, options)
    (table, misfits, notes) = (read.table, read.misfits, read.notes)
  }

  var skippedRows: Int { misfits.skippedRows }
  var nulledCells: Int { misfits.nulledCells }

  /// `name:type` of every column.
  var columns: String { table.schema.map { "\($0.name):\($0.type.name)" }.joined(separator: " ") }

  var rows: [String] { table.rowTexts }
}

extension Table {
  /// Every row with its cells between bars.
  var rowTexts: [String] {
    groups.flatMap { group in
      (0..<group.count).map { row in
        ((try? group.columns) ?? []).map { show($0.value(at: row)) }.joined(separator: "|")
      }
    }
  }

  private func show(_ value: Value) -> String {
    switch value {
    case .null: "∅"
    case .bool(let flag): "\(flag)"
    case .int(let number): "\(number)"
    case .long(let number): "\(number)"
    case .real(let number): "\(number)"
    case .decimal(let number): number.text
    case .datetime(let ticks): DateTime.text(ticks)
    case .timespan(let ticks): TimeSpan.text(ticks)
    case .string(let text): text
    case .guid(let guid): guid.text
    case .dynamic(let tree): tree.json
    }
  }
}
