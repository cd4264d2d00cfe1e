import PlumbDiagnostics

/// `graph-mark-components kind=weak with_component_id=c`: numbers the connected parts.
package struct GraphMarkComponentsSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var span: SourceSpan
}

extension Parser {
  mutating func parseGraphMarkComponentsOperator(from start: Int) throws(SyntaxFailure) -> GraphMarkComponentsSyntax {
    let parameters = try readParameters("kind", "with_component_id")
    return GraphMarkComponentsSyntax(parameters: parameters, span: span(from: start))
  }
}

extension Printer {
  mutating func printGraphMarkComponents(_ node: GraphMarkComponentsSyntax) {
    write("graph-mark-components")
    for parameter in node.parameters {
      write(" ")
      printParameter(parameter)
    }
  }
}
