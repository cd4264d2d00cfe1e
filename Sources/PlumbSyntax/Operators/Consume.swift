import PlumbDiagnostics

/// `consume`: runs the query and gives nothing back.
package struct ConsumeSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var span: SourceSpan
}

extension Parser {
  mutating func parseConsumeOperator(from start: Int) throws(SyntaxFailure) -> ConsumeSyntax {
    let parameters = try readParameters("decodeblocks")
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
