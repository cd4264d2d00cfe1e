import PlumbDiagnostics

/// `top-nested 3 of a by sum(x), top-nested 2 of b by count()`: top values within top values.
package struct TopNestedSyntax: Sendable {
  package var levels: [TopNestedLevelSyntax]
  package var span: SourceSpan
}

package struct TopNestedLevelSyntax: Sendable {
  /// Nil for all values.
  package var count: ExpressionSyntax?
  package var expression: NamedExpressionSyntax
  /// `with others = "rest"`
  package var others: ExpressionSyntax?
  package var aggregate: NamedExpressionSyntax
  package var direction: SortDirection?
  package var span: SourceSpan
}

extension TopNestedSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "top-nested", usage: "top-nested n of column by aggregate(), ...",
      summary: "Finds the top values within the top values.",
      examples: ["runs | top-nested 3 of source by count(), top-nested 2 of pipeline by count()"],
      clauses: ["of", "with", "asc", "desc"], settings: ["others"], traits: .aggregates
    ) { parser, start throws(SyntaxFailure) in try parser.parseTopNestedOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printTopNested(self) }
}

extension Parser {
  mutating func parseTopNestedOperator(from start: Int) throws(SyntaxFailure) -> TopNestedSyntax {
    var levels = [try parseTopNestedLevel(from: start)]
    while at(.comma) {
      advance()
      let levelStart = index
      guard let word = operatorWord, word.text == "top-nested" else {
        throw unexpected("`top-nested` and the next level")
      }
      for _ in 0..<3 { advance() }
      levels.append(try parseTopNestedLevel(from: levelStart))
    }
    return TopNestedSyntax(levels: levels, span: span(from: start))
  }

  /// `3 of a with others = "rest" by sum(x) desc`, after the word `top-nested`.
  private mutating func parseTopNestedLevel(from start: Int) throws(SyntaxFailure) -> TopNestedLevelSyntax {
    let count = atWord("of") ? nil : try parseExpression()
    try expectWord("of", "and a column", help: "write `top-nested 3 of column by count()`")
    let expression = try parseNamedExpression()
    var others: ExpressionSyntax?
    if skipWord("with") {
      try expectWord("others", "after `with`", help: "write `with others = \"rest\"`")
      try expect(.assign, "=", "after `others`")
      others = try parseExpression()
    }
    try expectWord("by", "and an aggregate", help: "write `top-nested 3 of column by count()`")
    let aggregate = try parseNamedExpression()
    let direction = readDirection()
    return TopNestedLevelSyntax(
      count: count, expression: expression, others: others, aggregate: aggregate, direction: direction,
      span: span(from: start))
  }
}

extension Printer {
  mutating func printTopNested(_ node: TopNestedSyntax) {
    list(node.levels) { printer, level in
      printer.write("top-nested ")
      if let count = level.count {
        printer.printExpression(count)
        printer.write(" ")
      }
      printer.write("of ")
      printer.printNamed(level.expression)
      if let others = level.others {
        printer.write(" with others = ")
        printer.printExpression(others)
      }
      printer.write(" by ")
      printer.printNamed(level.aggregate)
      if let direction = level.direction { printer.write(" \(direction.rawValue)") }
    }
  }
}
