import PlumbDiagnostics

/// `make-series n = count() default = 0 on t from a to b step c by d`: one array for each group.
package struct MakeSeriesSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var aggregates: [SeriesAggregateSyntax]
  package var axis: NamedExpressionSyntax
  /// Nil if not written; then the ends of the data are used.
  package var from: ExpressionSyntax?
  package var to: ExpressionSyntax?
  package var step: ExpressionSyntax
  /// Whether it was written `in range(from, to, step)`, whose end belongs to the series.
  package var isInRange: Bool
  package var groups: [NamedExpressionSyntax]
  package var span: SourceSpan
}

package struct SeriesAggregateSyntax: Sendable {
  package var aggregate: NamedExpressionSyntax
  package var defaultValue: ExpressionSyntax?
  package var span: SourceSpan
}

extension MakeSeriesSyntax: OperatorNode {
  static let settings: [OperatorDeclaration.Setting] = ["kind"]

  package static let declarations = [
    OperatorDeclaration(
      "make-series", aliases: ["makeseries"], usage: "make-series name = aggregate() on column [from a to b] step s [by column, ...]",
      summary: "Makes arrays of values at regular steps.",
      examples: [#"runs | make-series failed = countif(status == "failed") on started from ago(7d) to now() step 1d by source"#],
      clauses: ["from", "to", "step", "in", "range"], settings: settings + ["default"], traits: .aggregates
    ) { parser, start throws(SyntaxFailure) in try parser.parseMakeSeriesOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printMakeSeries(self) }
}

extension Parser {
  mutating func parseMakeSeriesOperator(from start: Int) throws(SyntaxFailure) -> MakeSeriesSyntax {
    let parameters = try readSettings(MakeSeriesSyntax.settings)
    var aggregates = [try parseSeriesAggregate()]
    while skip(.comma) { aggregates.append(try parseSeriesAggregate()) }
    try expectWord(
      "on", "and the column of the axis", help: atWord("by") ? "write `on t step 1h` first, as in `make-series count() on t step 1h by a`" : nil)
    var axis = try parseNamedExpression()
    var isInRange = false
    var from: ExpressionSyntax?
    var to: ExpressionSyntax?
    let step: ExpressionSyntax
    // `on t in range(a, b, c)` has already been parsed as a membership.
    if case .membership(let node) = axis.expression, node.operator == .in, node.list.count == 1,
      case .call(let range) = node.list[0], range.name.text == "range", range.arguments.count == 3
    {
      isInRange = true
      axis.expression = node.operand
      from = range.arguments[0].value
      to = range.arguments[1].value
      step = range.arguments[2].value
    } else {
      if skipWord("from") { from = try parseExpression() }
      if skipWord("to") { to = try parseExpression() }
      try expectWord("step", "and the distance between points")
      step = try parseExpression()
    }
    let groups = skipWord("by") ? try parseNamedExpressionList() : []
    return MakeSeriesSyntax(
      parameters: parameters, aggregates: aggregates, axis: axis, from: from, to: to, step: step,
      isInRange: isInRange, groups: groups, span: span(from: start))
  }

  /// `n = count() default = 0`
  private mutating func parseSeriesAggregate() throws(SyntaxFailure) -> SeriesAggregateSyntax {
    let start = index
    let aggregate = try parseNamedExpression()
    var defaultValue: ExpressionSyntax?
    if skipWord("default") {
      try expect(.assign, "=", "after `default`")
      defaultValue = try parseExpression()
    }
    return SeriesAggregateSyntax(aggregate: aggregate, defaultValue: defaultValue, span: span(from: start))
  }
}

extension Printer {
  mutating func printMakeSeries(_ node: MakeSeriesSyntax) {
    write("make-series ")
    printParameters(node.parameters)
    list(node.aggregates) { printer, aggregate in
      printer.printNamed(aggregate.aggregate)
      if let value = aggregate.defaultValue {
        printer.write(" default = ")
        printer.printExpression(value)
      }
    }
    write(" on ")
    printNamed(node.axis)
    if node.isInRange {
      write(" in range(")
      list([node.from, node.to, node.step].compactMap { $0 }) { $0.printExpression($1) }
      write(")")
    } else {
      if let from = node.from {
        write(" from ")
        printExpression(from)
      }
      if let to = node.to {
        write(" to ")
        printExpression(to)
      }
      write(" step ")
      printExpression(node.step)
    }
    if !node.groups.isEmpty {
      write(" by ")
      printColumns(node.groups)
    }
  }
}
