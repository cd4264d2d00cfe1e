import PlumbDiagnostics

/// `where x`, also `filter x`: the rows for which it is true.
package struct WhereSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var predicate: ExpressionSyntax
  package var span: SourceSpan
}

extension WhereSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "filter", usage: "filter predicate",
      summary: "Keeps the rows for which the predicate is true, like `where`.",
      examples: ["pipelines | filter tier == 1"],
      operands: .condition
    ) { parser, start throws(SyntaxFailure) in try parser.parseWhereOperator(from: start) },
    OperatorDeclaration(
      "where", usage: "where predicate",
      summary: "Keeps the rows for which the predicate is true.",
      examples: [#"runs | where status == "failed" and started > ago(1d)"#],
      operands: .condition
    ) { parser, start throws(SyntaxFailure) in try parser.parseWhereOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printWhere(self) }
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
