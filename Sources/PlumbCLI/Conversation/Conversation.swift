import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax

/// A workspace, what the user has chosen, and the statements that run in it one after the other.
///
/// The shell, scripts, standard input and the text of `-c` all hold one, so that commands mean the same in each.
final class Conversation {
  private(set) var workspace: Workspace
  /// The workspace without a file, while that of a file is open.
  private var memory: Workspace?
  var settings: OutputSettings
  var report = SessionReport()
  /// The text of the last query that was run or could not be.
  var lastQuery = ""
  private(set) var wantsToLeave = false
  /// The text whose statements run now, which keeps what `let` and `set` say.
  private(set) var script: ScriptRun
  /// The nesting depth of `.read`.
  private var readingDepth = 0
  private var goesOnAfterMistakes = false
  unowned let host: any ConversationHost

  init(_ workspace: Workspace, _ settings: OutputSettings, host: any ConversationHost) {
    self.workspace = workspace
    self.settings = settings
    self.host = host
    if settings.isSafe {
      self.settings.usesPager = false
      if !workspace.isSafe { workspace.makeSafe() }
    }
    script = ScriptRun(workspace.session())
  }

  func leave() { wantsToLeave = true }

  // MARK: Texts

  /// An error was reported, and the rest of the text is not run.
  struct Told: Error {}

  /// Runs the statements of a text.
  ///
  /// - Parameters:
  ///   - name: the file that the text is in, which mistakes name.
  ///   - goesOn: whether the statements after a mistake are run; if not, a text with mistakes of syntax does nothing.
  ///   - together: whether statements of the database that follow one another are run and shown as one.
  /// - Returns: whether there was no mistake.
  /// - Throws: `Told` after the first mistake unless it goes on, and `ByteSink.Closed` when nobody reads any more.
  @discardableResult
  func run(_ text: String, name: String? = nil, goesOn: Bool, together: Bool = false) throws -> Bool {
    do {
      try SourceSize.check(text, memoryLimit: workspace.sessionOptions.memoryLimit)
    } catch {
      host.report(error, source: "", name: name)
      throw Told()
    }
    let parsed = parse(text, throughMistakes: goesOn)
    if !goesOn, parsed.hasErrors {
      host.report(Diagnostics(parsed.diagnostics), source: text, name: name)
      throw Told()
    }
    let outer = (script, goesOnAfterMistakes)
    script = ScriptRun(workspace.session())
    goesOnAfterMistakes = goesOn
    defer {
      script = outer.0.moved(to: workspace.session())
      goesOnAfterMistakes = outer.1
    }
    let source = Source(text)
    let interrupts = Interrupts.shared.count
    var isRight = true
    var end = 0
    for group in Self.groups(of: parsed.parts, together: together) where !wantsToLeave {
      guard let part = group.last else { continue }
      do {
        if !part.mistakes.isEmpty { throw Diagnostics(part.mistakes) }
        let statements = group.compactMap(\.statement)
        try run(statements, text: source.text(from: end, to: part.span.upper))
        if statements.contains(where: \.isQueryOrCommand) { end = part.span.upper }
      } catch let closed as ByteSink.Closed {
        throw closed
      } catch is Told {
        isRight = false
        if !goesOn { throw Told() }
      } catch {
        isRight = false
        host.report(error, source: text, name: name)
        if !goesOn { throw Told() }
        end = part.span.upper
      }
      if Interrupts.shared.count != interrupts {
        if let name, part.span.upper < text.utf8.count {
          Console.say("note: stopped in line \(source.line(at: part.span.lower)) of \(name); what follows was not run")
        }
        break
      }
    }
    return isRight
  }

  /// Runs the statements of a file. After a mistake it goes on as the text around it does; the shell always goes on.
  ///
  /// - Throws: a diagnostic if files read one another endlessly.
  func read(_ path: String) throws {
    let text = try QueryText.file(path)
    guard readingDepth < 8 else { throw Diagnostic("nested-too-deeply", "`.read` is nested too deeply") }
    readingDepth += 1
    defer { readingDepth -= 1 }
    let isRight = try run(text, name: path, goesOn: goesOnAfterMistakes || host.shell != nil)
    if !isRight, host.shell == nil { throw Told() }
  }

  /// Each part alone, or those of the database that follow one another in one group.
  private static func groups(of parts: [ScriptPart], together: Bool) -> [[ScriptPart]] {
    var groups: [[ScriptPart]] = []
    var isOpen = false
    for part in parts {
      var isAlone = !together || !part.mistakes.isEmpty
      if case .command(let command)? = part.statement, ConsoleAction.named(command.name) != nil { isAlone = true }
      if isOpen, !isAlone { groups[groups.count - 1].append(part) } else { groups.append([part]) }
      isOpen = !isAlone
    }
    return groups
  }

