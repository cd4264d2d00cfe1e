import PlumbDiagnostics

/// `sample-distinct 5 of x`: that many distinct values.
package struct SampleDistinctSyntax: Sendable {
  package var count: ExpressionSyntax
  package var expression: NamedExpressionSyntax
  package var span: SourceSpan
}

extension SampleDistinctSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "sample-distinct", usage: "sample-distinct n of column",
      summary: "Returns n distinct values of a column.",
      examples: ["runs | sample-distinct 3 of source"],
      clauses: ["of"]
    ) { parser, start throws(SyntaxFailure) in try parser.parseSampleDistinctOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printSampleDistinct(self) }
}

extension Parser {
  mutating func parseSampleDistinctOperator(from start: Int) throws(SyntaxFailure) -> SampleDistinctSyntax {
    let count = try readCount("sample-distinct")
    try expectWord("of", "and a column", help: "write `sample-distinct 10 of column`")
    let expression = try parseNamedExpression()
    return SampleDistinctSyntax(count: count, expression: expression, span: span(from: start))
  }
}

extension Printer {
  mutating func printSampleDistinct(_ node: SampleDistinctSyntax) {
    write("sample-distinct ")
    printExpression(node.count)
    write(" of ")
    printNamed(node.expression)
  }
}
