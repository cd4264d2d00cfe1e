import PlumbDiagnostics

/// `consume`: runs the query and returns nothing.
package struct ConsumeSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var span: SourceSpan
}

extension ConsumeSyntax: OperatorNode {
  static let settings: [OperatorDeclaration.Setting] = ["decodeblocks"]

  package static let declarations = [
    OperatorDeclaration(
      "consume", usage: "consume",
      summary: "Reads all rows and returns none.",
      examples: ["runs | consume"],
      settings: settings, operands: .nothing
    ) { parser, start throws(SyntaxFailure) in try parser.parseConsumeOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printConsume(self) }
}

extension Parser {
  mutating func parseConsumeOperator(from start: Int) throws(SyntaxFailure) -> ConsumeSyntax {
    let parameters = try readSettings(ConsumeSyntax.settings)
    return ConsumeSyntax(parameters: parameters, span: span(from: start))
  }
}

extension Printer {
  mutating func printConsume(_ node: ConsumeSyntax) {
    write("consume")
    for parameter in node.parameters {
      write(" ")
      printParameter(parameter)
    }
  }
}
