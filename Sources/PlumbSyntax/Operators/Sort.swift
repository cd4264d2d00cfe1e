import PlumbDiagnostics

/// `sort by a, b asc nulls last`; also `order by`.
package struct SortSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var keys: [OrderedExpressionSyntax]
  package var span: SourceSpan
}

extension Parser {
  mutating func parseSortOperator(from start: Int) throws(SyntaxFailure) -> SortSyntax {
    let parameters = try readParameters()
    try expectWord("by", "and a column", help: "write `sort by column`")
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
