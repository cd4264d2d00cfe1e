import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbModel
import PlumbSimulator
import PlumbStorage
import PlumbTelemetry

/// The simulated world of a workspace: its settings, and how it continues.
///
/// A file stores the world's options and its clock. They determine everything, so that a world that is reopened and
/// advanced equals one that was never closed; unchanged row groups are not rewritten.
package final class SimulatedWorld: Sendable {
  package let world: World

  package init(_ world: World) { self.world = world }

  /// Makes a catalog in memory show the world, and lets commands advance it.
  package func attach(to catalog: Catalog) {
    fill(catalog)
    catalog.advance = { [unowned catalog, self] ticks in
      try Self.checkUnchanged(Self.changedTables(in: catalog))
      try world.advance(by: ticks)
      fill(catalog)
      return world.clock
    }
  }

  // MARK: Changes by commands

  /// The tables of a world in memory that commands changed.
  static func changedTables(in catalog: Catalog) -> [String] {
    World.tableNames.filter { catalog.hasTable(named: $0) && !catalog.isLazy(tableNamed: $0) }
  }

  private static func changeKey(_ table: String) -> String { "world.changed.\(table)" }

  /// The tables of a file's world that commands changed, so that regenerating them would undo the change.
  package static func changedTables(in file: WorkspaceFile) -> [String] {
    World.tableNames.filter { file.setting(changeKey($0)) != nil }
  }

  /// Records, in a file with a world, whether a table still equals the world's.
  package static func note(_ table: String, isChanged: Bool, in file: WorkspaceFile, _ writer: WorkspaceWriter) throws {
    guard file.setting(keys[0]) != nil, World.tableNames.contains(table) else { return }
    try writer.set(changeKey(table), to: isChanged ? "1" : nil)
  }

  /// - Throws: a diagnostic if such tables exist: advancing a world regenerates all of its tables.
  package static func checkUnchanged(_ changed: [String]) throws {
    guard let first = changed.first else { return }
    let names = changed.map { "`\($0)`" }.joined(separator: ", ")
    throw Diagnostic(
      "world-changed", "\(names) \(changed.count == 1 ? "was" : "were") changed; moving the clock would undo the changes",
      help: "keep it under another name with `.rename table \(first) to my_\(first)`, or discard it with `.drop table \(first)`")
  }

  private static let keys = ["pipelines", "days", "seed", "start"].map { "world.\($0)" }
  private static let difficultyKey = "world.difficulty"

  /// The world of a file, advanced to the file's clock; nil if the file has no world.
  ///
  /// - Throws: a diagnostic when its options are invalid; `earlier-world` when an earlier version of Plumb simulated it,
  ///   whose worlds went differently. The file's tables can be read all the same.
  package init?(of file: WorkspaceFile, threads: Int) throws {
    let texts = Self.keys.compactMap { file.setting($0) }
    guard texts.count == Self.keys.count, let clockText = file.setting("clock") else { return nil }
    guard let pipelines = Int(texts[0]), let days = Int(texts[1]), let seed = UInt64(texts[2]),
      let start = Int64(texts[3]), let clock = Int64(clockText)
    else { throw Diagnostic("damaged-file", "the simulated world's settings are invalid") }
    guard let text = file.setting(Self.difficultyKey), let difficulty = Difficulty(rawValue: text) else {
      throw Diagnostic(
        "earlier-world", "`\(file.path)` was simulated by an earlier version of Plumb and cannot go on; its tables can still be read",
        help: "`plumb simulate --into NEW.plumb` simulates a world that goes on")
    }
    world = try World(
      WorldOptions(pipelines: pipelines, days: days, seed: seed, difficulty: difficulty, start: start, threads: threads))
    let ahead = clock.subtractingReportingOverflow(world.clock)
    guard !ahead.overflow else { throw Diagnostic("world-clock", "the file's clock does not match the simulated world") }
    if ahead.partialValue > 0 { try world.advance(by: ahead.partialValue) }
  }

  /// What the world of a file knows of its runs and no model sees; nil for other files and for tables that were changed.
  static func truth(of file: WorkspaceFile, threads: Int) throws -> PredictionTruth? {
    guard changedTables(in: file).isEmpty, file.setting(difficultyKey) != nil else { return nil }
    return try SimulatedWorld(of: file, threads: threads)?.world.predictionTruth()
  }

  /// Puts the world's current tables into the catalog, each made when a query first reads it.
  package func fill(_ catalog: Catalog) {
    for name in World.tableNames {
      guard let schema = World.schema(ofTable: name) else { continue }
      catalog.addLazy(name, schema: schema) { [world] in try world.table(named: name) }
    }
  }

  /// Writes all tables and the clock in one transaction.
  ///
  /// - Throws: what is wrong with the file; `cancelled` if the work was stopped, which undoes everything.
  package func save(in file: WorkspaceFile, _ stage: Work.Stage? = nil) throws {
    try SimulatedWorld.checkUnchanged(SimulatedWorld.changedTables(in: file))
    let tables = try World.tableNames.map { try world.table(named: $0) }
    let total = max(1, tables.reduce(0) { $0 + $1.rowCount })
    try file.write { writer in
      var before = 0
      for table in tables {
        let written = before
        try writer.synchronize(table) { rows in
          stage?.show(share: Double(written + rows) / Double(total), count: written + rows) ?? true
        }
        before += table.rowCount
      }
      try saveSettings(writer, changed: [])
    }
  }

  /// Writes the world's settings, its clock, and which of its tables were changed by commands.
  package func saveSettings(_ writer: WorkspaceWriter, changed: [String]) throws {
    let options = world.options
    let values = [String(options.pipelines), String(options.days), String(options.seed), String(options.start)]
    for (key, value) in zip(Self.keys, values) { try writer.set(key, to: value) }
    try writer.set(Self.difficultyKey, to: options.difficulty.rawValue)
    try writer.set("clock", to: String(world.clock))
    for name in changed { try writer.set(Self.changeKey(name), to: "1") }
  }
}
