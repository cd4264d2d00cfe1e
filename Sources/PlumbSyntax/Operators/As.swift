import PlumbDiagnostics

/// `as Name`: names the rows so far, for use later in the query.
package struct AsSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var name: NameSyntax
  package var span: SourceSpan
}

extension AsSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "as", usage: "as Name",
      summary: "Names the rows so far, for later parts of the query.",
      examples: [#"runs | where status == "failed" | as failed | union failed | count"#],
      operands: .nothing
    ) { parser, start throws(SyntaxFailure) in try parser.parseAsOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printAs(self) }
}

extension Parser {
  mutating func parseAsOperator(from start: Int) throws(SyntaxFailure) -> AsSyntax {
    let parameters = try readParameters()
    let name = try parseName("a name for the rows")
    return AsSyntax(parameters: parameters, name: name, span: span(from: start))
  }
}

extension Printer {
  mutating func printAs(_ node: AsSyntax) {
    write("as ")
    printParameters(node.parameters)
    printName(node.name)
  }
}
