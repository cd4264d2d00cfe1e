import PlumbDiagnostics

/// `render timechart with (title="x")`: how to draw the result.
package struct RenderSyntax: Sendable {
  package var visualization: NameSyntax
  package var properties: [RenderPropertySyntax]
  package var span: SourceSpan
}

package struct RenderPropertySyntax: Sendable {
  package var name: NameSyntax
  /// One value, except for lists of columns (`ycolumns=a, b`).
  package var values: [ExpressionSyntax]
  package var span: SourceSpan

  /// Whether it is the older `render chart by a, b`.
  package var isBy: Bool { name.text == "by" && !name.isQuoted }
}

extension RenderSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "render", usage: "render chart [with (...)]",
      summary: "Chooses how to draw the result.",
      examples: ["runs | summarize count() by bin(started, 1d) | render timechart"],
      clauses: ["with"], operands: .chart
    ) { parser, start throws(SyntaxFailure) in try parser.parseRenderOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printRender(self) }
}

extension Parser {
  mutating func parseRenderOperator(from start: Int) throws(SyntaxFailure) -> RenderSyntax {
    let visualization = try parseName("a chart such as `timechart`")
    var properties: [RenderPropertySyntax] = []
    // The old form has no brackets: `render areachart kind=stacked`.
    while atName, !atWord("with"), !atWord("by"), !isAfterEmptyLine { properties.append(try parseRenderProperty()) }
    if atWord("by"), !isAfterEmptyLine {
      let by = advance()
      let columns = try parseNameList()
      let property = RenderPropertySyntax(
        name: NameSyntax(text: "by", span: by.span, isQuoted: false), values: columns.map { .name($0) }, span: by.span)
      properties.insert(property, at: 0)
    }
    if skipWord("with") {
      let nesting = try enter(.leftParen, "after `with`")
      if !isClosing(nesting) {
        repeat { properties.append(try parseRenderProperty()) } while skip(.comma)
      }
      try leave(nesting)
    }
    return RenderSyntax(visualization: visualization, properties: properties, span: span(from: start))
  }

  /// `title="x"`, `ycolumns=a, b`: a list continues until the next name with `=`.
  private mutating func parseRenderProperty() throws(SyntaxFailure) -> RenderPropertySyntax {
    let start = index
    let name = try parseName("a property of the chart")
    try expect(.assign, "=", "after the property's name")
    var values = [try parseRenderValue()]
    while at(.comma), token(after: 1 + nameLength(after: 1)).kind != .assign {
      advance()
      values.append(try parseRenderValue())
    }
    return RenderPropertySyntax(name: name, values: values, span: span(from: start))
  }

  /// A literal, with a sign before a number, or a name.
  private mutating func parseRenderValue() throws(SyntaxFailure) -> ExpressionSyntax {
    guard at(.minus) else { return try parseParameterValue() }
    let sign = advance()
    let literal = try parseLiteral()
    return .unary(
      UnarySyntax(
        operator: .minus, operatorSpan: sign.span, operand: .literal(literal),
        span: SourceSpan.joining(sign.span, literal.span)))
  }
}

extension Printer {
  mutating func printRender(_ node: RenderSyntax) {
    write("render ")
    printName(node.visualization)
    let by = node.properties.filter(\.isBy)
    for property in by {
      write(" by ")
      list(property.values) { $0.printExpression($1) }
    }
    guard node.properties.count > by.count else { return }
    write(" with (")
    list(node.properties.filter { !$0.isBy }) { printer, property in
      printer.printName(property.name)
      printer.write("=")
      printer.list(property.values) { $0.printExpression($1) }
    }
    write(")")
  }
}
