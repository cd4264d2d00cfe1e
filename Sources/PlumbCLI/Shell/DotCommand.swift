import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// The shell's own commands, which begin with a dot.
struct DotCommand: Sendable {
  let name: String
  let usage: String
  let summary: String
  /// Lines that show its use, for `.help NAME`.
  let examples: [String]
  /// Whether it touches files or programs beyond the workspace, which a safe shell refuses.
  let reachesOut: Bool
  /// Whether it means something on the tour alone.
  var isOfTour: Bool { [".cause", ".hint", ".skip"].contains(name) }
  private let action: @Sendable (_ rest: String, _ shell: Shell) throws -> Void

  /// A command that takes words.
  init(
    name: String, usage: String, summary: String, examples: [String] = [], reachesOut: Bool = false,
    action: @escaping @Sendable (_ arguments: [String], _ shell: Shell) throws -> Void
  ) {
    // As many words as the usage has places.
    let limit = usage.split(separator: " ").count - 1
    self.init(name: name, usage: usage, summary: summary, examples: examples, reachesOut: reachesOut, text: { rest, shell in
      let words = rest.split(whereSeparator: \.isWhitespace).map(String.init)
      if words.count > limit {
        let extra = VisibleText.string(words[limit])
        throw Diagnostic("usage", "`\(extra)` is not understood behind `\(name)`", help: "write `\(usage)`")
      }
      try action(words, shell)
    })
  }

  /// A command that takes all that follows it as one text, such as a query or a path.
  init(
    name: String, usage: String, summary: String, examples: [String] = [], reachesOut: Bool = false,
    text: @escaping @Sendable (_ rest: String, _ shell: Shell) throws -> Void
  ) {
    self.name = name
    self.usage = usage
    self.summary = summary
    self.examples = examples
    self.reachesOut = reachesOut
    action = text
  }

  /// In alphabetical order of their names.
  static let all: [DotCommand] = [
    .cause, .column, .edit, .expand, .explain, .format, .help, .hint, .history, .import, .load, .mode, .note, .once, .open, .output,
    .overview, .pager, .param, .profile, .quit, .read, .report, .rows, .safe, .save, .schema, .show, .skip, .tables, .timer, .train, .watch,
  ]

  /// Other names that people know.
  private static let otherNames = [".exit": ".quit", ".timing": ".timer", ".h": ".help", ".q": ".quit"]

  /// The command behind a word that other shells know without a dot; nil when it is a table's name.
  static func named(_ line: String, in shell: Shell) -> String? {
    let word = String(line.hasSuffix(";") ? line.dropLast() : line[...]).trimmed
    guard ["help", "quit", "exit"].contains(word), !shell.workspace.catalog.hasTable(named: String(word)) else { return nil }
    return "." + word
  }

  /// Runs a line that begins with a dot, and tells what is wrong with it.
  ///
  /// - Returns: whether nothing was.
  @discardableResult
  static func run(_ line: String, in shell: Shell) -> Bool {
    do {
      try perform(line, in: shell)
      shell.tour?.observe(Tour.Deed(text: String(line.trimmed), answers: [], error: nil))
    } catch is ByteSink.Closed {
      shell.leave()
    } catch {
      Failure.report(error, source: line)
      return false
    }
    return true
  }

  /// Whether a line is a management command, which sessions run as they run queries.
  static func isForDatabase(_ line: String) -> Bool {
    let name = line.trimmed.prefix { !$0.isWhitespace }
    return !all.contains { $0.name == name } && DatabaseCommand.all.contains { $0.firstWord == name.lowercased() }
  }

  /// - Throws: diagnostics about the line.
  static func perform(_ line: String, in shell: Shell) throws {
    let line = line.trimmed
    let name = String(line.prefix { !$0.isWhitespace })
    let wanted = otherNames[name] ?? name
    guard let command = all.first(where: { $0.name == wanted }) else {
      if isForDatabase(name) { return shell.runQuery(String(line)) }
      throw Diagnostic(
        "unknown-command", "there is no command `\(VisibleText.string(name))`",
        help: Suggestion.nearest(to: name, in: all.map(\.name) + DatabaseCommand.all.map(\.firstWord))
          ?? "`.help` lists the commands")
    }
    if shell.settings.isSafe && command.reachesOut { throw Safety.refusal("has no `\(command.name)`") }
    try command.action(String(line.dropFirst(name.count).trimmed), shell)
  }

  /// A mistake in how the command was called.
  static func usage(_ name: String, _ sentence: String) -> Diagnostic {
    let usage = all.first { $0.name == name }?.usage
    return Diagnostic("usage", sentence, help: usage.map { "write `\($0)`" })
  }
}

extension String {
  /// Without white space at either end.
  var trimmed: Substring { self[...].trimmed }
}
