import PlumbDiagnostics

/// `partition by a (top 1 by b)`: runs a subquery over each group of rows.
package struct PartitionSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var key: ExpressionSyntax
  /// Starts with `.implied` in round brackets; in the old form `{ T | ... }` with its own source.
  package var query: QuerySyntax
  package var isLegacy: Bool
  package var span: SourceSpan
}

extension PartitionSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "partition", usage: "partition by column (steps)",
      summary: "Runs steps separately for the rows of each value.",
      examples: ["runs | partition by source (top 1 by duration)"],
      traits: [.aggregates, .holdsSteps]
    ) { parser, start throws(SyntaxFailure) in try parser.parsePartitionOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printPartition(self) }
}

extension Parser {
  mutating func parsePartitionOperator(from start: Int) throws(SyntaxFailure) -> PartitionSyntax {
    let parameters = try readParameters()
    try expectWord("by", "and a column after `partition`")
    // The bracket after the column belongs to the subquery, so the key is a plain reference.
    let key = try parsePartitionKey()
    let isLegacy = at(.leftBrace)
    let nesting = try enter(isLegacy ? .leftBrace : .leftParen, "before the subquery")
    let query = isLegacy ? try parseQuery() : try parseImpliedQuery()
    try leave(nesting)
    return PartitionSyntax(
      parameters: parameters, key: key, query: query, isLegacy: isLegacy, span: span(from: start))
  }

  /// `a`, `a.b`
  private mutating func parsePartitionKey() throws(SyntaxFailure) -> ExpressionSyntax {
    let first = try parseName("a column")
    var key = ExpressionSyntax.name(first)
    height = 1
    while skip(.dot) {
      let name = try parseName("a property's name")
      let whole = SourceSpan.joining(first.span, name.span)
      try rise(to: height + 1, span: whole)
      key = .member(MemberSyntax(base: key, name: name, span: whole))
    }
    return key
  }
}

extension Printer {
  mutating func printPartition(_ node: PartitionSyntax) {
    write("partition ")
    printParameters(node.parameters)
    write("by ")
    printExpression(node.key)
    write(node.isLegacy ? " { " : " (")
    printInnerQuery(node.query)
    write(node.isLegacy ? " }" : ")")
  }
}
