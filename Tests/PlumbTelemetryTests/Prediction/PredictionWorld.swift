import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbTelemetry
import Synchronization
import Testing
import TestSupport

/// A small world whose tables queries can read, for tests of predictions.
final class PredictionWorld: Sendable {
  let world: World
  let catalog = Catalog()

  init(pipelines: Int = 30, days: Int = 14, seed: UInt64 = 5) throws {
    let world = try World.made(pipelines: pipelines, days: days, seed: seed, difficulty: .easy)
    self.world = world
    for name in ["runs", "edges", "schema_changes"] { catalog.add(try world.table(named: name)) }
  }

  /// The last answer of a text, as a table.
  func table(_ text: String) throws -> Table { try inside { try $0(text) } }

  /// Calls `body` with what runs texts, in the middle of a query as functions of the catalog are called.
  func inside<Result: Sendable>(
    threads: Int = 2, _ body: @escaping @Sendable ((String) throws -> Table) throws -> Result
  ) throws -> Result {
    try within(threads: threads) { call in try body { try call.run($0) } }
  }

  func predicting<Result: Sendable>(
    threads: Int = 2, _ body: @escaping @Sendable (PredictionSource) throws -> Result
  ) throws -> Result {
    try within(threads: threads) { [catalog] run in
      try body(
        PredictionSource(context: run.context, run: { try run.run($0) }, table: { try catalog.table(named: $0) }))
    }
  }

  private func within<Result: Sendable>(
    threads: Int, _ body: @escaping @Sendable (TableFunction.Run) throws -> Result
  ) throws -> Result {
    let kept = Mutex<Result?>(nil)
    // Tests that share a world run side by side.
    let name = "inside_\(UInt64.random(in: 0...UInt64.max))"
    catalog.add(
      TableFunction(name, "For tests.", "", examples: [], tells: .facts, columns: [ColumnInfo("x", .long)]) { _ in
        { run in
          let result = try body(run)
          kept.withLock { $0 = result }
          return Table(name: name, schema: [ColumnInfo("x", .long)], groups: [])
        }
      })
    var options = SessionOptions(threads: threads, memoryLimit: 2 << 30)
    options.clock = { [world] in world.clock }
    do {
      _ = try Session(catalog: catalog, options: options).run("\(name)()")
    } catch let found as Diagnostics {
      throw found.list.first ?? Diagnostic("failed", "no diagnostic")
    }
    return try #require(kept.withLock { $0 })
  }
}
