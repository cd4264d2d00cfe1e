import ArgumentParser
import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbStorage
import PlumbTelemetry

/// `plumb simulate`: makes a world of pipelines and writes its telemetry into a workspace file.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Simulate pipelines into a workspace file.")

  @Option(help: ArgumentHelp("How many pipelines, 12 to 65536.", valueName: "n"))
  var pipelines = 160

  @Option(help: ArgumentHelp("Days of history.", valueName: "n"))
  var days = 30

  @Option(help: ArgumentHelp("Another number gives another world.", valueName: "n"))
  var seed: UInt64 = WorldOptions.defaultSeed

  @Option(help: ArgumentHelp("The workspace to write to; without it the world is only made and counted.", valueName: "FILE"))
  var into: String?

  @Flag(help: "Go on in real time until Ctrl-C; a world that is in the file is continued.")
  var live = false

  @Option(help: ArgumentHelp("Threads to use.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads takes a number from 1 to 1024, not \(threads)")
    }
    if live && into == nil { throw ValidationError("--live needs a workspace: --into FILE") }
  }

  func run() throws {
    try Failure.guarding {
      let threads = threads ?? Machine.processors
      BufferRecycling.keep(upTo: min(Machine.memory / 16, 512 << 20))
      let stop = StopFlag()
      try Interrupts.shared.handling(repeatable: true, { stop.set() }) {
        try run(threads: threads, stop)
      }
      if stop.isSet && !live { throw ExitStatus.interrupted }
    }
  }

  private func run(threads: Int, _ stop: StopFlag) throws {
    let file = try into.map { path in
      var options = WorkspaceFile.Options()
      options.threads = threads
      return try WorkspaceFile(path, options)
    }
    if live, let file, let known = try SimulatedWorld(of: file, threads: threads) {
      Console.say("continuing the world of \(file.path) at \(DateTime.text(known.world.clock))")
      return try goOn(known, file, stop)
    }
    let world = try World(WorldOptions(pipelines: pipelines, days: days, seed: seed, threads: threads))
    let made = SimulatedWorld(world)
    let bar = ProgressBar("simulating", unit: "runs")
    var runs = 0
    try world.simulate { share, count in
      runs = count
      bar.show(share: share, count: count)
      return !stop.isSet
    }
    bar.finish()
    if stop.isSet { return Console.say("stopped; nothing was written") }
    let elapsed = max(bar.milliseconds, 0.001)
    Console.say(
      "\(NumberText.grouped(runs)) runs simulated in \(Machine.durationText(milliseconds: elapsed)), "
        + "\(NumberText.grouped(Int(Double(runs) / elapsed * 1000))) a second")
    guard let file else { return }
    let writing = ProgressBar("writing", unit: "rows")
    try made.save(in: file) { share, count in
      writing.show(share: share, count: count)
      return !stop.isSet
    }
    writing.finish()
    Console.say("\(file.path) written in \(Machine.durationText(milliseconds: writing.milliseconds))")
    if live { try goOn(made, file, stop) }
  }

  /// Moves the world with our time, a step a second.
  private func goOn(_ made: SimulatedWorld, _ file: WorkspaceFile, _ stop: StopFlag) throws {
    var last = Machine.milliseconds
    while !stop.isSet {
      usleep(100_000)
      let now = Machine.milliseconds
      guard now - last >= 1_000 else { continue }
      try made.world.advance(by: Int64((now - last) * 10_000))
      last = now
      try made.save(in: file)
      Console.say("\(DateTime.text(made.world.clock)): saved")
    }
  }
}
