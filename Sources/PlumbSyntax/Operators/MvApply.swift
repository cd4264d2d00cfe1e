import PlumbDiagnostics

/// `mv-apply a to typeof(long) on (subquery)`: runs a subquery over each row's elements.
package struct MvApplySyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var columns: [ExpandedColumnSyntax]
  package var limit: ExpressionSyntax?
  /// Starts with `.implied`.
  package var query: QuerySyntax
  package var span: SourceSpan
}

extension Parser {
  mutating func parseMvApplyOperator(from start: Int) throws(SyntaxFailure) -> MvApplySyntax {
    let parameters = try readParameters("bagexpansion", "kind", "with_itemindex")
    let columns = try parseExpandedColumnList()
    let limit = skipWord("limit") ? try parseExpression() : nil
    try expectWord("on", "and a subquery in brackets")
    let nesting = try enter(.leftParen, "after `on`")
    let query = try parseImpliedQuery()
    try leave(nesting)
    return MvApplySyntax(parameters: parameters, columns: columns, limit: limit, query: query, span: span(from: start))
  }
}

extension Printer {
  mutating func printMvApply(_ node: MvApplySyntax) {
    write("mv-apply ")
    printParameters(node.parameters)
    printExpandedColumns(node.columns)
    if let limit = node.limit {
      write(" limit ")
      printExpression(limit)
    }
    write(" on (")
    printInnerQuery(node.query)
    write(")")
  }
}
