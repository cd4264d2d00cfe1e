/// The declaration of a statement other than a query.
package struct StatementDeclaration: Sendable {
  /// The first word.
  package let keyword: String
  package let usage: String
  /// One sentence.
  package let summary: String
  /// Texts on the simulated world that show its use; a test runs them.
  package let examples: [String]
  /// Words that belong to the statement rather than to what it names.
  package let clauses: [String]
  /// Whether what follows the keyword makes it one, rather than the name of a table.
  let starts: @Sendable (Parser) -> Bool
  let parse: @Sendable (inout Parser) throws(SyntaxFailure) -> StatementSyntax

  init(
    _ keyword: String, usage: String, summary: String, examples: [String], clauses: [String] = [],
    starts: @escaping @Sendable (Parser) -> Bool,
    parse: @escaping @Sendable (inout Parser) throws(SyntaxFailure) -> StatementSyntax
  ) {
    self.keyword = keyword
    self.usage = usage
    self.summary = summary
    self.examples = examples
    self.clauses = clauses
    self.starts = starts
    self.parse = parse
  }

  /// A statement that is parsed so that it can be rejected by name.
  static func unsupported(
    _ keyword: String, clauses: [String], starts: @escaping @Sendable (Parser) -> Bool,
    parse: @escaping @Sendable (inout Parser) throws(SyntaxFailure) -> StatementSyntax
  ) -> StatementDeclaration {
    StatementDeclaration(keyword, usage: "", summary: "", examples: [], clauses: clauses, starts: starts, parse: parse)
  }

  package var isSupported: Bool { !usage.isEmpty }
}

extension StatementDeclaration {
  /// All of them, in alphabetical order of their keywords.
  package static let all: [StatementDeclaration] = [
    AliasDatabaseSyntax.statement, DeclarePatternSyntax.statement, DeclareQueryParametersSyntax.statement,
    QueryStatementSyntax.explain, LetSyntax.statement, QueryStatementSyntax.profile, RestrictAccessSyntax.statement,
    SetOptionSyntax.statement,
  ]

  private static let byName = Dictionary(grouping: all, by: \.keyword)

  package static func named(_ name: String) -> [StatementDeclaration] { byName[name] ?? [] }
}
