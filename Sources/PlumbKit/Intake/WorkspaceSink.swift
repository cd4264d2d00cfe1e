import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// Tables of a workspace file, which are written in transactions.
struct WorkspaceSink: RowSink {
  let file: WorkspaceFile
  /// Whether what is imported takes the place of a table of its name.
  let replaces: Bool
  let batchBytes: Int?

  var takesAllTables: Bool { true }
  var takesFilesOnce: Bool { true }
  var isLasting: Bool { true }

  /// Where a file keeps the text of a mapping.
  static func settingName(_ mapping: String) -> String { "mapping \(mapping)" }

  func table(named name: String) throws -> Table? {
    // What this process wrote a moment ago counts.
    try file.reading { file.table(named: name) }
  }

  /// - Throws: `Stopped` when it was stopped, and diagnostics of the file; the batches that were written until then stay.
  func take(_ file: IntakeFile, _ work: Work) throws -> LoadedFile? {
    // Files of one name are one table, of which the first takes the place of what was there.
    let writing = TableWriting(
      file, into: self.file, replaces: replaces && file.first == nil, batchBytes: batchBytes ?? .max, work)
    return try writing.run().map { LoadedFile(name: file.table, rows: $0, path: file.path) }
  }

  /// Writes all tables in one transaction. What is stored as it should be stays as it is: importing twice writes nothing.
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
