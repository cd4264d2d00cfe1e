import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// Runs one text over loaded data and writes its answers; every end is an exit status.
struct QueryRunner {
  private let text: String
  private let name: String?
  private let workspace: Workspace

  /// - Throws: diagnostics of loading.
  init(text: String, name: String?, data: DataOptions, workspace path: String? = nil, isSafe: Bool = false) throws {
    self.text = text
    self.name = name
    try ParameterNames.check(data.parameterNames, declaredIn: [text])
    let workspace = try data.workspace(path, for: [text])
    if isSafe { workspace.makeSafe() }
    self.workspace = workspace
  }

  /// - Throws: `ExitStatus` for every end but the good one.
  func run(to output: OutputOptions) throws {
    if let words = ShowCommand.words(in: text) { return try show(words, to: output) }
    if let query = ExpandCommand.query(in: text) { return try expand(query, to: output) }
    let start = Machine.milliseconds
    let session = workspace.session()
    let answers: [Answer]
    do {
      answers = try Interrupts.shared.handling({ session.cancel() }) { try session.run(text) }.result
    } catch {
      if Interrupts.shared.wasTaken { throw ExitStatus.interrupted }
      Failure.report(error, source: text, name: name)
      throw ExitStatus.failed
    }
    let elapsed = Machine.milliseconds - start

    let results = try Failure.guarding { try Results(output) }
    do {
      for answer in answers { try results.write(answer) }
      try results.finish()
    } catch is ByteSink.Closed {
      // Whoever reads has enough.
    } catch {
      results.abandon()
      Failure.report(error, source: text, name: name)
      throw ExitStatus.failed
    }
    if output.timing { Console.say(Machine.durationText(milliseconds: elapsed)) }
    if output.failIfRows && results.rowCount > 0 { throw ExitStatus.foundRows }
  }

  /// Writes the plain KQL of the query behind `.expand`.
  private func expand(_ query: String, to output: OutputOptions) throws {
    let session = workspace.session()
    do {
      let result = try Interrupts.shared.handling({ session.cancel() }) { try session.expanded(query) }.result
      let destination = try Destination(output)
      destination.sink.buffer.append(result + "\n")
      try destination.sink.flush()
      try destination.commit()
    } catch is ByteSink.Closed {
      // Whoever reads has enough.
    } catch {
      if Interrupts.shared.wasTaken { throw ExitStatus.interrupted }
      Failure.report(error, source: text, name: name)
      throw ExitStatus.failed
    }
  }

  /// Writes what `.show` or `.train` gives.
  private func show(_ words: [String], to output: OutputOptions) throws {
    let session = workspace.session()
    do {
      let shown = try Interrupts.shared.handling({ session.cancel() }) {
        try ShowCommand.shown(words, in: workspace, session)
      }.result
      switch shown {
      case .text(let text):
        let destination = try Destination(output)
        destination.sink.buffer.append(text)
        try destination.sink.flush()
        try destination.commit()
      case .answers(let answers):
        let results = try Results(output)
        for answer in answers { try results.write(answer) }
        try results.finish()
      }
    } catch is ByteSink.Closed {
      // Whoever reads has enough.
    } catch {
      if Interrupts.shared.wasTaken { throw ExitStatus.interrupted }
      Failure.report(error, source: text, name: name)
      throw ExitStatus.failed
    }
  }
}

/// Tells the user what went wrong.
enum Failure {
  /// The diagnostics in an error.
  static func diagnostics(in error: any Error) -> [Diagnostic] {
    switch error {
    case let diagnostics as Diagnostics: diagnostics.list
    case let diagnostic as Diagnostic: [diagnostic]
    case let sourced as SourcedDiagnostics: sourced.list
    case is Stopped: [Diagnostic("cancelled", "the work was stopped")]
    default: [Diagnostic("failed", "\(error)")]
    }
  }

  static func report(_ error: any Error, source: String, name: String? = nil) {
    if let sourced = error as? SourcedDiagnostics {
      return Console.report(sourced.list, source: sourced.source, name: sourced.name)
    }
    Console.report(diagnostics(in: error).map(withShellHint), source: source, name: name)
  }

  /// Says of a command that only the shell has, where it is.
  private static func withShellHint(_ diagnostic: Diagnostic) -> Diagnostic {
    guard diagnostic.code == "unknown-command",
      let command = DotCommand.all.first(where: { diagnostic.message.contains("`\($0.name)") })
    else { return diagnostic }
    var hinted = diagnostic
    hinted.help = "`\(command.name)` is a command of the shell, which `plumb` opens on a terminal"
    return hinted
  }

  /// Runs `body`; what it throws is reported and ends the process.
  static func guarding<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let status as ExitStatus {
      throw status
    } catch is Stopped {
      throw ExitStatus.interrupted
    } catch {
      if Interrupts.shared.wasTaken { throw ExitStatus.interrupted }
      report(error, source: "")
      throw ExitStatus.failed
    }
  }
}
