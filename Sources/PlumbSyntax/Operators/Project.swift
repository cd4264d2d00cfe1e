import PlumbDiagnostics

/// `project a, b = x`: exactly these columns.
package struct ProjectSyntax: Sendable {
  package var columns: [NamedExpressionSyntax]
  package var span: SourceSpan
}

extension Parser {
  mutating func parseProjectOperator(from start: Int) throws(SyntaxFailure) -> ProjectSyntax {
    let columns = try parseNamedExpressionList()
    return ProjectSyntax(columns: columns, span: span(from: start))
  }
}

extension Printer {
  mutating func printProject(_ node: ProjectSyntax) {
    write("project ")
    printColumns(node.columns)
  }
}
