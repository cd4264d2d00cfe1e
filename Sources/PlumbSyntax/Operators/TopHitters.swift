import PlumbDiagnostics

/// `top-hitters 5 of x by y`: the most frequent values, approximately.
package struct TopHittersSyntax: Sendable {
  package var count: ExpressionSyntax
  package var expression: NamedExpressionSyntax
  package var weight: NamedExpressionSyntax?
  package var span: SourceSpan
}

extension TopHittersSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "top-hitters", usage: "top-hitters n of column",
      summary: "Estimates the most frequent values.",
      examples: ["runs | top-hitters 3 of pipeline"],
      clauses: ["of"]
    ) { parser, start throws(SyntaxFailure) in try parser.parseTopHittersOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printTopHitters(self) }
}

extension Parser {
  mutating func parseTopHittersOperator(from start: Int) throws(SyntaxFailure) -> TopHittersSyntax {
    let count = try readCount("top-hitters")
    try expectWord("of", "and a column", help: "write `top-hitters 10 of column`")
    let expression = try parseNamedExpression()
    let weight = skipWord("by") ? try parseNamedExpression() : nil
    return TopHittersSyntax(count: count, expression: expression, weight: weight, span: span(from: start))
  }
}

extension Printer {
  mutating func printTopHitters(_ node: TopHittersSyntax) {
    write("top-hitters ")
    printExpression(node.count)
    write(" of ")
    printNamed(node.expression)
    if let weight = node.weight {
      write(" by ")
      printNamed(weight)
    }
  }
}
