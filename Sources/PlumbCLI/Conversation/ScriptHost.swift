import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax

/// Holds a conversation with a script: answers go to one destination, and every end is an exit status.
final class ScriptHost: ConversationHost {
  private let output: OutputOptions
  private let results: Results
  private let goesOn: Bool
  private var hasFailed = false
  /// Queries and commands that were run.
  private var statementCount = 0

  var shell: Shell? { nil }

  /// - Parameter goesOn: whether the statements after a mistake are run.
  /// - Throws: a diagnostic when the destination cannot be written to.
  init(_ output: OutputOptions, goesOn: Bool) throws {
    self.output = output
    self.goesOn = goesOn
    results = try Results(output)
  }

  /// Runs texts one after the other.
  ///
  /// - Throws: `ExitStatus` for every outcome except success.
  func run(_ texts: [(name: String?, text: String)], in workspace: Workspace, isSafe: Bool = false) throws {
    let look = Results.look(output)
    var settings = OutputSettings(
      format: look.format, isFormatChosen: look.isChosen, isTiming: false, rowLimit: look.rowLimit, isSafe: isSafe)
    settings.origin = results.origin
    let conversation = Conversation(workspace, settings, host: self)
    do {
      for (name, text) in texts where !conversation.wantsToLeave {
        let start = Machine.milliseconds
        let hadStatements = statementCount
        if try !conversation.run(text, name: name, goesOn: goesOn) {
          hasFailed = true
        } else if statementCount == hadStatements, parse(text).script.statements.contains(where: { !$0.isQueryOrCommand }) {
          Console.say("note: there is nothing to run\(name.map { " in \($0)" } ?? ""): a query must follow what `let` or `set` says, in the same text")
        }
        if output.timing {
          Console.say("\(name.map { "\($0): " } ?? "")\(Machine.durationText(milliseconds: Machine.milliseconds - start))")
        }
      }
      try results.finish()
    } catch is ByteSink.Closed {
      // The reader has closed the pipe.
      throw hasFailed ? ExitStatus.failed : ExitStatus.done
    } catch is Conversation.Told {
      throw Interrupts.shared.wasTaken ? ExitStatus.interrupted : ExitStatus.failed
    } catch {
      report(error, source: "", name: nil)
      throw ExitStatus.failed
    }
    if hasFailed { throw Interrupts.shared.wasTaken ? ExitStatus.interrupted : ExitStatus.failed }
    if output.failIfRows && results.rowCount > 0 { throw ExitStatus.foundRows }
  }

  /// Writes one answer that no query gave.
  ///
  /// - Throws: `ExitStatus` for every outcome except success.
  func write(_ answer: Answer) throws {
    do {
      try results.write(answer)
      try results.finish()
    } catch is ByteSink.Closed {
      throw ExitStatus.done
    } catch {
      report(error, source: "", name: nil)
      throw ExitStatus.failed
    }
    if output.failIfRows && results.rowCount > 0 { throw ExitStatus.foundRows }
  }

  // MARK: What a conversation asks

  func run(_ statements: [StatementSyntax], text: String, in conversation: Conversation) throws {
    if case .query? = statements.last { conversation.lastQuery = text }
    let script = conversation.script
    let start = Machine.milliseconds
    var answers: [Answer] = []
    var shown: Error?
    try Interrupts.shared.handling({ script.session.cancel() }) {
      try script.run(statements) { answer, _ in
        answers.append(answer)
        do { try conversation.show([answer], milliseconds: Machine.milliseconds - start) } catch { shown = error }
      }
    }
    if let shown { throw shown }
    guard statements.contains(where: \.isQueryOrCommand) else { return }
    statementCount += 1
    try conversation.report.add(query: text, answers: answers, milliseconds: Machine.milliseconds - start)
    conversation.noteQuery(text, rows: answers.reduce(0) { $0 + $1.rowCount }, error: nil)
  }

  func show(_ answers: [Answer], milliseconds: Double?, in conversation: Conversation) throws {
    let settings = conversation.settings
    if let target = settings.once ?? settings.output {
      conversation.settings.once = nil
      return try target.write(answers, format: settings.isFormatChosen ? settings.format : nil)
    }
    try results.use(
      Results.Look(format: settings.format, isChosen: settings.isFormatChosen, rowLimit: settings.rowLimit))
    results.isSafe = settings.isSafe
    for answer in answers {
      try results.write(answer)
      // A program may be waiting for the change to be acknowledged.
      try results.flush()
    }
    if settings.isTiming, let milliseconds { Console.say(Machine.durationText(milliseconds: milliseconds)) }
  }

  func write(_ text: String, isLong: Bool) throws { try results.write(text) }

  func report(_ error: any Error, source: String, name: String?) {
    if !goesOn { results.abandon() }
    if Interrupts.shared.wasTaken, Failure.diagnostics(in: error).first?.code == "cancelled" { return }
    Failure.report(error, source: source, name: name)
  }

  func didMove(to workspace: Workspace) {}
  func didChange(_ workspace: Workspace) {}
}

extension StatementSyntax {
  var isQueryOrCommand: Bool {
    switch self {
    case .query, .command: true
    case .letBinding, .setOption, .declareQueryParameters, .declarePattern, .aliasDatabase, .restrictAccess: false
    }
  }
}