  private func run(_ statements: [StatementSyntax], text: String) throws {
    if case .command(let command)? = statements.first, let action = ConsoleAction.named(command.name) {
      return try perform(command, action)
    }
    do { try host.run(statements, text: text, in: self) } catch {
      if !(error is ByteSink.Closed) { noteQuery(text, rows: nil, error: Failure.diagnostics(in: error).first?.message ?? "failed") }
      throw error
    }
  }

  // MARK: Commands

  func perform(_ command: CommandSyntax, _ action: ConsoleAction) throws {
    try check(command)
    script.pause()
    do {
      try action.run(command, self)
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = command.span }
      throw diagnostic
    }
  }

  /// - Throws: a diagnostic when the command has no meaning here, or a safe session refuses it.
  func check(_ command: CommandSyntax) throws {
    guard let declaration = command.declaration else { return }
    if settings.isSafe, declaration.traits.contains(.reachesOut) {
      throw Safety.refusal("cannot run `\(command.name)`").at(command.nameSpan)
    }
    switch declaration.place {
    case .everywhere: break
    case .shell:
      if host.shell == nil {
        throw Diagnostic(
          "misplaced-command", "`\(command.name)` works only in the interactive shell", at: command.nameSpan,
          help: "`plumb` opens the shell on a terminal")
      }
    case .investigation:
      if host.shell?.tour == nil, workspace.openCase == nil {
        throw Diagnostic(
          "misplaced-command", "`\(command.name)` works only on the tour and in a case", at: command.nameSpan,
          help: "start the tour with `plumb tour`, or a case with `plumb case start critical-feed`")
      }
    case .tour:
      if host.shell?.tour == nil {
        throw Diagnostic(
          "misplaced-command", "`\(command.name)` works only on the tour", at: command.nameSpan,
          help: "start the tour with `plumb tour`")
      }
    }
  }

  // MARK: Answers

  /// Shows answers where the settings send them.
  func show(_ answers: [Answer], milliseconds: Double? = nil) throws {
    try host.show(answers, milliseconds: milliseconds, in: self)
  }

  /// The answers of statements that a command asks for, without a trace in the history.
  func answers(to statements: [StatementSyntax]) throws -> [Answer] {
    let script = script
    return try QueryRun(of: script) { give in try script.run(statements) { answer, _ in give(answer) } }.answers
  }

  /// The answers of a text of Plumb's own.
  ///
  /// - Throws: `SourcedDiagnostics` for errors in it.
  func answers(to text: String) throws -> [Answer] {
    let script = ScriptRun(workspace.session())
    do {
      let parsed = parse(text)
      if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
      return try QueryRun(of: script) { give in
        try script.run(parsed.script.statements) { answer, _ in give(answer) }
      }.answers
    } catch let diagnostics as Diagnostics {
      throw SourcedDiagnostics(list: diagnostics.list, source: text)
    }
  }

  // MARK: Workspaces

  /// Goes on in another workspace, with all that was chosen; what `let` said holds there as well.
  func use(_ other: Workspace) {
    if workspace.store == nil { memory = workspace }
    workspace = other
    if other.store == nil { memory = nil }
    renewSession()
    host.didMove(to: other)
  }

  /// Goes back to the workspace without a file; one is made if the conversation began with a file.
  func useMemory() throws {
    if workspace.store != nil { use(try memory ?? Console.working { try workspace.opening(nil, $0) }) }
  }

  /// Sets a parameter that queries declare.
  func setParameter(_ name: String, to value: String) {
    workspace.sessionOptions.parameters[name] = value
    renewSession()
  }

  /// Prevents access to anything outside the workspace from now on.
  func makeSafe() {
    settings.isSafe = true
    settings.usesPager = false
    settings.output = nil
    settings.once = nil
    workspace.makeSafe()
    renewSession()
    host.didChange(workspace)
  }

  private func renewSession() { script = script.moved(to: workspace.session()) }
}

/// A text, and parts of it.
private struct Source {
  let bytes: [UInt8]

  init(_ text: String) { bytes = Array(text.utf8) }

  func text(from lower: Int, to upper: Int) -> String {
    let part = bytes[min(lower, bytes.count)..<min(max(lower, upper), bytes.count)]
    return String(String(decoding: part, as: UTF8.self).drop { $0.isWhitespace || $0 == ";" })
  }

  /// The line of a place, from 1.
  func line(at place: Int) -> Int { bytes[..<min(max(place, 0), bytes.count)].reduce(1) { $0 + ($1 == .newline ? 1 : 0) } }
}

extension Diagnostic {
  fileprivate func at(_ span: SourceSpan) -> Diagnostic {
    var placed = self
    placed.span = span
    return placed
  }
}
