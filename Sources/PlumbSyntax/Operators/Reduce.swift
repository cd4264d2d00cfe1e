import PlumbDiagnostics

/// `reduce by x with threshold=0.1`: groups similar texts under patterns.
package struct ReduceSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var expression: NamedExpressionSyntax
  package var properties: [ParameterSyntax]
  package var span: SourceSpan
}

extension ReduceSyntax: OperatorNode {
  static let settings: [OperatorDeclaration.Setting] = ["kind"]

  package static let declarations = [
    OperatorDeclaration(
      "reduce", usage: "reduce [kind=source] by text [with threshold=0.1, characters=\"...\"]",
      summary: "Groups similar texts under patterns such as `job * failed`.",
      examples: ["errors | reduce by message", "errors | reduce by message with threshold=0.01"],
      clauses: ["by", "with"], settings: settings
    ) { parser, start throws(SyntaxFailure) in
      try parser.parseReduceOperator(from: start)
    },
  ]

  package func print(to printer: inout Printer) { printer.printReduce(self) }
}

extension Parser {
  mutating func parseReduceOperator(from start: Int) throws(SyntaxFailure) -> ReduceSyntax {
    let parameters = try readSettings(ReduceSyntax.settings)
    try expectWord("by", "and a text after `reduce`")
    let expression = try parseNamedExpression()
    var properties: [ParameterSyntax] = []
    if skipWord("with") {
      if at(.leftParen) {
        properties = try parsePropertyList()
      } else {
        repeat { properties.append(try parseProperty()) } while skip(.comma)
      }
    }
    return ReduceSyntax(parameters: parameters, expression: expression, properties: properties, span: span(from: start))
  }
}

extension Printer {
  mutating func printReduce(_ node: ReduceSyntax) {
    write("reduce ")
    printParameters(node.parameters)
    write("by ")
    printNamed(node.expression)
    if !node.properties.isEmpty {
      write(" with ")
      list(node.properties) { $0.printParameter($1) }
    }
  }
}
