import PlumbDiagnostics

/// `project-keep a, b*`: these columns, in their own order.
public struct ProjectKeepSyntax: Sendable {
  public var columns: [NamePatternSyntax]
  public var span: SourceSpan
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
