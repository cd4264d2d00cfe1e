import PlumbDiagnostics

/// `project-by-names "a", dynamic(["b"])`: columns whose names are values.
package struct ProjectByNamesSyntax: Sendable {
  package var columns: [ExpressionSyntax]
  package var span: SourceSpan
}

extension ProjectByNamesSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "project-by-names", usage: #"project-by-names "name", ..."#,
      summary: "Selects columns by strings, which may contain `*`.",
      examples: [#"pipelines | project-by-names "name", "last_*""#]
    ) { parser, start throws(SyntaxFailure) in try parser.parseProjectByNamesOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printProjectByNames(self) }
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
