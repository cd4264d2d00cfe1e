import PlumbDiagnostics

/// `search in (T1, T2) "words"`: rows that hold a term anywhere; source and operator.
package struct SearchSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  /// Empty when not written.
  package var tables: [SourceSyntax]
  /// String literals stand for terms; `*` for any column.
  package var predicate: ExpressionSyntax
  package var span: SourceSpan
}

extension Parser {
  mutating func parseSearchOperator(from start: Int) throws(SyntaxFailure) -> SearchSyntax {
    let parameters = try readParameters("kind")
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
