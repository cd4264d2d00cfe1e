import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbStorage

/// Puts telemetry that was loaded into a workspace file, folded into what the file holds already.
///
/// What is stored as it should be stays as it is: importing twice writes nothing.
final class TelemetryWriting {
  private let loading: Loading
  private let catalog: Catalog
  private let file: WorkspaceFile
  private let work: Work

  /// Loading goes on from the tables in `file`.
  init(_ loading: Loading, catalog: Catalog, file: WorkspaceFile, _ work: Work) {
    self.work = work
    self.loading = loading
    self.catalog = catalog
    self.file = file
    loading.telemetry.earlierTables = { file.table(named: $0) }
    loading.telemetry.saysAll = true
    loading.telemetry.keepsParts = true
  }

  /// Where a file keeps the text of a mapping.
  static func settingName(_ mapping: String) -> String { "mapping \(mapping)" }

  /// How much text is read before it is saved.
  var batchBytes: Int {
    get { loading.telemetry.batchBytes }
    set { loading.telemetry.batchBytes = newValue }
  }

  /// Reads what `path` names, saves it batch by batch, and says how many rows are new.
  ///
  /// - Throws: `Stopped` when reading was stopped; what was read until then is in the file.
  func load(_ path: String, named name: String?) throws {
    try file.reading {}
    let before = Dictionary(uniqueKeysWithValues: TelemetrySchema.names.map { ($0, file.table(named: $0)?.rowCount ?? 0) })
    loading.telemetry.onBatch = { [unowned self] tables in
      try save(tables)
      work.report(.saved("runs: \(NumberText.grouped(tables.runs.rowCount)) rows are in"))
    }
    try loading.load(name: name, path: path, work)
    guard let tables = loading.telemetry.latest else { return }
    try save(tables)
    for name in catalog.tableNames { catalog.remove(tableNamed: name) }
    for table in tables.all {
      let added = table.rowCount - (before[table.name] ?? 0)
      work.say("\(table.name): \(counted(table.rowCount, "row")), \(NumberText.grouped(added)) of them new, from \(path)")
    }
    if loading.telemetry.wasStopped { throw Stopped() }
  }

  /// All tables in one transaction.
  private func save(_ tables: TelemetryTables) throws {
    let stage = work.stage("saving telemetry", unit: "rows")
    let total = max(1, tables.all.reduce(0) { $0 + $1.rowCount })
    defer { stage.end() }
    try file.write { writer in
      var done = 0
      for table in tables.all + tables.kept {
        if table.rowCount == 0, TelemetrySchema.keptNames.contains(table.name), try !writer.hasTable(named: table.name) {
          continue
        }
        try writer.synchronize(table) { rows in
          stage.show(share: Double(done + rows) / Double(total), count: done + rows)
        }
        try SimulatedWorld.note(table.name, isChanged: true, in: file, writer)
        done += table.rowCount
      }
      for (name, schema) in TelemetryLoading.otherTables where try !writer.hasTable(named: name) {
        try writer.create(name, schema)
      }
      if let mapping = loading.telemetry.mapping {
        try writer.set(Self.settingName(mapping.name), to: mapping.text)
      }
    }
  }
}
