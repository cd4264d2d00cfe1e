import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// Puts files of data into a catalog in memory, as `plumb import` puts them into a workspace file: rows are added to
/// the tables of their names, but not twice, and telemetry is folded into what is there already.
package struct MemoryImport {
  let request: ImportRequest
  let catalog: Catalog
  /// What was imported before: the size and time of each file of rows, by table and path.
  let known: Guarded<[String: Known]>
  let options: WorkspaceOptions
  let work: Work

  /// A file of rows that is in a table, and what it was when it was read.
  package struct Known: Sendable {
    let table: String
    let path: String
    let rows: Int
    fileprivate let state: String

    /// Whether the file is still what was read.
    var isSame: Bool { state == MemoryImport.state(path) }
  }

  /// - Throws: a diagnostic that names the file; tables that were read before it stay.
  func run() throws {
    let scratch = Catalog()
    let loading = try Loading(
      request.reading, threads: options.threads, memoryLimit: options.memoryLimit, catalog: scratch)
    loading.telemetry.saysAll = true
    loading.telemetry.earlierTables = { [catalog] in try catalog.table(named: $0) }
    var hasTables = false
    for path in request.paths {
      let isTelemetry = try loading.isTelemetry(path, named: request.tableName)
      if !isTelemetry { hasTables = true }
      if !isTelemetry, try isThere(path) { continue }
      var added: Set<String> = []
      for loaded in try loading.load(name: request.tableName, path: path, work) where !isTelemetry {
        // Files of one name are one table by now.
        if added.insert(loaded.name).inserted, let table = try scratch.table(named: loaded.name) { try add(table) }
        note(loaded)
        work.say("\(loaded.name): \(counted(loaded.rows, "row")) from \(loaded.path)")
      }
      if isTelemetry { try takeTelemetry(from: scratch, path) }
      for name in scratch.tableNames { scratch.remove(tableNamed: name) }
    }
    try loading.finish()
    if !hasTables { try loading.telemetry.checkTaken(request.paths) }
  }

  // MARK: Files that were imported before

  private func key(_ table: String, _ path: String) -> String { "\(table) \(absolutePath(path))" }

  private static func state(_ path: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return "" }
    return "\(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
  }

  private func note(_ loaded: LoadedFile) {
    let file = Known(
      table: loaded.name, path: absolutePath(loaded.path), rows: loaded.rows, state: Self.state(loaded.path))
    known.withLock { $0[key(loaded.name, loaded.path)] = file }
  }

  /// Whether all rows of a file are in its table.
  ///
  /// - Throws: `file-changed` when it has become another.
  private func isThere(_ path: String) throws -> Bool {
    let name = request.tableName ?? Loading.tableName(forFile: path)
    guard !request.replaces, path != "-", catalog.hasTable(named: name),
      let before = known.withLock({ $0[key(name, path)] })
    else { return false }
    guard before.isSame else {
      throw Diagnostic(
        "file-changed", "`\(path)` has changed since its rows were put into `\(name)`",
        help: "`--replace` reads all of it into a new table; a copy of another name adds all of its rows")
    }
    work.say("\(name): all rows of \(path) are in already; --replace reads them again")
    return true
  }

  private func add(_ table: Table) throws {
    if !request.replaces, let known = catalog.schema(ofTable: table.name) {
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
      if TelemetrySchema.keptNames.contains(name) {
        try catalog.make([.setTable(table)])
        continue
      }
      if !TelemetrySchema.names.contains(name) {
        if !catalog.hasTable(named: name) { catalog.add(table) }
        continue
      }
      let added = table.rowCount - (try catalog.table(named: name)?.rowCount ?? 0)
      try catalog.make([.setTable(table)])
      work.say("\(name): \(counted(table.rowCount, "row")), \(NumberText.grouped(added)) of them new, from \(path)")
    }
  }
}
