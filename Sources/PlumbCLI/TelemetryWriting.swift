import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// Puts telemetry that was loaded into a workspace file, folded into what the file holds already.
///
/// What is stored as it should be stays as it is: importing twice writes nothing.
final class TelemetryWriting {
  private let loading: Loading
  private let catalog: Catalog
  private let file: WorkspaceFile

  /// Loading goes on from the tables in `file`.
  init(_ loading: Loading, catalog: Catalog, file: WorkspaceFile) {
    self.loading = loading
    self.catalog = catalog
    self.file = file
    loading.telemetry.earlierTables = { file.table(named: $0) }
    loading.telemetry.saysAll = true
    loading.telemetry.keepsParts = true
  }

  /// Where a file keeps the text of a mapping.
  static func settingName(_ mapping: String) -> String { "mapping \(mapping)" }

  /// Reads what `path` names, writes the tables in one transaction, and says how many rows are new.
  ///
  /// - Throws: `ExitStatus.interrupted` when reading was stopped; what was read until then is in the file.
  func load(_ path: String, named name: String?) throws {
    try loading.load(name: name, path: path)
    let tables = try TelemetrySchema.names.compactMap { try catalog.table(named: $0) }
    let before = tables.map { file.table(named: $0.name)?.rowCount ?? 0 }
    try file.write { writer in
      for table in tables {
        try writer.synchronize(table)
        try SimulatedWorld.note(table.name, isChanged: true, in: file, writer)
      }
      for name in catalog.tableNames where !TelemetrySchema.names.contains(name) {
        if let schema = catalog.schema(ofTable: name), try !writer.hasTable(named: name) { try writer.create(name, schema) }
      }
      if let mapping = loading.telemetry.mapping {
        try writer.set(Self.settingName(mapping.name), to: mapping.text)
      }
    }
    for name in catalog.tableNames { catalog.remove(tableNamed: name) }
    for (table, known) in zip(tables, before) {
      let added = table.rowCount - known
      Console.say("\(table.name): \(ProgressBar.grouped(table.rowCount)) rows, \(ProgressBar.grouped(added)) of them new, from \(path)")
    }
    if loading.telemetry.wasStopped { throw ExitStatus.interrupted }
  }
}
