import PlumbDiagnostics

/// `sample-distinct 5 of x`: that many different values.
public struct SampleDistinctSyntax: Sendable {
  public var count: ExpressionSyntax
  public var expression: NamedExpressionSyntax
  public var span: SourceSpan
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
