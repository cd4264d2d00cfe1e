import PlumbDiagnostics

/// `search in (T1, T2) "words"`: rows that contain a term anywhere; source and operator.
package struct SearchSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  /// Empty when not written.
  package var tables: [SourceSyntax]
  /// String literals mean terms; `*` means any column.
  package var predicate: ExpressionSyntax
  package var span: SourceSpan
}

extension SearchSyntax: OperatorNode {
  static let settings: [OperatorDeclaration.Setting] = ["kind"]

  package static let declarations = [
    OperatorDeclaration(
      "search", usage: #"search "term""#,
      summary: "Keeps the rows in which a column contains the term.",
      examples: [#"errors | search "expired""#],
      clauses: ["in"], settings: settings, operands: .tables
    ) { parser, start throws(SyntaxFailure) in try parser.parseSearchOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printSearch(self) }
}

extension SearchSyntax {
  static let source = SourceDeclaration(
    "search", usage: #"search "term""#,
    summary: "Searches tables for a term.",
    examples: [#"search in (errors, alerts) "expired""#],
    clauses: ["in"], settings: settings, starts: { $0.startsOperand(after: 1) || $0.atWord("in", after: 1) }
  ) { parser throws(SyntaxFailure) in .search(try parser.parseSearchSource()) }
}

extension Parser {
  mutating func parseSearchOperator(from start: Int) throws(SyntaxFailure) -> SearchSyntax {
    let parameters = try readSettings(SearchSyntax.settings)
    let tables = skipWord("in") ? try parseTablePatternList() : []
    let wasInSearch = isInSearch
    isInSearch = true
    let predicate = try parseExpression()
    isInSearch = wasInSearch
    return SearchSyntax(
      parameters: parameters, tables: tables, predicate: predicate, span: span(from: start))
  }

  /// At the start of a query.
  mutating func parseSearchSource() throws(SyntaxFailure) -> SearchSyntax {
    let start = index
    advance()
    return try parseSearchOperator(from: start)
  }
}

extension Printer {
  mutating func printSearch(_ node: SearchSyntax) {
    write("search ")
    printParameters(node.parameters)
    if !node.tables.isEmpty {
      write("in (")
      list(node.tables) { $0.printSource($1) }
      write(") ")
    }
    printExpression(node.predicate)
  }
}
