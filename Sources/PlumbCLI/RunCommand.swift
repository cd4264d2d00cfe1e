import ArgumentParser
import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbPresentation
import PlumbSyntax

/// `plumb run`: scripts of several statements, each answer written when it is there.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run scripts of several statements.")

  @Argument(
    help: ArgumentHelp("Files with KQL, run in this order, and a workspace `FILE.plumb`.", valueName: "script.kql"))
  var scripts: [String]

  @Flag(help: "Go on with the next statement after an error.")
  var keepGoing = false

  @OptionGroup(title: "Result") var output: OutputOptions
  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    let files = scripts.filter { $0.hasSuffix(WorkspacePath.ending) }
    if files.count > 1 { throw ValidationError("one workspace at a time, not '\(files[1])' as well") }
    if files.count == scripts.count { throw ValidationError("there is no script to run") }
  }

  func run() throws {
    let (workspace, texts) = try Failure.guarding {
      let files = scripts.filter { $0.hasSuffix(WorkspacePath.ending) }
      let texts = try scripts.filter { !$0.hasSuffix(WorkspacePath.ending) }.map { (name: $0, text: try QueryText.file($0)) }
      try ParameterNames.check(data.parameterNames, declaredIn: texts.map(\.text))
      return (try data.workspace(files.first, for: texts.map(\.text)), texts)
    }
    let results = try Failure.guarding { try Results(output) }
    var hasFailed = false
    for (name, text) in texts {
      let start = Machine.milliseconds
      do {
        try run(text, name: name, in: workspace, to: results, hasFailed: &hasFailed)
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
    _ text: String, name: String, in workspace: Workspace, to results: Results, hasFailed: inout Bool
  ) throws {
    let session = workspace.session()
    for part in ScriptParts.of(text, each: keepGoing) {
      do {
        try Interrupts.shared.handling({ session.cancel() }) {
          if let mistakes = part.mistakes { throw Diagnostics(mistakes) }
          if let words = part.words {
            for answer in try ShowCommand.answers(words, in: workspace, session) { try results.write(answer) }
            return try results.flush()
          }
          try session.run(part.text) { answer, _ in
            try results.write(answer)
            // Whoever waits for a change to be acknowledged gets it now.
            try results.flush()
          }
        }
      } catch let diagnostics as Diagnostics where keepGoing && !Interrupts.shared.wasTaken {
        hasFailed = true
        Failure.report(diagnostics, source: text, name: name)
      } catch var diagnostic as Diagnostic where part.words != nil && !Interrupts.shared.wasTaken {
        diagnostic.span = part.span
        guard keepGoing else { throw diagnostic }
        hasFailed = true
        Failure.report(diagnostic, source: text, name: name)
      }
    }
  }
}

/// A script as texts of one query or command each.
struct ScriptParts {
  /// The script with all other queries and commands blanked out, so that the one keeps the statements it builds on
  /// and its place.
  let text: String
  /// The words of a command that is not the database's, such as `.train forest`.
  let words: [String]?
  let span: SourceSpan?
  /// What is wrong with a part that cannot be run.
  var mistakes: [Diagnostic]?

  /// - Parameter each: whether every query and command is a part, and not the whole script where that can be run at once;
  ///   then a statement that cannot be read is a part as well, and the others are those of the script without it.
  static func of(_ script: String, each: Bool) -> [ScriptParts] {
    let whole = [ScriptParts(text: script, words: nil, span: nil)]
    var bytes = Array(script.utf8)
    var parsed = parse(script)
    var broken: [ScriptParts] = []
    while parsed.hasErrors {
      // What is left may have mistakes that are in no statement, and a text of nothing but mistakes is no script.
      guard each, !parsed.broken.isEmpty, broken.count < mistakenLimit else {
        return broken + [ScriptParts(text: String(decoding: bytes, as: UTF8.self), words: nil, span: nil)]
      }
      for place in parsed.broken {
        let mistakes = parsed.diagnostics.filter { ($0.span?.lower).map { place.lower <= $0 && $0 <= place.upper } ?? false }
        broken.append(ScriptParts(text: "", words: nil, span: place, mistakes: mistakes))
        blank(max(0, place.lower)..<min(bytes.count, place.upper), of: &bytes)
      }
      parsed = parse(String(decoding: bytes, as: UTF8.self))
    }
    let statements = parsed.script.statements
    var places: [(range: Range<Int>, words: [String]?, span: SourceSpan)] = []
    for (i, statement) in statements.enumerated() {
      let span: SourceSpan
      var words: [String]?
      switch statement {
      case .query(let query): span = query.span
      case .command(let command):
        span = command.span
        words = ShowCommand.words(in: command.text)
      case .letBinding, .setOption, .declareQueryParameters, .declarePattern, .aliasDatabase, .restrictAccess: continue
      }
      let end = i + 1 < statements.count ? statements[i + 1].span.lower : bytes.count
      places.append((max(0, span.lower)..<min(bytes.count, max(span.lower, end)), words, span))
    }
    let isMixed = places.contains { $0.words != nil }
    guard isMixed || !broken.isEmpty || each && places.count > 1 else { return whole }
    let parts = places.indices.map { kept in
      var part = bytes
      for (i, place) in places.enumerated() where i != kept { blank(place.range, of: &part) }
      return ScriptParts(text: String(decoding: part, as: UTF8.self), words: places[kept].words, span: places[kept].span)
    }
    return (parts + broken).sorted { $0.span?.lower ?? 0 < $1.span?.lower ?? 0 }
  }

  /// Each round of looking for mistakes reads all of the script.
  private static let mistakenLimit = 500

  /// Lines stay where they are.
  private static func blank(_ range: Range<Int>, of bytes: inout [UInt8]) {
    for place in range where bytes[place] != .newline { bytes[place] = .space }
  }
}
