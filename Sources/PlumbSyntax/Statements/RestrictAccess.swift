import PlumbDiagnostics

/// `restrict access to (T, U*)`.
public struct RestrictAccessSyntax: Sendable {
  /// Each may be a `.pattern`.
  public var entities: [SourceSyntax]
  public var span: SourceSpan
}

extension Parser {
  mutating func parseRestrictAccessStatement() throws(SyntaxFailure) -> RestrictAccessSyntax {
    let start = index
    advance()
    advance()
    try expectWord("to", "after `restrict access`")
    let entities = try parseTablePatternList()
    return RestrictAccessSyntax(entities: entities, span: span(from: start))
  }
}

extension Printer {
  mutating func printRestrictAccess(_ node: RestrictAccessSyntax) {
    write("restrict access to (")
    list(node.entities) { $0.printSource($1) }
    write(")")
  }
}
