import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// Tables of a workspace file, written in transactions.
struct WorkspaceSink: RowSink {
  let file: WorkspaceFile
  /// Whether an import replaces a table of the same name.
  let replaces: Bool
  let batchBytes: Int?

  var takesAllTables: Bool { true }
  var takesFilesOnce: Bool { true }
  var isLasting: Bool { true }

  /// The setting in which a file stores the text of a mapping.
  static func settingName(_ mapping: String) -> String { "mapping \(mapping)" }

  func table(named name: String) throws -> Table? {
    // What this process wrote a moment ago counts.
    try file.reading { file.table(named: name) }
  }

  /// - Throws: `Stopped` if it was stopped, and diagnostics about the file; the batches written before that stay.
  func take(_ file: IntakeFile, _ work: Work) throws -> LoadedFile? {
    // Files with the same name load into one table; the first of them replaces what existed.
    let writing = TableWriting(
      file, into: self.file, replaces: replaces && file.first == nil, batchBytes: batchBytes ?? .max, work)
    return try writing.run().map { LoadedFile(name: file.table, rows: $0, path: file.path) }
  }

  /// Writes all tables in one transaction. Unchanged rows are not rewritten: importing twice writes nothing.
  func take(_ tables: TelemetryTables, mapping: MappingFile?, _ work: Work) throws {
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
      for (name, schema) in TelemetryIntake.otherTables where try !writer.hasTable(named: name) {
        try writer.create(name, schema)
      }
      if let mapping { try writer.set(Self.settingName(mapping.name), to: mapping.text) }
    }
  }
}
