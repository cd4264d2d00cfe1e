import PlumbDiagnostics

/// `project-away a, b*`: all columns but these.
package struct ProjectAwaySyntax: Sendable {
  package var columns: [NamePatternSyntax]
  package var span: SourceSpan
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
