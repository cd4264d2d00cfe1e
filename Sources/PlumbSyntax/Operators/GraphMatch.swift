import PlumbDiagnostics

/// `graph-match (a)-[e]->(b) where x project y`; also `graph-shortest-paths`.
package struct GraphMatchSyntax: Sendable {
  package var isShortestPaths: Bool
  package var parameters: [ParameterSyntax]
  package var patterns: [GraphPatternSyntax]
  package var predicate: ExpressionSyntax?
  package var projection: [NamedExpressionSyntax]
  package var span: SourceSpan
}

/// A path: one more node than edges.
package struct GraphPatternSyntax: Sendable {
  package struct Node: Sendable {
    package var name: NameSyntax?
    package var span: SourceSpan
  }
  package enum Direction: String, Hashable, Sendable {
    case forward, backward, either
  }
  package struct Edge: Sendable {
    package var name: NameSyntax?
    package var direction: Direction
    /// `*1..3`; nil for a single edge.
    package var lengths: (lower: ExpressionSyntax, upper: ExpressionSyntax)?
    package var span: SourceSpan
  }
  package var nodes: [Node]
  package var edges: [Edge]
  package var span: SourceSpan
}

extension GraphMatchSyntax: OperatorNode {
  static let settings: [OperatorDeclaration.Setting] = ["cycles", "output"]

  package static let declarations = [
    OperatorDeclaration(
      "graph-match", usage: "graph-match (a)-[e]->(b) [where condition] project column, ...",
      summary: "Finds patterns in a graph.",
      examples: [#"edges | make-graph upstream --> downstream with pipelines on name | graph-match (a)-[e]->(b) where b.status == "failed" project a.name, b.name"#],
      clauses: ["where", "project"], settings: settings
    ) { parser, start throws(SyntaxFailure) in try parser.parseGraphMatchOperator(from: start, isShortestPaths: false) },
    OperatorDeclaration(
      "graph-shortest-paths", usage: "graph-shortest-paths (a)-[e*1..5]->(b) [where condition] project column, ...",
      summary: "Finds a shortest path between nodes.",
      examples: [#"edges | make-graph upstream --> downstream with pipelines on name | graph-shortest-paths (a)-[e*1..5]->(b) where a.name == "entra-signin-eastus" project b.name"#],
      clauses: ["where", "project"], settings: settings
    ) { parser, start throws(SyntaxFailure) in try parser.parseGraphMatchOperator(from: start, isShortestPaths: true) },
  ]

  package func print(to printer: inout Printer) { printer.printGraphMatch(self) }
}

extension Parser {
  mutating func parseGraphMatchOperator(
    from start: Int, isShortestPaths: Bool
  ) throws(SyntaxFailure) -> GraphMatchSyntax {
    let parameters = try readSettings(GraphMatchSyntax.settings)
    var patterns = [try parseGraphPattern()]
    while skip(.comma) { patterns.append(try parseGraphPattern()) }
    let predicate = skipWord("where") ? try parseExpression() : nil
    try expectWord("project", "and the columns of the result")
    let projection = try parseNamedExpressionList()
    return GraphMatchSyntax(
      isShortestPaths: isShortestPaths, parameters: parameters, patterns: patterns, predicate: predicate,
      projection: projection, span: span(from: start))
  }

  /// `(a)-[e]->(b)<--(c)`
  private mutating func parseGraphPattern() throws(SyntaxFailure) -> GraphPatternSyntax {
    let start = index
    var nodes = [try parseGraphNode()]
    var edges: [GraphPatternSyntax.Edge] = []
    while at(.minus) || at(.less) {
      edges.append(try parseGraphEdge())
      nodes.append(try parseGraphNode())
    }
    return GraphPatternSyntax(nodes: nodes, edges: edges, span: span(from: start))
  }

  private mutating func parseGraphNode() throws(SyntaxFailure) -> GraphPatternSyntax.Node {
    let start = index
    let nesting = try enter(.leftParen, "around a node")
    let name = atName ? try parseName() : nil
    try leave(nesting)
    return GraphPatternSyntax.Node(name: name, span: span(from: start))
  }

  /// `-[e*1..3]->`, `<-[e]-`, `-[e]-`, `-->`, `<--`, `--`
  private mutating func parseGraphEdge() throws(SyntaxFailure) -> GraphPatternSyntax.Edge {
    let start = index
    let isBackward = skip(.less)
    try expect(.minus, "-", "in an edge")
    var name: NameSyntax?
    var lengths: (lower: ExpressionSyntax, upper: ExpressionSyntax)?
    if at(.leftBracket) {
      let nesting = try enter(.leftBracket)
      if atName { name = try parseName() }
      if skip(.star) {
        let lower = try parseExpression()
        try expect(.dotDot, "..", "between the least and the greatest length")
        lengths = (lower, try parseExpression())
      }
      try leave(nesting)
    }
    try expect(.minus, "-", "in an edge")
    let isForward = !isBackward && skip(.greater)
    return GraphPatternSyntax.Edge(
      name: name, direction: isBackward ? .backward : isForward ? .forward : .either, lengths: lengths,
      span: span(from: start))
  }
}

extension Printer {
  mutating func printGraphMatch(_ node: GraphMatchSyntax) {
    write(node.isShortestPaths ? "graph-shortest-paths " : "graph-match ")
    printParameters(node.parameters)
    list(node.patterns) { $0.printGraphPattern($1) }
    if let predicate = node.predicate {
      write(" where ")
      printExpression(predicate)
    }
    write(" project ")
    printColumns(node.projection)
  }

  private mutating func printGraphPattern(_ pattern: GraphPatternSyntax) {
    for (i, node) in pattern.nodes.enumerated() {
      write("(")
      if let name = node.name { printName(name) }
      write(")")
      if i < pattern.edges.count { printGraphEdge(pattern.edges[i]) }
    }
  }

  private mutating func printGraphEdge(_ edge: GraphPatternSyntax.Edge) {
    write(edge.direction == .backward ? "<-" : "-")
    if edge.name != nil || edge.lengths != nil {
      write("[")
      if let name = edge.name { printName(name) }
      if let lengths = edge.lengths {
        write("*")
        printExpression(lengths.lower)
        write("..")
        printExpression(lengths.upper)
      }
      write("]")
    }
    write(edge.direction == .forward ? "->" : "-")
  }
}
