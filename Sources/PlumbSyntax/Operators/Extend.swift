import PlumbDiagnostics

/// `extend a = x, y`: adds columns.
public struct ExtendSyntax: Sendable {
  public var columns: [NamedExpressionSyntax]
  public var span: SourceSpan
}

extension Parser {
  mutating func parseExtendOperator(from start: Int) throws(SyntaxFailure) -> ExtendSyntax {
    let columns = try parseNamedExpressionList()
    return ExtendSyntax(columns: columns, span: span(from: start))
  }
}

extension Printer {
  mutating func printExtend(_ node: ExtendSyntax) {
    write("extend ")
    printColumns(node.columns)
  }
}
