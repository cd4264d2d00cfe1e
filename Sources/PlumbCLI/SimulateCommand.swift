import ArgumentParser
import PlumbEngine
import PlumbKit
import PlumbSimulator

extension Difficulty: ExpressibleByArgument {}

/// `plumb simulate`: simulates a world of pipelines and writes its telemetry into a workspace file.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Simulate pipelines into a workspace file.")

  @Option(help: ArgumentHelp("The number of pipelines, from 12 to 65536.", valueName: "n"))
  var pipelines = 160

  @Option(help: ArgumentHelp("The number of days of history.", valueName: "n"))
  var days = 30

  @Option(help: ArgumentHelp("The random seed.", valueName: "n"))
  var seed: UInt64 = WorldOptions.defaultSeed

  @Option(help: ArgumentHelp(
    "How much shows before something fails: easy, normal or hard (default: normal).", valueName: "how"))
  var difficulty = Difficulty.normal

  @Option(help: ArgumentHelp("The workspace to write to; without it the world is only simulated and counted.", valueName: "FILE"))
  var into: String?

  @Flag(help: "Continue in real time until Ctrl-C, resuming the world in the file if it has one.")
  var live = false

  @Option(help: ArgumentHelp("The number of threads.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be a number from 1 to 1024, not \(threads)")
    }
    if live && into == nil { throw ValidationError("--live needs a workspace: --into FILE") }
  }

  func run() throws {
    try Failure.guarding {
      let isStopped = try Console.working { work in
        try run(work)
        return work.isCancelled
      }
      if isStopped && !live { throw ExitStatus.interrupted }
    }
  }

  private func run(_ work: Work) throws {
    var simulation = Simulation()
    simulation.pipelines = pipelines
    simulation.days = days
    simulation.seed = seed
    simulation.difficulty = difficulty
    if let threads { simulation.threads = threads }
    let file = try into.map { try simulation.file($0) }
    if live, let file, let known = try SimulatedWorld(of: file, threads: simulation.threads) {
      Console.say("continuing the world of \(file.path) at \(DateTime.text(known.world.clock))")
      return try known.goOn(in: file, work)
    }
    var start = Machine.milliseconds
    guard let (made, runs) = try simulation.run(work) else { return Console.say("stopped; nothing was written") }
    let elapsed = max(Machine.milliseconds - start, 0.001)
    Console.say(
      "\(counted(runs, "run")) simulated in \(Machine.durationText(milliseconds: elapsed)), "
        + "\(NumberText.grouped(Int(Double(runs) / elapsed * 1000))) per second")
    guard let file else { return }
    start = Machine.milliseconds
    let stage = work.stage("writing", unit: "rows")
    defer { stage.end() }
    try made.save(in: file, stage)
    stage.end()
    Console.say("\(file.path) written in \(Machine.durationText(milliseconds: Machine.milliseconds - start))")
    if live { try made.goOn(in: file, work) }
  }
}
