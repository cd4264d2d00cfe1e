import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbStorage

/// A workspace file as the store of a catalog's tables and functions.
package final class FileStore: CatalogStore {
  package let file: WorkspaceFile
  /// The number of the snapshot that the catalog shows, and the names of its tables.
  private let shown = LockedValue((number: -1, tables: Set<String>()))

  package init(_ file: WorkspaceFile) { self.file = file }

  /// Makes the catalog show the file's contents and store its changes there. A simulated world in it can be advanced.
  func attach(to catalog: Catalog, _ options: WorkspaceOptions) throws {
    try beginReading(catalog).end()
    attachRemembered(to: catalog, options)
    catalog.store = self
    guard file.setting("clock") != nil else { return }
    catalog.advance = { [unowned catalog, unowned self] ticks in
      try SimulatedWorld.checkUnchanged(SimulatedWorld.changedTables(in: file))
      guard let made = try SimulatedWorld(of: file, threads: options.threads) else { return SessionOptions.systemClock() }
      try made.world.advance(by: ticks)
      try made.save(in: file)
      try refresh(catalog)
      return made.world.clock
    }
  }

  /// Changes in the catalog what one change of the file changed.
  private func change(
    _ catalog: Catalog, _ changes: WorkspaceChanges, from file: WorkspaceSnapshot, _ shown: inout Set<String>
  ) throws {
    for name in changes.tables {
      if let table = file.table(named: name) {
        catalog.add(table)
        shown.insert(name)
      } else if shown.remove(name) != nil {
        catalog.remove(tableNamed: name)
      }
    }
    for key in changes.settings where key.hasPrefix(Self.notes) {
      let notes = file.settings[key].flatMap { TableNotes(json: $0) } ?? TableNotes()
      catalog.set(notes, ofTable: String(key.dropFirst(Self.notes.count)))
    }
    if !changes.functions.isEmpty { try fillFunctions(catalog, file.functions, changed: Set(changes.functions)) }
  }

  /// Puts the file's contents into the catalog, in place of the tables that an earlier snapshot put there.
  ///
  /// Tables of `--load` are not in the file, and stay.
  private func fill(_ catalog: Catalog, from file: WorkspaceSnapshot, replacing shown: Set<String>) throws {
    for name in shown.subtracting(file.tables.map(\.name)) { catalog.remove(tableNamed: name) }
    for table in file.tables { catalog.add(table) }
    catalog.notes = Dictionary(
      file.settings.compactMap { key, value in
        key.hasPrefix(Self.notes) ? (String(key.dropFirst(Self.notes.count)), TableNotes(json: value)) : nil
      }, uniquingKeysWith: { $1 })
    try fillFunctions(catalog, file.functions)
  }

  /// - Parameter changed: the names of functions to add or remove; nil for all.
  private func fillFunctions(_ catalog: Catalog, _ functions: [StoredFunction], changed: Set<String>? = nil) throws {
    let names = Set(functions.map(\.name))
    for name in changed ?? Set(catalog.storedFunctions.map(\.name)) where !names.contains(name) {
      catalog.remove(functionNamed: name)
    }
    for function in functions where changed?.contains(function.name) ?? true {
      catalog.add(
        try CatalogFunction(
          name: function.name, parameters: function.parameters, body: function.body, folder: function.folder,
          summary: function.summary))
    }
  }

  package func beginReading(_ catalog: Catalog) throws -> CatalogReading {
    try shown.withLock { shown in
      let snapshot = try file.snapshot()
      if snapshot.number != shown.number {
        if snapshot.number == shown.number + 1, let changes = snapshot.changes {
          try change(catalog, changes, from: snapshot, &shown.tables)
          shown.number = snapshot.number
        } else {
          try fill(catalog, from: snapshot, replacing: shown.tables)
          shown = (snapshot.number, Set(snapshot.tables.map(\.name)))
        }
      }
      return CatalogReading(catalog.snapshot()) { snapshot.end() }
    }
  }

  package func make(_ changes: [CatalogChange], in catalog: Catalog) throws {
    try file.write { writer in
      var retentions = file.settings.filter { $0.key.hasPrefix(Self.retention) }
      for change in changes { try make(change, writer, &retentions) }
    }
    for change in changes {
      switch change {
      case .attach(let database, let name): catalog.attach(database, as: name)
      case .detach(let name): catalog.detach(name)
      case .setTable, .append, .dropTable, .renameTable, .describe, .setFunction, .dropFunction: break
      }
    }
    try refresh(catalog)
    // The requested changes are saved by now; a failure to tidy up, as on a full disk, does not lose them.
    try? file.compactIfNeeded()
  }

  /// Shows the catalog what was written.
  package func refresh(_ catalog: Catalog) throws { try beginReading(catalog).end() }

  /// - Parameter retentions: the settings that begin so, as the changes before this one leave them.
  private func make(_ change: CatalogChange, _ writer: WorkspaceWriter, _ retentions: inout [String: String]) throws {
    switch change {
    case .setTable(let table):
      try writer.replace(table)
      try SimulatedWorld.note(table.name, isChanged: true, in: file, writer)
    case .append(let table):
      try writer.append(table)
      try SimulatedWorld.note(table.name, isChanged: true, in: file, writer)
    case .dropTable(let name):
      try writer.drop(name)
      try writer.set(Self.retention + name, to: nil)
      try SimulatedWorld.note(name, isChanged: false, in: file, writer)
    case .renameTable(let name, let newName):
      try writer.rename(name, to: newName)
      let kept = retentions.removeValue(forKey: Self.retention + name)
      retentions[Self.retention + newName] = kept
      try writer.set(Self.retention + newName, to: kept)
      try writer.set(Self.retention + name, to: nil)
      try SimulatedWorld.note(name, isChanged: false, in: file, writer)
      try SimulatedWorld.note(newName, isChanged: true, in: file, writer)
    case .describe(let name, let notes): try writer.set(Self.notes + name, to: notes.isEmpty ? nil : notes.json)
    case .setFunction(let function):
      try writer.save(
        StoredFunction(
          name: function.name, parameters: function.parameters, body: function.body, folder: function.folder,
          summary: function.summary))
    case .dropFunction(let name): try writer.drop(functionNamed: name)
    case .attach(let database, let name): try writer.set(Self.attachment + name, to: database.reminder)
    case .detach(let name): try writer.set(Self.attachment + name, to: nil)
    }
  }

  // MARK: How long rows are kept

  /// The prefix of the settings that store how long the rows of tables are kept.
  static let retention = "retention:"

  package func retention(ofTable name: String) -> Int64? {
    // What this process wrote a moment ago counts.
    (try? file.reading { file.setting(Self.retention + name) })?.flatMap { Int64($0) }
  }

  package func setRetention(_ ticks: Int64?, ofTable name: String, _ options: SessionOptions, in catalog: Catalog) throws {
    try file.write { try $0.set(Self.retention + name, to: ticks.map { String($0) }) }
    try Self.deleteOldRows(of: file, options, Work())
    try refresh(catalog)
  }

  /// Deletes the rows of a file's tables that are older than their policies say.
  static func deleteOldRows(of file: WorkspaceFile, _ options: SessionOptions, _ work: Work) throws {
    try file.reading {}
    for (key, value) in file.settings where key.hasPrefix(retention) {
      let name = String(key.dropFirst(retention.count))
      guard let ticks = Int64(value), let table = file.table(named: name), let column = Retention.column(of: table.schema) else { continue }
      let catalog = Catalog()
      catalog.add(table)
      let query = "\(bracketed(name)) | \(Retention.step(column, ticks))"
      guard let answer = try Session(catalog: catalog, options: options).run(query).last else { continue }
      let kept = Table(name: name, QueryResult(schema: answer.schema, chunks: answer.chunks))
      let count = table.rowCount - kept.rowCount
      guard count > 0 else { continue }
      try file.write { writer in
        // Unlike other changes this one leaves the record of what was imported.
        try writer.synchronize(kept)
        try SimulatedWorld.note(name, isChanged: true, in: file, writer)
      }
      work.say("\(name): \(counted(count, "row")) older than \(TimeSpan.text(ticks)) deleted")
    }
  }

  /// The prefix of the settings that keep what the user says of tables.
  private static let notes = "notes:"

  // MARK: Databases of others

  /// The prefix of the settings that remember attached databases.
  package static let attachment = "attached:"

  /// Attaches what was attached when the file was last open; files are opened when a query names them.
  package func attachRemembered(to catalog: Catalog, _ options: WorkspaceOptions) {
    for (key, reminder) in file.settings where key.hasPrefix(Self.attachment) {
      let name = String(key.dropFirst(Self.attachment.count))
      if let database = options.reopenForeign(reminder, as: name) { catalog.attach(database, as: name) }
    }
  }
}
