import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbStorage

/// A simulated world to create: its runs are simulated, written into a workspace file, and can continue in real time.
public struct Simulation: Sendable {
  /// The number of pipelines, 12 to 65,536.
  public var pipelines = 160
  /// Days of history.
  public var days = 30
  /// The random seed.
  public var seed: UInt64 = WorldOptions.defaultSeed
  /// How much the world shows before and when something fails.
  package var difficulty = Difficulty.normal
  public var threads = Machine.processors

  public init() {}

  /// Simulates all runs.
  ///
  /// - Returns: the world and its number of runs; nil if the work was stopped.
  /// - Throws: a diagnostic if a size is out of range.
  package func run(_ work: Work) throws -> (world: SimulatedWorld, runs: Int)? {
    BufferRecycling.keep(upTo: min(Machine.memory / 16, 512 << 20))
    work.stopInOrder()
    let world = try World(WorldOptions(pipelines: pipelines, days: days, seed: seed, difficulty: difficulty, threads: threads))
    let stage = work.stage("simulating", unit: "runs")
    defer { stage.end() }
    var runs = 0
    try world.simulate { share, count in
      runs = count
      return stage.show(share: share, count: count)
    }
    return work.isCancelled ? nil : (SimulatedWorld(world), runs)
  }

  /// The workspace file to write the world into, created if missing.
  package func file(_ path: String) throws -> WorkspaceFile {
    var options = WorkspaceFile.Options()
    options.threads = threads
    return try WorkspaceFile(path, options)
  }
}

extension SimulatedWorld {
  /// Advances the world in real time, one step per second, and saves each, until the work is stopped.
  package func goOn(in file: WorkspaceFile, _ work: Work) throws {
    work.stopInOrder()
    var last = Machine.milliseconds
    while !work.isCancelled {
      usleep(100_000)
      let now = Machine.milliseconds
      guard now - last >= 1_000 else { continue }
      try world.advance(by: Int64((now - last) * 10_000))
      last = now
      try save(in: file)
      work.say("\(DateTime.text(world.clock)): saved")
    }
  }
}
