import PlumbDiagnostics

/// `project-keep a, b*`: these columns, in their own order.
package struct ProjectKeepSyntax: Sendable {
  package var columns: [NamePatternSyntax]
  package var span: SourceSpan
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
