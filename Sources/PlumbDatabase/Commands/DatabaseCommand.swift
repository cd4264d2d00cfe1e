import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A management command that looks at the catalog or changes it, such as `.show tables`, as Kusto has them.
///
/// Commands that give rows can be piped on: `.show tables | where Rows > 0`.
package struct DatabaseCommand: Sendable {
  /// The words it begins with.
  let words: [String]
  package var firstWord: String { words.first ?? "" }
  package var secondWord: String? { words.dropFirst().first }
  package let usage: String
  package let summary: String
  /// Lines that a user can type one after the other.
  package let examples: [String]
  let run: @Sendable (inout CommandReader, CommandContext) throws -> Answer?

  /// In the order in which help lists them.
  package static let all: [DatabaseCommand] = showing + changing + attaching

  /// What a command may use.
  struct CommandContext {
    let catalog: Catalog
    let binder: Binder
    let context: ExecutionContext
    /// The script that the command stands in.
    let script: String
    let openForeign: ForeignOpener?
  }

  /// Runs the command that `syntax` is, and the query that follows its rows after a pipe.
  static func run(
    _ syntax: CommandSyntax, in script: String, catalog: Catalog, binder: Binder, context: ExecutionContext,
    openForeign: ForeignOpener?
  ) throws -> Answer? {
    var reader = CommandReader(syntax)
    let command = try command(&reader)
    let given = CommandContext(
      catalog: catalog, binder: binder, context: context, script: script, openForeign: openForeign)
    guard command.words[0] == ".show", let pipe = reader.pipe() else { return try command.run(&reader, given) }
    let head = String(decoding: Array(syntax.text.utf8)[..<(pipe - syntax.span.lower)], as: UTF8.self)
    var short = CommandReader(head, at: syntax.span.lower)
    _ = try Self.command(&short)
    guard let answer = try command.run(&short, given) else { return nil }
    return try given.piping(answer, from: pipe, to: syntax.span.upper)
  }

  /// What is wrong with a command as far as can be known without running it.
  static func problem(with syntax: CommandSyntax) -> Diagnostic? {
    var reader = CommandReader(syntax)
    do {
      _ = try command(&reader)
      return nil
    } catch {
      return error as? Diagnostic
    }
  }

  /// The command with the longest beginning that fits.
  private static func command(_ reader: inout CommandReader) throws -> DatabaseCommand {
    let start = reader
    var best: (command: DatabaseCommand, reader: CommandReader)?
    for command in all {
      var attempt = start
      guard command.words.allSatisfy({ attempt.skip($0) }) else { continue }
      if best.map({ $0.command.words.count < command.words.count }) ?? true { best = (command, attempt) }
    }
    if let best {
      reader = best.reader
      return best.command
    }
    let first = reader.word() ?? "."
    let second = reader.word() ?? ""
    let place = SourceSpan(start.wholeSpan.lower, reader.offset)
    let seconds = Set(all.filter { $0.firstWord == first.lowercased() }.compactMap(\.secondWord)).sorted()
    if !seconds.isEmpty {
      throw Diagnostic(
        "unknown-command", "`\(first)` is followed by \(seconds.joined(separator: ", "))\(second.isEmpty ? "" : ", not `\(second)`")",
        at: place, help: Suggestion.nearest(to: second, in: seconds))
    }
    let known = all.map { $0.words.joined(separator: " ") }
    throw Diagnostic(
      "unknown-command", "there is no command `\(first)\(second.isEmpty ? "" : " " + second)`",
      at: place,
      help: Suggestion.nearest(to: "\(first) \(second)", in: known) ?? "commands are \(known.prefix(12).joined(separator: ", ")), ...")
  }
}

extension DatabaseCommand.CommandContext {
  /// The rows of the query that begins at `offset` in the script; its mistakes are told at their places.
  func table(named name: String, ofQueryAt offset: Int, to end: Int) throws -> Table {
    guard let result = try results(of: blanked(before: offset, after: end), binder).last else {
      throw Diagnostic("missing-query", "a query is missing after `<|`", at: SourceSpan(offset, max(offset, end)))
    }
    return Table(name: name, result)
  }

  /// The value of the expression at `offset` in the script, which has room for `print` before it.
  func value(at offset: Int, to end: Int) throws -> Value? {
    var bytes = Array(blanked(before: offset, after: end).utf8)
    let word = Array("print".utf8)
    guard offset >= word.count, end > offset else { return nil }
    bytes.replaceSubrange(offset - word.count..<offset, with: word)
    let result = try results(of: String(decoding: bytes, as: UTF8.self), binder).last
    return result?.chunks.first { $0.count > 0 }?.vectors().first?.value(at: 0)
  }

  /// What a query makes of a command's rows.
  func piping(_ answer: Answer, from pipe: Int, to end: Int) throws -> Answer {
    let rows = Table(name: "input", QueryResult(schema: answer.schema, chunks: answer.chunks))
    let inner = Binder(binder.services, context: context)
    inner.define("input", Relation(.scan(ScanPlan(table: rows)), isSerialized: true, name: "input"))
    // `input` stands where the command's last letters were, so that every place after the pipe is kept.
    var bytes = Array(blanked(before: pipe, after: end).utf8)
    let word = Array("input".utf8)
    guard pipe >= word.count else { return answer }
    bytes.replaceSubrange(pipe - word.count..<pipe, with: word)
    guard let result = try results(of: String(decoding: bytes, as: UTF8.self), inner).last else { return answer }
    return Answer(schema: result.schema, chunks: result.chunks, remarks: context.remarks)
  }

  /// What a query that is not the user's gives.
  func answer(to text: String) throws -> Answer {
    guard let result = try results(of: text, Binder(binder.services, context: context)).last else {
      return Answer(schema: [], chunks: [])
    }
    return Answer(schema: result.schema, chunks: result.chunks, remarks: context.remarks)
  }

  /// The script with all but one part made blank.
  private func blanked(before start: Int, after end: Int) -> String {
    var bytes = Array(script.utf8)
    for i in bytes.indices where (i < start || i >= end) && bytes[i] != .newline { bytes[i] = .space }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func results(of text: String, _ binder: Binder) throws -> [QueryResult] {
    let parsed = parse(text)
    if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
    var results: [QueryResult] = []
    for statement in parsed.script.statements {
      guard case .query(let query) = statement else {
        throw Diagnostic("misplaced-statement", "only a query can stand here", at: statement.span)
      }
      guard let relation = binder.bind(query) else { throw Diagnostics(binder.diagnostics) }
      results.append(try binder.execute(relation))
    }
    return results
  }
}
