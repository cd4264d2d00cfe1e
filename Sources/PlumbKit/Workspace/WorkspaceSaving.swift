import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage
import PlumbTelemetry

extension Workspace {
  /// A summary in one line: `8 tables with 1,234,567 rows, 2 functions, 1 model; the clock is at 2026-04-01 15:00`.
  package func summary() throws -> String {
    let names = catalog.tableNames
    var rows = 0
    // Tables of a world in memory are not made for this.
    for name in names where catalog.isMade(tableNamed: name) { rows += try catalog.table(named: name)?.rowCount ?? 0 }
    var text = names.isEmpty ? "no tables yet" : counted(names.count, "table")
    if store != nil, !names.isEmpty { text += " with \(counted(rows, "row"))" }
    let functions = catalog.storedFunctions.count
    if functions > 0 { text += ", \(counted(functions, "function"))" }
    let models = try predictor.modelNames().count
    if models > 0 { text += ", \(counted(models, "model"))" }
    if catalog.advance != nil {
      let clock = DateTime.text(sessionOptions.clock()).prefix(16)
      text += "; the clock is at \(String(clock.map { $0 == "T" ? " " : $0 }))"
    }
    return text
  }

  /// Writes tables, functions, models, the clock and everything else in a file to a new file; all of it, or no file.
  ///
  /// - Throws: what is wrong with the file; `cancelled` if the work was stopped.
  package func save(to path: String, _ work: Work) throws {
    guard access(path, F_OK) != 0 else {
      throw Diagnostic(
        "file-exists", "`\(path)` already exists", help: "choose a new file name, or open the existing file with `.open \(path)`")
    }
    let stage = work.stage("saving", unit: "rows")
    defer { stage.end() }
    do {
      let reading = try catalog.reading(asStored: true)
      defer { reading.end() }
      try write(of: reading.catalog, into: WorkspaceFile(path, options.fileOptions(memory)), stage)
    } catch {
      for ending in ["", "-wal", "-shm", "-journal"] { unlink(path + ending) }
      throw error
    }
  }

  private func write(of catalog: Catalog, into file: WorkspaceFile, _ stage: Work.Stage) throws {
    let context = ExecutionContext(now: Machine.now, threads: 1, memoryLimit: options.memoryLimit, in: memory)
    let tables = try catalog.tableNames.compactMap { try catalog.table(named: $0)?.fetched(context) }
    let total = Double(max(1, tables.reduce(0) { $0 + $1.rowCount }))
    try file.write { writer in
      var before = 0
      for table in tables {
        let written = before
        try writer.append(table) { stage.show(share: Double(written + $0) / total, count: written + $0) }
        before += table.rowCount
      }
      for function in catalog.storedFunctions {
        try writer.save(
          StoredFunction(
            name: function.name, parameters: function.parameters, body: function.body, folder: function.folder,
            summary: function.summary))
      }
      if let own = store?.file {
        // The records of imported files belong to the tables, which have other numbers here.
        for (name, value) in own.settings where !ImportRecord.isOne(name) { try writer.set(name, to: value) }
        for table in tables { for record in try own.imports(into: table.name) { try writer.note(record, inTable: table.name) } }
        for model in try own.models() {
          try writer.save(
            modelNamed: model.name, summary: model.summary, data: try own.data(of: model), madeAt: model.madeAt)
        }
      }
      if store == nil {
        for known in imported.withLock({ Array($0.values) }) where known.isSame && catalog.hasTable(named: known.table) {
          // A file that can no longer be read has no record.
          guard let record = try? ImportRecord(ofAll: known.path, rows: known.rows, options: known.options) else { continue }
          try writer.note(record, inTable: known.table)
        }
      }
      for (name, database) in catalog.attached { try writer.set(FileStore.attachment + name, to: database.reminder) }
      try world?.saveSettings(writer, changed: changedWorldTables)
    }
    try predictor.save(into: FileModels(file: file))
    if let own = store?.file { _ = try file.remember(try own.history()) }
  }
}
