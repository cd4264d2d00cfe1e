import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// What the expressions of a graph operator can name.
final class GraphScope {
  /// Columns by index, those of expressions along paths at the end.
  var columns: [GraphPattern.Column] = []
  var nodes: [String: Int] = [:]
  /// The named edges with their hops.
  var hops: [String: Int] = [:]
  let graph: Graph

  init(_ graph: Graph) { self.graph = graph }
}

extension Binder {
  /// `make-graph`: the edges and nodes are read now.
  func apply(_ syntax: MakeGraphSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    func place(_ name: NameSyntax, _ table: Relation) throws -> Int {
      guard let index = table.index(of: name.text) else { throw unknownColumn(name.text, of: table, at: name.span) }
      return index
    }
    let source = try place(syntax.source, input), target = try place(syntax.target, input)
    guard input.schema[source].type == input.schema[target].type else {
      throw Diagnostic("key-types", "the two ends of an edge are of different types", at: syntax.target.span)
    }
    let nodeTables = try syntax.nodeTables.map { nodes in
      let table = try relation(nodes.table, in: scope, implied: nil)
      let key = try place(nodes.key, table)
      guard table.schema[key].type == input.schema[source].type else {
        throw Diagnostic("key-types", "the nodes' key is of another type than the edges' ends", at: nodes.key.span)
      }
      return (table: Table(name: "nodes", try run(table, at: nodes.key.span)), key: key)
    }
    let graph = try Graph(
      edges: Table(name: "edges", try run(input, at: syntax.span)), source: source, target: target,
      nodeTables: nodeTables, idName: syntax.nodeID?.text)
    return graphRelation(graph)
  }

  private func graphRelation(_ graph: Graph) -> Relation {
    var result = Relation(.graphAsTable)
    result.graph = graph
    return result
  }

  private func graph(_ input: Relation, at span: SourceSpan) throws -> Graph {
    if let graph = input.graph { return graph }
    throw Diagnostic(
      "not-a-graph", "this works on a graph, and these are rows",
      at: SourceSpan(span.lower, min(span.upper, span.lower + 5)),
      help: "make one with `| make-graph source --> target` before it")
  }

  func apply(_ syntax: GraphMarkComponentsSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    let graph = try graph(input, at: syntax.span)
    var name = "ComponentId"
    for parameter in syntax.parameters {
      let value = try text(of: parameter, in: scope)
      if parameter.name.text == "with_component_id" { name = value }
      if parameter.name.text == "kind", value != "weak" {
        throw Diagnostic("unsupported-option", "components of the kind `\(value)` are not supported", at: parameter.span)
      }
    }
    if graph.nodeSchema.contains(where: { $0.name == name }) {
      throw Diagnostic("duplicate-column", "the nodes have a property `\(name)` already", at: syntax.span)
    }
    return graphRelation(graph.markingComponents(named: name))
  }

  func apply(_ syntax: GraphToTableSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    let graph = try graph(input, at: syntax.span)
    guard syntax.outputs.count == 1, let output = syntax.outputs.first, output.name == nil else {
      throw Diagnostic(
        "unsupported-option", "`graph-to-table` gives one table here, without a name", at: syntax.span)
    }
    var names: [String: String] = [:]
    for parameter in output.parameters { names[parameter.name.text] = try text(of: parameter, in: scope) }
    let table = switch output.part {
    case .nodes: graph.nodeTable(hash: names["with_node_id"])
    case .edges: graph.edgeTable(sourceHash: names["with_source_id"], targetHash: names["with_target_id"])
    }
    return Relation(.scan(ScanPlan(table: table)), name: "graph")
  }

  // MARK: Patterns

