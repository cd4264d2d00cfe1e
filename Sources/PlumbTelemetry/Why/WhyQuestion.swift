import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// Asks why a pipeline is failing or degraded.
package struct WhyQuestion {
  private let name: String
  private let moment: Int64
  private let tables: AnomalyTables

  /// - Parameter moment: the time in question, in ticks.
  package init(_ name: String, at moment: Int64, _ tables: AnomalyTables) {
    self.name = name
    self.moment = moment
    self.tables = tables
  }

  /// Returns the causes, most likely first, with their evidence. The table `incidents` is never read.
  ///
  /// - Parameter run: returns the rows of a KQL query.
  /// - Throws: `unknown-pipeline`, and whatever `run` throws.
  package func answer(context: ExecutionContext, run: @escaping (String) throws -> Table) throws -> Table {
    let reading = try WhyReading(name, at: moment, tables, context: context, run: run)
    var answer = WhyAnswer(reading)
    return try answer.table(tables)
  }
}

/// The origins to which `why` leads several pipelines: a pipeline, a vendor or a full consumer.
///
/// One reading of the pipelines and what surrounds them answers for all. What `slow`, `stale` and `volume` find, and what earlier
/// failures teach, is left out: it is about a pipeline itself, and leads nowhere else. What is usual can be prepared for a day.
package final class WhyOrigins: Sendable {
  package static let schema: Schema = [ColumnInfo("pipeline", .string), ColumnInfo("origin", .string)]

  private let kept = LockedValue<[(day: Int64, usual: Table)]>([])
  private static let limit = 40
  private static let day = 24 * TimeSpan.hour
  private let use: Baselines.Use

  /// - Parameter use: when what is usual is computed for all pipelines. If it is `prepared` and nothing was, each question reads it
  ///   for the pipelines around.
  package init(_ use: Baselines.Use) { self.use = use }

  /// The function `why_origins()`, which returns the origins of those of the given pipelines that have trouble.
  package func function(_ names: [String]) -> TableFunction {
    function { [self] tables, run in
      let asked = Set(names)
      let reading = try WhyReading(
        asked.sorted(), at: run.context.now, tables, usual: try usual(tables, run), context: run.context) { try run.run($0) }
      var answer = WhyAnswer(reading)
      var rows: [[Value]] = []
      for (place, past) in reading.pasts.prefix(asked.count).enumerated() where asked.contains(past.name) {
        if let origin = answer.origin(of: place) { rows.append([.string(past.name), .string(origin)]) }
      }
      return Table(name: "why_origins", schema: Self.schema, rows: rows)
    }
  }

  /// The function `why_origins()`, which computes what is usual up to the last midnight, and returns nothing.
  package var preparation: TableFunction {
    function { [self] tables, run in
      _ = try make(tables, run)
      return Table(name: "why_origins", schema: Self.schema, groups: [])
    }
  }

  private func function(_ table: @escaping @Sendable (AnomalyTables, TableFunction.Run) throws -> Table) -> TableFunction {
    TableFunction(
      "why_origins", "Returns the pipelines, vendors or consumers in which the trouble of pipelines began.", "",
      examples: ["why_origins()"], tells: .cause, columns: Self.schema
    ) { call in
      let arguments = TableArguments(call)
      try arguments.finish()
      let tables = try AnomalyTables(schema: call.schema(ofTable:))
      return { run in try table(tables, run) }
    }
  }

  private func usual(_ tables: AnomalyTables, _ run: TableFunction.Run) throws -> Table? {
    let day = run.context.now - run.context.now % Self.day
    let oldest = use == .prepared ? day - Self.day : day
    if let known = kept.withLock({ $0.last { (oldest...day).contains($0.day) } }) { return known.usual }
    return use == .prepared ? nil : try make(tables, run)
  }

  private func make(_ tables: AnomalyTables, _ run: TableFunction.Run) throws -> Table {
    let day = run.context.now - run.context.now % Self.day
    let made = try run.run(WhyReading.usualText(tables, at: day))
    kept.withLock { list in
      list.append((day, made))
      if list.count > Self.limit { list.removeFirst() }
    }
    return made
  }
}
