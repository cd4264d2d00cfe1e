import PlumbDiagnostics

/// `distinct a, b` or `distinct *`: each combination once.
public struct DistinctSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  /// `.star` alone for all columns.
  public var columns: [NamedExpressionSyntax]
  public var span: SourceSpan
}

extension Parser {
  mutating func parseDistinctOperator(from start: Int) throws(SyntaxFailure) -> DistinctSyntax {
    let parameters = try readParameters()
    let columns = try parseNamedExpressionList()
    return DistinctSyntax(parameters: parameters, columns: columns, span: span(from: start))
  }
}

extension Printer {
  mutating func printDistinct(_ node: DistinctSyntax) {
    write("distinct ")
    printParameters(node.parameters)
    printColumns(node.columns)
  }
}