  /// `graph-match` and `graph-shortest-paths`.
  func apply(_ syntax: GraphMatchSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    let graph = try graph(input, at: syntax.span)
    let names = GraphScope(graph)
    let pattern = try pattern(syntax, names, in: scope)
    var visible = Relation(.graphAsTable)
    var members: [String: [String: Int]] = [:]
    func add(_ name: String, _ schema: Schema, _ column: (Int) -> GraphPattern.Column) {
      members[name] = [:]
      for (index, info) in schema.enumerated() {
        members[name, default: [:]][info.name] = names.columns.count
        names.columns.append(column(index))
        visible.schema.append(ColumnInfo("\(name).\(info.name)", info.type))
      }
    }
    for (name, node) in names.nodes.sorted(by: { $0.value < $1.value }) {
      add(name, graph.nodeSchema) { .node(node, column: $0) }
    }
    for (name, hop) in names.hops.sorted(by: { $0.value < $1.value }) where pattern.hops[hop].lengths == 1...1 {
      add(name, graph.edgeSchema) { .edge(hop: hop, column: $0) }
    }
    let row = row(over: visible)
    row.members = members
    row.graph = names
    row.takesWindows = false
    let place = Place(scope: scope, row: row, what: "a graph's pattern")
    let condition = try syntax.predicate.map { try self.condition($0, at: place) }
    var columnNames = NameMaker(used: syntax.projection.compactMap { $0.names.first?.text })
    let outputs = try syntax.projection.map { column in
      let name = column.names.first?.text ?? automaticName(column.expression).map { columnNames.unique($0) }
        ?? columnNames.numbered()
      return NamedExpression(name, try bind(column.expression, at: place))
    }
    let one = Table(name: "graph", schema: [ColumnInfo("$", .bool)], rows: [[.bool(true)]])
    return input.with(
      .matching(
        pattern, in: graph, columns: names.columns, where: condition, outputs: outputs,
        source: .scan(ScanPlan(table: one))), isSerialized: false)
  }

  private func pattern(_ syntax: GraphMatchSyntax, _ names: GraphScope, in scope: Scope) throws -> GraphPattern {
    var pattern = GraphPattern(nodeCount: 0, hops: [], steps: [], search: try search(syntax, in: scope))
    func node(_ node: GraphPatternSyntax.Node) -> Int {
      if let name = node.name?.text, let known = names.nodes[name] { return known }
      if let name = node.name?.text { names.nodes[name] = pattern.nodeCount }
      pattern.nodeCount += 1
      return pattern.nodeCount - 1
    }
    for path in syntax.patterns {
      guard let start = path.nodes.first else { continue }
      var from = node(start)
      pattern.steps.append(.node(from))
      for (edge, end) in zip(path.edges, path.nodes.dropFirst()) {
        let to = node(end)
        if let name = edge.name, names.hops.updateValue(pattern.hops.count, forKey: name.text) != nil {
          throw Diagnostic("duplicate-name", "there are two edges called `\(name.text)`", at: name.span)
        }
        let direction: GraphPattern.Direction = switch edge.direction {
        case .forward: .forward
        case .backward: .backward
        case .either: .either
        }
        pattern.steps.append(.hop(pattern.hops.count))
        pattern.hops.append(
          GraphPattern.Hop(from: from, to: to, direction: direction, lengths: try lengths(of: edge, in: scope)))
        from = to
      }
    }
    if let both = names.hops.keys.first(where: { names.nodes[$0] != nil }) {
      throw Diagnostic("duplicate-name", "`\(both)` is a node and an edge", at: syntax.span)
    }
    if pattern.hops.count > 64 {
      throw Diagnostic("too-complex", "a pattern has 64 edges at the most", at: syntax.span)
    }
    if syntax.isShortestPaths, pattern.hops.count != 1 {
      throw Diagnostic(
        "unsupported-pattern", "`graph-shortest-paths` takes two nodes and one edge between them", at: syntax.span)
    }
    return pattern
  }

  private func lengths(of edge: GraphPatternSyntax.Edge, in scope: Scope) throws -> ClosedRange<Int> {
    guard let written = edge.lengths else { return 1...1 }
    let lower = try count(written.lower, in: scope, of: "an edge")
    let upper = try count(written.upper, in: scope, of: "an edge")
    guard lower <= upper, upper <= 10_000 else {
      throw Diagnostic(
        "bad-length", "an edge's length is from a least to a greatest, which is at most 10,000", at: edge.span)
    }
    return lower...upper
  }

  private func search(_ syntax: GraphMatchSyntax, in scope: Scope) throws -> GraphPattern.Search {
    var search: GraphPattern.Search = syntax.isShortestPaths ? .shortest(all: false) : .every(.uniqueEdges)
    for parameter in syntax.parameters {
      let value = try text(of: parameter, in: scope)
      switch (parameter.name.text, value, syntax.isShortestPaths) {
      case ("cycles", "all", false): search = .every(.all)
      case ("cycles", "none", false): search = .every(.none)
      case ("cycles", "unique_edges", false): search = .every(.uniqueEdges)
      case ("output", "any", true): search = .shortest(all: false)
      case ("output", "all", true): search = .shortest(all: true)
      default:
        throw Diagnostic(
          "unknown-option", "there is no `\(parameter.name.text) = \(value)` here", at: parameter.span,
          help: syntax.isShortestPaths ? "`output` is `any` or `all`" : "`cycles` is `all`, `none` or `unique_edges`")
      }
    }
    return search
  }
}
