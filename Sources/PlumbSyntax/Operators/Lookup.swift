import PlumbDiagnostics

/// `lookup kind=leftouter (D) on a`: adds the columns of a small table.
package struct LookupSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var right: SourceSyntax
  package var conditions: [ExpressionSyntax]
  package var span: SourceSpan
}

extension Parser {
  mutating func parseLookupOperator(from start: Int) throws(SyntaxFailure) -> LookupSyntax {
    let parameters = try readParameters("kind")
    let right = try parseTableOperand()
    let conditions = skipWord("on") ? try parseExpressionList() : []
    return LookupSyntax(parameters: parameters, right: right, conditions: conditions, span: span(from: start))
  }
}

extension Printer {
  mutating func printLookup(_ node: LookupSyntax) {
    write("lookup ")
    printParameters(node.parameters)
    printSource(node.right)
    if !node.conditions.isEmpty {
      write(" on ")
      list(node.conditions) { $0.printExpression($1) }
    }
  }
}
