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
    if let value = try parseValueStatement() {
      let query = QuerySyntax(source: .print(PrintSyntax(value: value)), operators: [], span: value.span)
      return QueryStatementSyntax(mode: mode, query: query, span: span(from: start))
    }
    let query = try parseQuery()
    return QueryStatementSyntax(mode: mode, query: query, span: span(from: start))
  }

  /// A statement that is only a value, such as `strlen("a") + 1`, which Kusto shows; nil if it is not one. It starts with a
  /// literal, or with a call and an operator: a call alone may be a table.
  private mutating func parseValueStatement() throws(SyntaxFailure) -> ExpressionSyntax? {
    var first = self
    let isNegative = first.skip(.minus)
    if first.atLiteral {
      guard (try? first.parseLiteral()) != nil, first.startsOperation || first.mayEndValue else { return nil }
    } else {
      guard !isNegative, first.atName, first.token(after: first.nameLength(after: 0)).kind == .leftParen,
        case .call? = try? first.parseReference(), first.startsOperation
      else { return nil }
    }
    var whole = self
    let value: ExpressionSyntax
    do throws(SyntaxFailure) {
      value = try whole.parseExpression()
    } catch {
      // The text may go on: `1 +` is not a mistake yet.
      guard whole.endsTooEarly, diagnostics.isEmpty else { return nil }
      self = whole
      throw error
    }
    guard whole.diagnostics.count == diagnostics.count, whole.mayEndValue else { return nil }
    self = whole
    return value
  }

  private var mayEndValue: Bool { at(.semicolon) || at(.end) || at(.command) || isAfterEmptyLine }

  /// Whether an operator between two values is here, other than a comparison of their order.
  private var startsOperation: Bool {
    switch token.kind {
    case .plus, .minus, .star, .slash, .percent, .equal, .notEqual, .equalTilde, .bangTilde: true
    case .word: ReservedWords.stringOperators[token.text] != nil
    default: false
    }
  }

  func startsQuery(after distance: Int) -> Bool {
    let next = token(after: distance)
    return isName(after: distance) || ReservedWords.booleans[next.text] != nil
      || [.leftParen, .minus, .long, .real, .timespan, .string, .typedLiteral].contains(next.kind)
  }
}

extension Printer {
  mutating func printQueryStatement(_ node: QueryStatementSyntax) {
    if node.mode != .run { write("\(node.mode.rawValue) ") }
    printQuery(node.query)
  }
}
