import ArgumentParser
import PlumbDatabase
import PlumbDiagnostics

/// `plumb run`: scripts of several statements, each answer written when it is there.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run scripts of several statements.")

  @Argument(help: ArgumentHelp("Files with KQL, run in this order.", valueName: "script.kql"))
  var scripts: [String]

  @Flag(help: "Go on with the next statement after an error.")
  var keepGoing = false

  @OptionGroup(title: "Result") var output: OutputOptions
  @OptionGroup(title: "Data and limits") var data: DataOptions

  func run() throws {
    let (world, texts) = try Failure.guarding {
      let texts = try scripts.map { (name: $0, text: try QueryText.file($0)) }
      let world = try World(data)
      try world.load(data)
      return (world, texts)
    }
    let results = try Failure.guarding { try Results(output) }
    var hasFailed = false
    for (name, text) in texts {
      let start = Machine.milliseconds
      do {
        try run(text, name: name, in: world, to: results, hasFailed: &hasFailed)
      } catch is ByteSink.Closed {
        throw hasFailed ? ExitStatus.failed : ExitStatus.done
      } catch {
        results.abandon()
        if Interrupts.shared.wasTaken { throw ExitStatus.interrupted }
        Failure.report(error, source: text, name: name)
        throw ExitStatus.failed
      }
      if output.timing {
        Console.say("\(name): \(Machine.durationText(milliseconds: Machine.milliseconds - start))")
      }
    }
    do {
      try results.finish()
    } catch is ByteSink.Closed {
      // Whoever reads has enough.
    } catch {
      Failure.report(error, source: "")
      throw ExitStatus.failed
    }
    if hasFailed { throw ExitStatus.failed }
    if output.failIfRows && results.rowCount > 0 { throw ExitStatus.foundRows }
  }

  /// - Throws: the first error, unless the user wants to go on.
  private func run(
    _ text: String, name: String, in world: World, to results: Results, hasFailed: inout Bool
  ) throws {
    let session = world.session()
    _ = try Interrupts.shared.handling({ session.cancel() }) {
      try session.run(text) { outcome in
        switch outcome {
        case .success(let answer):
          try results.write(answer)
        case .failure(let diagnostics):
          if !keepGoing || Interrupts.shared.wasTaken { throw diagnostics }
          hasFailed = true
          Failure.report(diagnostics, source: text, name: name)
        }
      }
    }
  }
}
