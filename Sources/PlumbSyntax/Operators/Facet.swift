import PlumbDiagnostics

/// `facet by a, b with (take 5)`: a table of counts for each column, and the rows.
package struct FacetSyntax: Sendable {
  package var columns: [NameSyntax]
  /// Starts with `.implied`.
  package var query: QuerySyntax?
  package var span: SourceSpan
}

extension FacetSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "facet", usage: "facet by columns [with (steps)]",
      summary: "Returns a table for each column, with its values and their number of rows; ends the query.",
      examples: ["runs | facet by source, status", "runs | facet by status with (where status == \"failed\" | take 3)"],
      clauses: ["by", "with"], operands: .columns, traits: [.holdsSteps]
    ) { parser, start throws(SyntaxFailure) in try parser.parseFacetOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printFacet(self) }
}

extension Parser {
  mutating func parseFacetOperator(from start: Int) throws(SyntaxFailure) -> FacetSyntax {
    try expectWord("by", "and columns after `facet`")
    let columns = try parseNameList()
    var query: QuerySyntax?
    if skipWord("with") {
      let nesting = try enter(.leftParen, "after `with`")
      query = try parseImpliedQuery()
      try leave(nesting)
    }
    return FacetSyntax(columns: columns, query: query, span: span(from: start))
  }
}

extension Printer {
  mutating func printFacet(_ node: FacetSyntax) {
    write("facet by ")
    list(node.columns) { $0.printName($1) }
    if let query = node.query {
      write(" with (")
      printInnerQuery(query)
      write(")")
    }
  }
}
