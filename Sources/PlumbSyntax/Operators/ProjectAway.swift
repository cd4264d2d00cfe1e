import PlumbDiagnostics

/// `project-away a, b*`: all columns but these.
package struct ProjectAwaySyntax: Sendable {
  package var columns: [NamePatternSyntax]
  package var span: SourceSpan
}

extension ProjectAwaySyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "project-away", usage: "project-away column, ...",
      summary: "Drops columns.",
      examples: ["pipelines | project-away region, vendor, backup"],
      operands: .columns
    ) { parser, start throws(SyntaxFailure) in try parser.parseProjectAwayOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printProjectAway(self) }
}

extension Parser {
  mutating func parseProjectAwayOperator(from start: Int) throws(SyntaxFailure) -> ProjectAwaySyntax {
    let columns = try parseNamePatternList()
    return ProjectAwaySyntax(columns: columns, span: span(from: start))
  }
}

extension Printer {
  mutating func printProjectAway(_ node: ProjectAwaySyntax) {
    write("project-away ")
    list(node.columns) { $0.printPattern($1) }
  }
}
