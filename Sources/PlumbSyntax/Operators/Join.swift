import PlumbDiagnostics

/// `join kind=inner (U) on a, $left.x == $right.y`: pairs rows of two tables.
package struct JoinSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var right: SourceSyntax
  /// Names, or comparisons of `$left.x` and `$right.y`; empty when `on` is missing.
  package var conditions: [ExpressionSyntax]
  package var span: SourceSpan
}

extension Parser {
  mutating func parseJoinOperator(from start: Int) throws(SyntaxFailure) -> JoinSyntax {
    let parameters = try readParameters("kind")
    let right = try parseTableOperand()
    let conditions = skipWord("on") ? try parseExpressionList() : []
    return JoinSyntax(parameters: parameters, right: right, conditions: conditions, span: span(from: start))
  }
}

extension Printer {
  mutating func printJoin(_ node: JoinSyntax) {
    write("join ")
    printParameters(node.parameters)
    printSource(node.right)
    if !node.conditions.isEmpty {
      write(" on ")
      list(node.conditions) { $0.printExpression($1) }
    }
  }
}
