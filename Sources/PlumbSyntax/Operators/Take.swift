import PlumbDiagnostics

/// `take 5`, also `limit 5`: that many rows, in no particular order.
package struct TakeSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var count: ExpressionSyntax
  package var span: SourceSpan
}

extension TakeSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "limit", usage: "limit n",
      summary: "Keeps up to n rows like `take`.",
      examples: ["pipelines | limit 5"],
      operands: .nothing,
      mistake: { $0.atWord("by") ? ("`limit` has no `by`", "use `top 5 by column` for the first rows of an order") : nil }
    ) { parser, start throws(SyntaxFailure) in try parser.parseTakeOperator(from: start) },
    OperatorDeclaration(
      "take", usage: "take n",
      summary: "Keeps up to n rows, whichever come first.",
      examples: ["pipelines | take 5"],
      operands: .nothing,
      mistake: { $0.atWord("by") ? ("`take` has no `by`", "use `top 5 by column` for the first rows of an order") : nil }
    ) { parser, start throws(SyntaxFailure) in try parser.parseTakeOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printTake(self) }
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
