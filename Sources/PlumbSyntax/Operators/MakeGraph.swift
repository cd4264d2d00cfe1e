import PlumbDiagnostics

/// `make-graph a --> b with Nodes on id`: makes a graph from a table of edges.
package struct MakeGraphSyntax: Sendable {
  package struct NodeTable: Sendable {
    package var table: SourceSyntax
    package var key: NameSyntax
  }
  package var parameters: [ParameterSyntax]
  package var source: NameSyntax
  package var target: NameSyntax
  /// None, one or two.
  package var nodeTables: [NodeTable]
  /// `with_node_id=name`
  package var nodeID: NameSyntax?
  /// `partitioned-by column (steps)`: a graph for each value of the column, and what is done with each; starts with `.implied`.
  package var partition: (column: NameSyntax, steps: QuerySyntax)?
  package var span: SourceSpan
}

extension MakeGraphSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "make-graph", usage: "make-graph source --> target [with Nodes on key] [partitioned-by column (steps)]",
      summary: "Makes a graph from rows of edges.",
      examples: ["edges | make-graph upstream --> downstream | graph-to-table nodes"],
      clauses: ["with", "partitioned", "by"], settings: ["with_node_id"]
    ) { parser, start throws(SyntaxFailure) in try parser.parseMakeGraphOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printMakeGraph(self) }
}

extension Parser {
  mutating func parseMakeGraphOperator(from start: Int) throws(SyntaxFailure) -> MakeGraphSyntax {
    let parameters = try readParameters()
    let source = try parseName("the column of sources")
    guard at(.minus), token(after: 1).kind == .minus, token(after: 2).kind == .greater else {
      throw unexpected("`-->`", help: "write `make-graph source --> target`")
    }
    for _ in 0..<3 { advance() }
    let target = try parseName("the column of targets")
    var tables: [MakeGraphSyntax.NodeTable] = []
    var nodeID: NameSyntax?
    if atWord("with_node_id"), token(after: 1).kind == .assign {
      advance()
      advance()
      nodeID = try parseName("a name for the nodes' id")
    } else if skipWord("with") {
      repeat { tables.append(try parseGraphNodeTable()) } while skip(.comma)
    }
    var partition: (column: NameSyntax, steps: QuerySyntax)?
    if at(.end) { expected?.note("partitioned-by") }
    if atWord("partitioned"), token(after: 1).kind == .minus, token(after: 2).kind == .word, token(after: 2).text == "by" {
      for _ in 0..<3 { advance() }
      let column = try parseName("the column that has a graph for each value")
      let nesting = try enter(.leftParen, "before the steps on each graph")
      partition = (column, try parseImpliedQuery())
      try leave(nesting)
    }
    return MakeGraphSyntax(
      parameters: parameters, source: source, target: target, nodeTables: tables, nodeID: nodeID, partition: partition,
      span: span(from: start))
  }

  /// `Nodes on id`
  private mutating func parseGraphNodeTable() throws(SyntaxFailure) -> MakeGraphSyntax.NodeTable {
    let table = try parseTableOperand()
    try expectWord("on", "and the nodes' key")
    return MakeGraphSyntax.NodeTable(table: table, key: try parseName("the nodes' key"))
  }
}

extension Printer {
  mutating func printMakeGraph(_ node: MakeGraphSyntax) {
    write("make-graph ")
    printParameters(node.parameters)
    printName(node.source)
    write(" --> ")
    printName(node.target)
    if let nodeID = node.nodeID {
      write(" with_node_id=")
      printName(nodeID)
    }
    if !node.nodeTables.isEmpty {
      write(" with ")
      list(node.nodeTables) { printer, nodes in
        printer.printSource(nodes.table)
        printer.write(" on ")
        printer.printName(nodes.key)
      }
    }
    guard let partition = node.partition else { return }
    write(" partitioned-by ")
    printName(partition.column)
    write(" (")
    printInnerQuery(partition.steps)
    write(")")
  }
}
