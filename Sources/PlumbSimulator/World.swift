import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbModel

/// The options of a simulated world; equal options make equal worlds, byte for byte.
package struct WorldOptions: Hashable, Sendable {
  /// The number of pipelines: 12 to 65,536.
  package var pipelines: Int
  /// Days of history.
  package var days: Int
  package var seed: UInt64
  package var difficulty: Difficulty
  /// When history begins, in ticks.
  package var start: Int64
  /// The number of workers, which affects only the speed.
  package var threads: Int
  /// Faults that are planted; never in an easy world.
  package var scenario: Scenario?

  /// A Monday afternoon, so that 30 days later it is a busy Wednesday after the end of a month.
  package static let defaultStart = DateTime.parse("2026-03-02T15:00:00Z") ?? 0
  package static let defaultSeed: UInt64 = 2

  package init(
    pipelines: Int = 160, days: Int = 30, seed: UInt64 = WorldOptions.defaultSeed, difficulty: Difficulty = .normal,
    start: Int64 = WorldOptions.defaultStart, threads: Int = WorldOptions.processors
  ) {
    self.pipelines = pipelines
    self.days = days
    self.seed = seed
    self.difficulty = difficulty
    self.start = start
    self.threads = threads
  }

  package static var processors: Int { Swift.max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

/// A simulated world: pipelines that depend on each other, and what happened to them until the clock.
///
/// - Lazy: nothing is simulated before a table is requested, and only what that table needs.
/// - Deterministic: options alone decide; a history made in parts equals one made at once.
/// - Safe to use from any thread; returned tables never change.
package final class World: @unchecked Sendable {
  package let options: WorldOptions
  private let lock = Lock()
  private var simulator: Simulator?
  private var tables: [String: Table] = [:]
  private var ticksNow: Int64

  /// - Throws: A diagnostic if a size is out of range.
  package init(_ options: WorldOptions = WorldOptions()) throws {
    guard (12...65_536).contains(options.pipelines) else {
      throw Diagnostic("world-size", "a world must have 12 to 65536 pipelines, not \(options.pipelines)")
    }
    guard (0...3_650).contains(options.days) else {
      throw Diagnostic("world-size", "a world's history must have 0 to 3650 days, not \(options.days)")
    }
    self.options = options
    ticksNow = options.start + Int64(options.days) * World.day
    try checkSize(until: ticksNow)
  }

  private static let day: Int64 = 864_000_000_000
  /// More would not fit into the memory of any machine that Plumb is for.
  private static let runLimit: Int64 = 500_000_000
  /// The approximate number of runs of a pipeline per day.
  private static let dailyRuns: Int64 = 58

  /// - Throws: A diagnostic if a history until then has too many runs.
  private func checkSize(until ticks: Int64) throws {
    let days = (ticks - options.start) / World.day
    let runs = Int64(options.pipelines) * days * World.dailyRuns
    if runs > World.runLimit {
      throw Diagnostic(
        "world-size", "\(options.pipelines) pipelines over \(days) days are about \(runs) runs, which is too many",
        help: "a world can have up to \(World.runLimit) runs")
    }
  }

  /// The end of the history, in ticks; the value of `now()`.
  package var clock: Int64 { lock.locked { ticksNow } }

  /// The names of the tables, in the order in which a user meets them.
  package static let tableNames: [String] = TelemetryModel.all.map(\.name)

  /// Returns the columns of a table without building it.
  package static func schema(ofTable name: String) -> Schema? {
    TelemetryModel.schema(ofTable: name)
  }

  /// Returns the table at the clock, building it if necessary.
  ///
  /// - Throws: A diagnostic if a world has no table of that name.
  package func table(named name: String) throws -> Table {
    guard World.schema(ofTable: name) != nil else {
      throw Diagnostic(
        "unknown-table", "unknown table `\(name)` of a world",
        help: Suggestion.nearest(to: name, in: World.tableNames))
    }
    return try lock.locked {
      if let table = tables[name] { return table }
      let table = try make(name)
      tables[name] = table
      return table
    }
  }

  private func make(_ name: String) throws -> Table {
    let now = ticksNow
    switch name {
    case "edges": return try made().edgesTable(clock: now)
    case "schema_changes":
      let simulator = made()
      simulator.plan(to: moment(now))
      return try simulator.schemaChangesTable(clock: now)
    case "runs":
      let simulator = try simulated()
      return try simulator.store.table(clock: now, threads: options.threads, changes: simulator.plan.schemaChanges)
    case "pipelines":
      let simulator = try simulated()
      return try simulator.store.pipelinesTable(simulator.topology, clock: now, changes: simulator.plan.schemaChanges)
    case "errors":
      let simulator = try simulated()
      return simulator.store.errorsTable(simulator.topology, simulator.plan, seed: options.seed, clock: now)
    case "metrics":
      let simulator = try simulated()
      return simulator.store.metricsTable(simulator.topology, seed: options.seed, clock: now)
    case "alerts": return try simulated().alertsTable(clock: now)
    default: return try simulated().incidentsTable(clock: now)
    }
  }

  /// The pipelines and dependencies of a world with these options.
  package static func map(of options: WorldOptions) -> WorldMap {
    let topology = Topology(
      pipelineCount: options.pipelines, seed: options.seed, difficulty: options.difficulty,
      calendar: WorkCalendar(origin: options.start))
    return WorldMap(topology, until: Int64(options.days) * World.day / 10_000)
  }

  /// Lets those who read from a pipeline read from another from the clock on.
  ///
  /// - Throws: what simulating up to the clock throws.
  package func failOver(from pipeline: Int, to other: Int) throws {
    try lock.locked { try simulated().failOver(from: pipeline, to: other) }
  }

  /// Moves the clock forward by `ticks`; what happens meanwhile is simulated on demand.
  package func advance(by ticks: Int64) throws {
    guard ticks >= 0 else { throw Diagnostic("world-clock", "a world's clock only moves forward") }
    try lock.locked {
      let (next, overflow) = ticksNow.addingReportingOverflow(ticks)
      guard !overflow, next <= options.start + 3_650 * World.day * 2 else {
        throw Diagnostic("world-clock", "the world's clock cannot move that far ahead")
      }
      try checkSize(until: next)
      ticksNow = next
      tables = [:]
    }
  }

  /// Simulates up to the clock, reporting progress: the share done and the runs so far. Returning false stops it.
  package func simulate(_ progress: @escaping (Double, Int) -> Bool) throws {
    try lock.locked {
      let simulator = made()
      let from = simulator.clock
      let end = moment(ticksNow)
      guard end > from else { return }
      try simulator.advance(to: end, threads: options.threads) { reached, runs in
        progress(Double(reached - from) / Double(end - from), runs)
      }
    }
  }

  /// Returns milliseconds of the world.
  private func moment(_ ticks: Int64) -> Int64 { (ticks - options.start) / 10_000 }

  private func made() -> Simulator {
    if let simulator { return simulator }
    let topology = Topology(
      pipelineCount: options.pipelines, seed: options.seed, difficulty: options.difficulty,
      calendar: WorkCalendar(origin: options.start))
    let made = Simulator(
      topology: topology, seed: options.seed, origin: options.start, difficulty: options.difficulty, scenario: options.scenario)
    simulator = made
    return made
  }

  /// Returns the simulator at the clock.
  private func simulated() throws -> Simulator {
    let simulator = made()
    try simulator.advance(to: moment(ticksNow), threads: options.threads)
    return simulator
  }
}

/// What queries cannot see: for each row of `runs`, in its order, the failure probability and the incident to blame.
package struct RunTruth: Sendable {
  /// The probability that the attempt would fail, given everything before it.
  package var hazard: [Float]
  /// The id in `incidents` that made the attempt fail; empty for noise and for attempts that did not fail.
  package var incident: [String]
  /// What is at work on each pipeline and when.
  package var faults: [PredictionTruth.Fault]
}

extension World {
  /// Returns the truth about `runs`, for the predictor's best possible figures and for judging explanations.
  package func runTruth() throws -> RunTruth {
    try lock.locked {
      let simulator = try simulated()
      var names: [Int32: String] = [:]
      for (number, place) in simulator.shownIncidents(clock: ticksNow).enumerated() {
        names[Int32(truncatingIfNeeded: place)] = incidentName(number)
      }
      var truth = RunTruth(hazard: [], incident: [], faults: simulator.faults)
      truth.hazard.reserveCapacity(simulator.store.count)
      truth.incident.reserveCapacity(simulator.store.count)
      simulator.store.forEachSegment { segment, n in
        let hazards = segment.hazard.view(Float.self)
        let incidents = segment.incident.view(Int32.self)
        for row in 0..<n {
          truth.hazard.append(hazards[row])
          truth.incident.append(incidents[row] < 0 ? "" : names[incidents[row]] ?? "")
        }
      }
      return truth
    }
  }
}
