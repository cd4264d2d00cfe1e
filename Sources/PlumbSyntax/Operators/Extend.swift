import PlumbDiagnostics

/// `extend a = x, y`: adds columns.
package struct ExtendSyntax: Sendable {
  package var columns: [NamedExpressionSyntax]
  package var span: SourceSpan
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
