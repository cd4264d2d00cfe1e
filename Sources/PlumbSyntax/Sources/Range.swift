import PlumbDiagnostics

/// `range x from a to b step c`: one column of evenly spaced values.
package struct RangeSyntax: Sendable {
  package var name: NameSyntax
  package var from: ExpressionSyntax
  package var to: ExpressionSyntax
  package var step: ExpressionSyntax
  package var span: SourceSpan
}

extension RangeSyntax {
  static let source = SourceDeclaration(
    "range", usage: "range name from a to b step c",
    summary: "Makes a column of evenly spaced values.",
    examples: ["range n from 1 to 10 step 1"],
    clauses: ["from", "to", "step"], starts: { parser in
      let length = parser.nameLength(after: 1)
      return length > 0 && parser.atWord("from", after: 1 + length)
     }
  ) { parser throws(SyntaxFailure) in .range(try parser.parseRangeSource()) }
}

extension Parser {
  mutating func parseRangeSource() throws(SyntaxFailure) -> RangeSyntax {
    let start = index
    advance()
    let name = try parseName("a column's name")
    try expectWord("from", "and the first value")
    let from = try parseExpression()
    try expectWord("to", "and the last value", help: "write `range x from 1 to 10 step 1`")
    let to = try parseExpression()
    try expectWord("step", "and the distance between values", help: "write `range x from 1 to 10 step 1`")
    let step = try parseExpression()
    return RangeSyntax(name: name, from: from, to: to, step: step, span: span(from: start))
  }
}

extension Printer {
  mutating func printRange(_ node: RangeSyntax) {
    write("range ")
    printName(node.name)
    write(" from ")
    printExpression(node.from)
    write(" to ")
    printExpression(node.to)
    write(" step ")
    printExpression(node.step)
  }
}
