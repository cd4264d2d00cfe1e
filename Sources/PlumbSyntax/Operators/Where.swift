import PlumbDiagnostics

/// `where x`, also `filter x`: the rows for which it is true.
package struct WhereSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var predicate: ExpressionSyntax
  package var span: SourceSpan
}

extension Parser {
  mutating func parseWhereOperator(from start: Int) throws(SyntaxFailure) -> WhereSyntax {
    let parameters = try readParameters()
    let predicate = try parseExpression()
    return WhereSyntax(parameters: parameters, predicate: predicate, span: span(from: start))
  }
}

extension Printer {
  mutating func printWhere(_ node: WhereSyntax) {
    write("where ")
    printParameters(node.parameters)
    printExpression(node.predicate)
  }
}
