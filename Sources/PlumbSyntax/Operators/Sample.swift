import PlumbDiagnostics

/// `sample 5`: that many rows at random.
package struct SampleSyntax: Sendable {
  package var count: ExpressionSyntax
  package var span: SourceSpan
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
