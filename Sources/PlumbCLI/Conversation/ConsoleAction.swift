import PlumbDatabase
import PlumbDiagnostics
import PlumbSyntax

/// What a command does that is about the conversation rather than the database: how results look, files, help.
struct ConsoleAction: Sendable {
  /// That of its declaration, such as `.mode`.
  let name: String
  let run: @Sendable (CommandSyntax, Conversation) throws -> Void

  init(_ name: String, run: @escaping @Sendable (CommandSyntax, Conversation) throws -> Void) {
    self.name = name
    self.run = run
  }

  static let all: [ConsoleAction] = ofQueries + ofFiles + ofLooks + ofTexts + ofRecent + ofSessions + ofCases

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  static func named(_ name: String) -> ConsoleAction? { byName[name] }

  /// A mistake in how a command was called.
  static func usage(_ command: CommandSyntax, _ sentence: String, help: String? = nil) -> Diagnostic {
    Diagnostic("usage", sentence, at: command.span, help: help ?? command.declaration.map { "write `\($0.usage)`" })
  }
}
