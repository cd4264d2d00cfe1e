import PlumbDiagnostics

/// `graph-mark-components kind=weak with_component_id=c`: numbers the connected parts.
package struct GraphMarkComponentsSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var span: SourceSpan
}

extension GraphMarkComponentsSyntax: OperatorNode {
  static let settings: [OperatorDeclaration.Setting] = ["kind", "with_component_id"]

  package static let declarations = [
    OperatorDeclaration(
      "graph-mark-components", usage: "graph-mark-components",
      summary: "Numbers the connected parts of a graph.",
      examples: ["edges | make-graph upstream --> downstream with pipelines on name | graph-mark-components | graph-to-table nodes"],
      settings: settings
    ) { parser, start throws(SyntaxFailure) in try parser.parseGraphMarkComponentsOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printGraphMarkComponents(self) }
}

extension Parser {
  mutating func parseGraphMarkComponentsOperator(from start: Int) throws(SyntaxFailure) -> GraphMarkComponentsSyntax {
    let parameters = try readSettings(GraphMarkComponentsSyntax.settings)
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
