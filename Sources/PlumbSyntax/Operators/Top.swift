import PlumbDiagnostics

/// `top 5 by x desc`: the first rows of an order.
package struct TopSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var count: ExpressionSyntax
  /// Empty if `by` is missing: then the source's own ranking applies.
  package var keys: [OrderedExpressionSyntax]
  package var span: SourceSpan
}

extension TopSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "top", usage: "top n by column [asc|desc]",
      summary: "Keeps the first n rows of an order.",
      examples: ["runs | top 5 by duration"],
      clauses: ["asc", "desc", "nulls", "first", "last"], operands: .order,
      mistake: { parser in
        parser.mistakenDirection
          ?? (parser.atName && parser.token(before: 2).kind == .word ? ("found \(parser.found) where `by` should be", parser.atWord("by", after: 1) ? "remove `\(parser.token.text)`" : "write `by \(parser.token.text)`") : nil)
      }
    ) { parser, start throws(SyntaxFailure) in try parser.parseTopOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printTop(self) }
}

extension Parser {
  mutating func parseTopOperator(from start: Int) throws(SyntaxFailure) -> TopSyntax {
    let parameters = try readParameters()
    let count = try readCount("top")
    let keys = skipWord("by") ? try parseOrderedExpressionList() : []
    return TopSyntax(parameters: parameters, count: count, keys: keys, span: span(from: start))
  }
}

extension Printer {
  mutating func printTop(_ node: TopSyntax) {
    write("top ")
    printParameters(node.parameters)
    printExpression(node.count)
    if !node.keys.isEmpty {
      write(" by ")
      list(node.keys) { $0.printOrdered($1) }
    }
  }
}
