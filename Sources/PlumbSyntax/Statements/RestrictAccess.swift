import PlumbDiagnostics

/// `restrict access to (T, U*)`.
package struct RestrictAccessSyntax: Sendable {
  /// Each may be a `.pattern`.
  package var entities: [SourceSyntax]
  package var span: SourceSpan
}

extension RestrictAccessSyntax {
  static let statement = StatementDeclaration.unsupported(
    "restrict", clauses: ["access", "to"], starts: { $0.atWord("access", after: 1) }
  ) { parser throws(SyntaxFailure) in .restrictAccess(try parser.parseRestrictAccessStatement()) }
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
