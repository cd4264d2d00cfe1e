import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// Puts files of data into a catalog in memory, as `plumb import` puts them into a workspace file: rows are added to
/// the tables of their names, and telemetry is folded into what is there already.
struct MemoryImport {
  let command: ImportCommand
  let catalog: Catalog

  /// - Throws: a diagnostic that names the file; tables that were read before it stay.
  func run() throws {
    let scratch = Catalog()
    let loading = try Loading(command.data, catalog: scratch)
    loading.telemetry.saysAll = true
    loading.telemetry.earlierTables = { [catalog] in try catalog.table(named: $0) }
    for path in command.paths {
      let isTelemetry = try loading.isTelemetry(path, named: command.tableName)
      for loaded in try loading.load(name: command.tableName, path: path) where !isTelemetry {
        guard let table = try scratch.table(named: loaded.name) else { continue }
        try add(table)
        Console.say("\(table.name): \(ProgressBar.grouped(table.rowCount)) rows from \(loaded.path)")
      }
      if isTelemetry { try takeTelemetry(from: scratch, path) }
      for name in scratch.tableNames { scratch.remove(tableNamed: name) }
    }
    try loading.finish()
  }

  private func add(_ table: Table) throws {
    if !command.replace, let known = catalog.schema(ofTable: table.name) {
      guard known == table.schema else {
        throw Diagnostic(
          "schema-differs", "the table `\(table.name)` has other columns than the rows to add",
          help: "`--replace` puts them in its place, `--as NAME` makes another table")
      }
      return try catalog.make([.append(table)])
    }
    try catalog.make([.setTable(table)])
  }

  private func takeTelemetry(from scratch: Catalog, _ path: String) throws {
    for name in scratch.tableNames {
      guard let table = try scratch.table(named: name) else { continue }
      if !TelemetrySchema.names.contains(name) {
        if !catalog.hasTable(named: name) { catalog.add(table) }
        continue
      }
      let added = table.rowCount - (try catalog.table(named: name)?.rowCount ?? 0)
      try catalog.make([.setTable(table)])
      Console.say("\(name): \(ProgressBar.grouped(table.rowCount)) rows, \(ProgressBar.grouped(added)) of them new, from \(path)")
    }
  }
}
