import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax

extension ConsoleAction {
  /// Commands that look at a query or run it in another way.
  static let ofQueries: [ConsoleAction] = [
    ConsoleAction(".explain") { try showPlan($0, $1, mode: .explain) },
    ConsoleAction(".profile") { try showPlan($0, $1, mode: .profile) },
    ConsoleAction(".format") { command, conversation in
      let query = try query(of: command, in: conversation)
      if Formats.named(query.text) != nil, !conversation.workspace.catalog.hasTable(named: query.text) {
        throw usage(command, "`.format` formats a query", help: "`.mode \(query.text)` chooses the format of results")
      }
      let script = ScriptSyntax(statements: query.statements + [query.result], comments: query.comments, span: query.span)
      try conversation.host.write(print(script), isLong: false)
    },
    ConsoleAction(".expand") { command, conversation in
      let query = try query(of: command, in: conversation)
      let session = conversation.workspace.session()
      do {
        let text = try Interrupts.shared.handling({ session.cancel() }) { try session.expanded(query.text) }.result
        try conversation.host.write(text, isLong: false)
      } catch {
        let mistakes = Failure.diagnostics(in: error)
        // The text of the command is a part of the text that it is in.
        guard command.query("QUERY") != nil else { throw SourcedDiagnostics(list: mistakes, source: query.text) }
        throw Diagnostics(mistakes.map { $0.moved(by: query.span.lower) })
      }
    },
    ConsoleAction(".watch") { command, conversation in try Watch(command).run(in: conversation) },
    ConsoleAction(".read") { command, conversation in try conversation.read(Paths.typed(command.text("FILE"))) },
    ConsoleAction(".param") { command, conversation in
      let text = command.text("NAME=VALUE")
      if text.isEmpty {
        let parameters = conversation.workspace.sessionOptions.parameters
        if parameters.isEmpty { return Console.say("no parameter has a value") }
        let lines = parameters.sorted { $0.key < $1.key }.map { VisibleText.string("\($0)=\($1)") }
        return try conversation.host.write(lines.joined(separator: "\n"), isLong: false)
      }
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw usage(command, "`.param` needs a name and a value")
      }
      conversation.setParameter(
        String(text[..<equals].trimmed), to: Paths.unquoted(String(text[text.index(after: equals)...].trimmed)))
    },
  ]

  /// The query of a command, or the last one where it has none.
  private static func query(of command: CommandSyntax, in conversation: Conversation) throws -> EmbeddedQuerySyntax {
    if let query = command.query("QUERY") { return query }
    let text = conversation.lastQuery
    if text.isEmpty { throw usage(command, "no query yet") }
    let parsed = parse(text)
    guard !parsed.hasErrors, let last = parsed.script.statements.last else {
      throw SourcedDiagnostics(list: parsed.diagnostics, source: text)
    }
    return EmbeddedQuerySyntax(
      statements: parsed.script.statements.dropLast(), result: last, comments: parsed.script.comments, text: text)
  }

  private static func showPlan(
    _ command: CommandSyntax, _ conversation: Conversation, mode: QueryStatementSyntax.Mode
  ) throws {
    let query = try query(of: command, in: conversation)
    guard case .query(var statement) = query.result else {
      throw Diagnostic("no-query", "only queries have a plan, but this is a command", at: query.result.span)
    }
    if statement.mode == .run { statement.mode = mode }
    try conversation.show(try conversation.answers(to: query.statements + [.query(statement)]))
  }
}
