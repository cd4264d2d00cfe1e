import PlumbDiagnostics

/// `graph-to-table nodes as N, edges as E`: the tables of a graph.
package struct GraphToTableSyntax: Sendable {
  package enum Part: String, Hashable, Sendable {
    case nodes, edges
  }
  package struct Output: Sendable {
    package var part: Part
    package var name: NameSyntax?
    /// `with_node_id`, `with_source_id`, `with_target_id`
    package var parameters: [ParameterSyntax]
    package var span: SourceSpan
  }
  package var outputs: [Output]
  package var span: SourceSpan
}

extension GraphToTableSyntax: OperatorNode {
  static let settings: [OperatorDeclaration.Setting] = ["with_node_id", "with_source_id", "with_target_id"]

  package static let declarations = [
    OperatorDeclaration(
      "graph-to-table", usage: "graph-to-table nodes|edges",
      summary: "Returns the nodes or the edges of a graph as rows.",
      examples: ["edges | make-graph upstream --> downstream | graph-to-table nodes"],
      clauses: ["nodes", "edges", "as"], settings: settings
    ) { parser, start throws(SyntaxFailure) in try parser.parseGraphToTableOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printGraphToTable(self) }
}

extension Parser {
  mutating func parseGraphToTableOperator(from start: Int) throws(SyntaxFailure) -> GraphToTableSyntax {
    var outputs = [try parseGraphTable()]
    while skip(.comma) { outputs.append(try parseGraphTable()) }
    return GraphToTableSyntax(outputs: outputs, span: span(from: start))
  }

  /// `nodes as N with_node_id=id`
  private mutating func parseGraphTable() throws(SyntaxFailure) -> GraphToTableSyntax.Output {
    let start = index
    guard at(.word), let part = GraphToTableSyntax.Part(rawValue: token.text) else {
      throw unexpected("`nodes` or `edges`")
    }
    advance()
    let name = skipWord("as") ? try parseName("a name for the table") : nil
    let parameters = try readSettings(GraphToTableSyntax.settings)
    return GraphToTableSyntax.Output(
      part: part, name: name, parameters: parameters, span: span(from: start))
  }
}

extension Printer {
  mutating func printGraphToTable(_ node: GraphToTableSyntax) {
    write("graph-to-table ")
    list(node.outputs) { printer, output in
      printer.write(output.part.rawValue)
      if let name = output.name {
        printer.write(" as ")
        printer.printName(name)
      }
      for parameter in output.parameters {
        printer.write(" ")
        printer.printParameter(parameter)
      }
    }
  }
}
