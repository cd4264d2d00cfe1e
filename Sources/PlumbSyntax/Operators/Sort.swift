import PlumbDiagnostics

/// `sort by a, b asc nulls last`; also `order by`.
package struct SortSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var keys: [OrderedExpressionSyntax]
  package var span: SourceSpan
}

extension SortSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "order", usage: "order by column [asc|desc], ...",
      summary: "Sorts the rows like `sort`.",
      examples: ["pipelines | order by success_rate asc"],
      clauses: ["asc", "desc", "nulls", "first", "last"], operands: .order,
      mistake: { $0.mistakenDirection }
    ) { parser, start throws(SyntaxFailure) in try parser.parseSortOperator(from: start) },
    OperatorDeclaration(
      "sort", usage: "sort by column [asc|desc] [nulls first|last], ...",
      summary: "Sorts the rows, in descending order by default.",
      examples: ["pipelines | sort by success_rate asc"],
      clauses: ["asc", "desc", "nulls", "first", "last"], operands: .order,
      mistake: { $0.mistakenDirection }
    ) { parser, start throws(SyntaxFailure) in try parser.parseSortOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printSort(self) }
}

extension Parser {
  mutating func parseSortOperator(from start: Int) throws(SyntaxFailure) -> SortSyntax {
    let parameters = try readParameters()
    try expectWord("by", "and a column", help: sortHint)
    let keys = try parseOrderedExpressionList()
    return SortSyntax(parameters: parameters, keys: keys, span: span(from: start))
  }
}

extension Printer {
  mutating func printSort(_ node: SortSyntax) {
    write("sort ")
    printParameters(node.parameters)
    write("by ")
    list(node.keys) { $0.printOrdered($1) }
  }
}
