import PlumbDiagnostics

/// `mv-apply a to typeof(long) on (subquery)`: runs a subquery over each row's elements.
package struct MvApplySyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var columns: [ExpandedColumnSyntax]
  package var limit: ExpressionSyntax?
  /// Starts with `.implied`.
  package var query: QuerySyntax
  package var span: SourceSpan
}

extension MvApplySyntax: OperatorNode {
  static let settings: [OperatorDeclaration.Setting] = ["bagexpansion", "kind", "with_itemindex"]

  package static let declarations = [
    OperatorDeclaration(
      "mv-apply", aliases: ["mvapply"], usage: "mv-apply item = array on (steps)",
      summary: "Runs steps over the elements of an array in each row.",
      examples: ["print n = dynamic([3, 1, 2]) | mv-apply n to typeof(long) on (summarize largest = max(n))"],
      clauses: ["to", "typeof", "limit", "on"], settings: settings, traits: [.aggregates, .holdsSteps]
    ) { parser, start throws(SyntaxFailure) in try parser.parseMvApplyOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printMvApply(self) }
}

extension Parser {
  mutating func parseMvApplyOperator(from start: Int) throws(SyntaxFailure) -> MvApplySyntax {
    let parameters = try readSettings(MvApplySyntax.settings)
    let columns = try parseExpandedColumnList()
    let limit = skipWord("limit") ? try parseExpression() : nil
    try expectWord("on", "and a subquery in brackets")
    let nesting = try enter(.leftParen, "after `on`")
    let query = try parseImpliedQuery()
    try leave(nesting)
    return MvApplySyntax(parameters: parameters, columns: columns, limit: limit, query: query, span: span(from: start))
  }
}

extension Printer {
  mutating func printMvApply(_ node: MvApplySyntax) {
    write("mv-apply ")
    printParameters(node.parameters)
    printExpandedColumns(node.columns)
    if let limit = node.limit {
      write(" limit ")
      printExpression(limit)
    }
    write(" on (")
    printInnerQuery(node.query)
    write(")")
  }
}
