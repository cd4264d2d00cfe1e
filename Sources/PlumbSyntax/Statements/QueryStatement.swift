import PlumbDiagnostics

/// A query to run, perhaps asked to explain itself.
package struct QueryStatementSyntax: Sendable {
  package enum Mode: String, Hashable, Sendable {
    case run = ""
    /// Shows the plan and does not run it.
    case explain
    /// Runs the query and shows what each step cost.
    case profile
  }
  package var mode: Mode
  package var query: QuerySyntax
  package var span: SourceSpan
}

extension Parser {
  mutating func parseQueryStatement() throws(SyntaxFailure) -> QueryStatementSyntax {
    let start = index
    var mode = QueryStatementSyntax.Mode.run
    if atWord("explain") || atWord("profile"), startsQuery(after: 1) {
      mode = atWord("explain") ? .explain : .profile
      advance()
    }
    let query = try parseQuery()
    return QueryStatementSyntax(mode: mode, query: query, span: span(from: start))
  }

  private func startsQuery(after distance: Int) -> Bool {
    isName(after: distance) || token(after: distance).kind == .leftParen
  }
}

extension Printer {
  mutating func printQueryStatement(_ node: QueryStatementSyntax) {
    if node.mode != .run { write("\(node.mode.rawValue) ") }
    printQuery(node.query)
  }
}
