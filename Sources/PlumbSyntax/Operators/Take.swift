import PlumbDiagnostics

/// `take 5`, also `limit 5`: that many rows, whichever they are.
package struct TakeSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var count: ExpressionSyntax
  package var span: SourceSpan
}

extension Parser {
  mutating func parseTakeOperator(from start: Int) throws(SyntaxFailure) -> TakeSyntax {
    let parameters = try readParameters()
    let count = try readCount("take")
    return TakeSyntax(parameters: parameters, count: count, span: span(from: start))
  }
}

extension Printer {
  mutating func printTake(_ node: TakeSyntax) {
    write("take ")
    printParameters(node.parameters)
    printExpression(node.count)
  }
}
