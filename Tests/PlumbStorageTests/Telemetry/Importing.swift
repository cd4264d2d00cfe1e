import Foundation
import PlumbDiagnostics
import PlumbEngine

@testable import PlumbStorage

/// Telemetry that tests import: named files in a folder that goes away with it.
final class TelemetryFolder {
  let path: String

  init(_ files: [(name: String, text: String)] = []) throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("plumb-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for file in files { try write(file.name, Data(file.text.utf8)) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ bytes: Data) throws {
    let file = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try bytes.write(to: file)
  }
}

/// What importing paths one after the other gives.
struct Imported {
  let tables: TelemetryTables
  let reports: [FileReport]
  let rejects: [RejectedInput]

  init(_ paths: [String], kind: TelemetryKind? = nil, _ context: ExecutionContext = makeOptions().context) throws {
    final class Rejects { var list: [RejectedInput] = [] }
    let rejects = Rejects()
    let telemetry = TelemetryImport { rejects.list.append($0) }
    for path in paths { try telemetry.read(path, kind: kind, options: ReadOptions(context: context)) }
    tables = try telemetry.tables(context)
    reports = telemetry.reports
    self.rejects = rejects.list
  }

  /// Imports a folder with these files.
  init(files: [(name: String, text: String)], kind: TelemetryKind? = nil) throws {
    let folder = try TelemetryFolder(files)
    try self.init([folder.path], kind: kind)
  }

  /// One file of this text.
  init(_ text: String, named name: String = "file.json", kind: TelemetryKind? = nil) throws {
    let folder = try TelemetryFolder([(name, text)])
    try self.init([folder.path + "/" + name], kind: kind)
  }

  /// The lines of the report.
  var lines: [String] { reports.map(\.line) }

  /// All tables as texts.
  var all: [String] { tables.texts }
}

extension TelemetryTables {
  /// All tables as texts, with those that are kept for later imports.
  var texts: [String] { (all + kept).flatMap { ["[\($0.name)]"] + $0.rowTexts } }
}

extension Table {
  /// Every row with some of its columns between bars.
  func cells(_ names: String...) -> [String] {
    let picked = names.compactMap { name in schema.firstIndex { $0.name == name } }
    let part = Table(
      name: name, schema: picked.map { schema[$0] },
      groups: groups.map { group in RowGroup(picked.compactMap { try? group.column($0) }, count: group.count) })
    return part.rowTexts
  }
}

extension TelemetryKind {
  static let airflow = TelemetryKind(rawValue: "airflow")!
  static let adf = TelemetryKind(rawValue: "adf")!
}
