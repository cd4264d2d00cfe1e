import PlumbDiagnostics

/// `project a, b = x`: exactly these columns.
package struct ProjectSyntax: Sendable {
  package var columns: [NamedExpressionSyntax]
  package var span: SourceSpan
}

extension ProjectSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "project", usage: "project name = expression, ...",
      summary: "Selects, computes and orders the columns.",
      examples: ["runs | project pipeline, minutes = duration / 1m | take 5"]
    ) { parser, start throws(SyntaxFailure) in try parser.parseProjectOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printProject(self) }
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
