import PlumbDiagnostics

/// `project-keep a, b*`: these columns, in their own order.
package struct ProjectKeepSyntax: Sendable {
  package var columns: [NamePatternSyntax]
  package var span: SourceSpan
}

extension ProjectKeepSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "project-keep", usage: "project-keep column, ...",
      summary: "Keeps columns in their order.",
      examples: ["pipelines | project-keep name, status"],
      operands: .columns
    ) { parser, start throws(SyntaxFailure) in try parser.parseProjectKeepOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printProjectKeep(self) }
}

extension Parser {
  mutating func parseProjectKeepOperator(from start: Int) throws(SyntaxFailure) -> ProjectKeepSyntax {
    let columns = try parseNamePatternList()
    return ProjectKeepSyntax(columns: columns, span: span(from: start))
  }
}

extension Printer {
  mutating func printProjectKeep(_ node: ProjectKeepSyntax) {
    write("project-keep ")
    list(node.columns) { $0.printPattern($1) }
  }
}
