import PlumbDiagnostics

/// `project-by-names "a", dynamic(["b"])`: columns whose names are values.
package struct ProjectByNamesSyntax: Sendable {
  package var columns: [ExpressionSyntax]
  package var span: SourceSpan
}

extension Parser {
  mutating func parseProjectByNamesOperator(from start: Int) throws(SyntaxFailure) -> ProjectByNamesSyntax {
    let columns = try parseExpressionList()
    return ProjectByNamesSyntax(columns: columns, span: span(from: start))
  }
}

extension Printer {
  mutating func printProjectByNames(_ node: ProjectByNamesSyntax) {
    write("project-by-names ")
    list(node.columns) { $0.printExpression($1) }
  }
}
