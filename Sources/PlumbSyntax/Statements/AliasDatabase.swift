import PlumbDiagnostics

/// `alias database name = cluster("c").database("d")`.
package struct AliasDatabaseSyntax: Sendable {
  package var name: NameSyntax
  package var target: ExpressionSyntax
  package var span: SourceSpan
}

extension AliasDatabaseSyntax {
  static let statement = StatementDeclaration(
    "alias", usage: "alias database Name = database(\"other\");",
    summary: "Names a database for the `database(...)` of the statements after it.",
    examples: [#"alias database here = database(); database("here").runs | count"#],
    clauses: ["database"], starts: { $0.atWord("database", after: 1) }
  ) { parser throws(SyntaxFailure) in .aliasDatabase(try parser.parseAliasDatabaseStatement()) }
}

extension Parser {
  mutating func parseAliasDatabaseStatement() throws(SyntaxFailure) -> AliasDatabaseSyntax {
    let start = index
    advance()
    advance()
    let name = try parseName("a name for the database")
    try expect(.assign, "=", "and the database")
    let target = try parseReference()
    return AliasDatabaseSyntax(name: name, target: target, span: span(from: start))
  }
}

extension Printer {
  mutating func printAliasDatabase(_ node: AliasDatabaseSyntax) {
    write("alias database ")
    printName(node.name)
    write(" = ")
    printExpression(node.target)
  }
}
