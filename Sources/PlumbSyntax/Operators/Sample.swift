import PlumbDiagnostics

/// `sample 5`: that many rows at random.
package struct SampleSyntax: Sendable {
  package var count: ExpressionSyntax
  package var span: SourceSpan
}

extension SampleSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "sample", usage: "sample n",
      summary: "Keeps n random rows.",
      examples: ["runs | sample 5"],
      operands: .nothing
    ) { parser, start throws(SyntaxFailure) in try parser.parseSampleOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printSample(self) }
}

extension Parser {
  mutating func parseSampleOperator(from start: Int) throws(SyntaxFailure) -> SampleSyntax {
    let count = try readCount("sample")
    return SampleSyntax(count: count, span: span(from: start))
  }
}

extension Printer {
  mutating func printSample(_ node: SampleSyntax) {
    write("sample ")
    printExpression(node.count)
  }
}
