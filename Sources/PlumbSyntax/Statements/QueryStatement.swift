import PlumbDiagnostics

/// A query to run, perhaps with `explain` or `profile`.
package struct QueryStatementSyntax: Sendable {
  package enum Mode: String, Hashable, Sendable {
    case run = ""
    /// Shows the plan and does not run it.
    case explain
    /// Runs the query and shows the cost of each step.
    case profile
  }
  package var mode: Mode
  package var query: QuerySyntax
  package var span: SourceSpan

  package init(mode: Mode, query: QuerySyntax, span: SourceSpan) {
    self.mode = mode
    self.query = query
    self.span = span
  }
}

extension QueryStatementSyntax {
  static let explain = StatementDeclaration(
    "explain", usage: "explain query", summary: "Shows the plan of a query and does not run it.",
    examples: [#"explain runs | where status == "failed" | count"#], starts: { $0.startsQuery(after: 1) }
  ) { parser throws(SyntaxFailure) in .query(try parser.parseQueryStatement()) }

  static let profile = StatementDeclaration(
    "profile", usage: "profile query", summary: "Runs a query and shows rows, time and memory of each step.",
    examples: ["profile runs | summarize count() by source"], starts: { $0.startsQuery(after: 1) }
  ) { parser throws(SyntaxFailure) in .query(try parser.parseQueryStatement()) }
}

extension Parser {
  mutating func parseQueryStatement() throws(SyntaxFailure) -> QueryStatementSyntax {
    let start = index
    let mode = QueryStatementSyntax.Mode(rawValue: token.text).flatMap { startsQuery(after: 1) ? $0 : nil } ?? .run
    if mode != .run { advance() }
    let query = try parseQuery()
    return QueryStatementSyntax(mode: mode, query: query, span: span(from: start))
  }

  func startsQuery(after distance: Int) -> Bool {
    isName(after: distance) || token(after: distance).kind == .leftParen
  }
}

extension Printer {
  mutating func printQueryStatement(_ node: QueryStatementSyntax) {
    if node.mode != .run { write("\(node.mode.rawValue) ") }
    printQuery(node.query)
  }
}
