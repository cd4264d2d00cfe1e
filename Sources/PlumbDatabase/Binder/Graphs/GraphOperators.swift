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
  let graph: GraphSource

  init(_ graph: GraphSource) { self.graph = graph }
}

extension Relation {
  /// A graph; its rows are not a table.
  fileprivate init(_ graph: GraphSource) {
    self.init(.graphAsTable)
    self.graph = graph
  }

  fileprivate func graph(at span: SourceSpan) throws -> GraphSource {
    if let graph { return graph }
    throw Diagnostic(
      "not-a-graph", "this operator needs a graph, but its input is a table", at: span.prefix(5),
      help: "make one with `| make-graph source --> target` before it")
  }
}

extension MakeGraphSyntax: OperatorBinding {
  /// `make-graph`: the edges and nodes are read when something is asked of the graph.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    func index(of name: NameSyntax, in table: Relation) throws -> Int {
      guard let index = table.index(of: name.text) else { throw table.unknownColumn(name.text, at: name.span) }
      return index
    }
    let source = try index(of: self.source, in: input), target = try index(of: self.target, in: input)
    guard input.schema[source].type == input.schema[target].type else {
      throw Diagnostic("key-types", "the source and the target of an edge have different types", at: self.target.span)
    }
    let nodeTables = try self.nodeTables.map { nodes in
      let table = try place.relation(nodes.table)
      let key = try index(of: nodes.key, in: table)
      guard table.schema[key].type == input.schema[source].type else {
        throw Diagnostic("key-types", "the nodes' key and the edges' ends have different types", at: nodes.key.span)
      }
      try place.state.checkIndependence(of: table, at: nodes.key.span)
      return (rows: table, key: key)
    }
    try place.state.checkIndependence(of: input, at: span)
    guard let partition else {
      let graph = GraphSource(
        edges: input.plan, source: source, target: target, nodeTables: nodeTables.map { ($0.rows.plan, $0.key) },
        idName: nodeID?.text)
      return Relation(graph)
    }
    let edges = try input.withIDs([source, target], in: index(of: partition.column, in: input), span, place)
    let nodes = try nodeTables.map { nodes in
      let rows = try nodes.rows.withIDs([nodes.key], in: index(of: partition.column, in: nodes.rows), span, place)
      return (rows: rows.plan, key: nodes.rows.schema.count)
    }
    let graph = GraphSource(
      edges: edges.plan, source: input.schema.count, target: input.schema.count + 1, nodeTables: nodes, idName: nodeID?.text,
      idMark: Relation.idMark)
    let result = try place.relation(partition.steps, implied: Relation(graph))
    guard result.graph == nil else {
      throw Diagnostic(
        "graph-as-table", "the steps on each graph must end with a table", at: partition.steps.span,
        help: "end them with `graph-match`, `graph-shortest-paths` or `graph-to-table`")
    }
    // The ids of nodes in all graphs are not the user's.
    let own = result.schema.indices.filter { !result.schema[$0].name.hasPrefix("$id") }
    return own.count == result.schema.count ? result : result.picking(own.map { ($0, result.schema[$0].name) })
  }
}

extension Relation {
  /// What separates the value of a graph's partition from the id of a node, in ids that are unique in all of them.
  fileprivate static let idMark: Character = "\u{1F}"

  /// The rows with ids that also say in which partition a node is, so that the graph of all rows is those of the partitions.
  fileprivate func withIDs(_ keys: [Int], in partition: Int, _ span: SourceSpan, _ place: BindingPlace) throws -> Relation {
    func text(_ index: Int) -> BoundExpression { BoundExpression.column(index, schema[index].type, span).converted(to: .string) }
    let own = schema.enumerated().map { NamedExpression($1.name, .column($0, $1.type, span)) }
    let ids = try keys.enumerated().map { number, key in
      NamedExpression(
        "$id\(number)",
        try place.calls.calling("strcat", [text(partition), .literal(.string(String(Self.idMark)), span), text(key)], at: span))
    }
    return with(.project(plan, own + ids))
  }
}

extension GraphMarkComponentsSyntax: OperatorBinding {
  var takesGraph: Bool { true }

  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let graph = try input.graph(at: span)
    var name = "ComponentId"
    for parameter in parameters {
      let value = try place.constants.text(of: parameter)
      if parameter.name.text == "with_component_id" { name = value }
      if parameter.name.text == "kind", value != "weak" {
        throw Diagnostic("unsupported-option", "components of the kind `\(value)` are not supported", at: parameter.span)
      }
    }
    if graph.nodeSchema.contains(where: { $0.name == name }) {
      throw Diagnostic("duplicate-column", "the nodes already have a property `\(name)`", at: span)
    }
    return Relation(graph.markingComponents(named: name))
  }
}

extension GraphToTableSyntax: OperatorBinding {
  var takesGraph: Bool { true }

  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let graph = try input.graph(at: span)
    var tables = try outputs.map { try table($0, of: graph, at: place) }
    var result = tables.removeFirst()
    result.further = tables
    return result
  }

  private func table(_ output: Output, of graph: GraphSource, at place: BindingPlace) throws -> Relation {
    var names: [String: String] = [:]
    for parameter in output.parameters { names[parameter.name.text] = try place.constants.text(of: parameter) }
    let plan: LogicalPlan = switch output.part {
    case .nodes: .nodes(of: graph, hash: names["with_node_id"])
    case .edges: .edges(of: graph, sourceHash: names["with_source_id"], targetHash: names["with_target_id"])
    }
    var result = Relation(plan, name: "graph")
    result.resultName = output.name?.text
    if output.name != nil { result.definesName = true }
    return result
  }
}

extension Relation {
  /// A graph as the result of a query: the nodes, if they have columns, and the edges.
  init(showing graph: GraphSource) {
    self.init(.edges(of: graph, sourceHash: nil, targetHash: nil), name: "edges")
    resultName = "edges"
    if graph.nodeSchema.isEmpty { return }
    let edges = self
    self.init(.nodes(of: graph, hash: nil), name: "nodes")
    resultName = "nodes"
    further = [edges]
  }
}

extension GraphMatchSyntax: OperatorBinding {
  /// `graph-match` and `graph-shortest-paths`.
  var takesGraph: Bool { true }

  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let graph = try input.graph(at: span)
    let names = GraphScope(graph)
    let pattern = try pattern(names, at: place)
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
    let rows = ColumnExpressions(
      rows: place.state.rows(of: visible, members: members, graph: names), at: place, for: "a graph's pattern")
    let condition = try predicate.map(rows.condition)
    var columnNames = NameMaker(used: projection.compactMap { $0.names.first?.text })
    let outputs = try projection.map { column in
      let name = column.names.first?.text ?? automaticName(column.expression).map { columnNames.unique($0) }
        ?? columnNames.numbered()
      return NamedExpression(name, try rows.expression(column.expression))
    }
    return input.with(
      .matching(pattern, in: graph, columns: names.columns, where: condition, outputs: outputs), isSerialized: false)
  }

  private func pattern(_ names: GraphScope, at place: BindingPlace) throws -> GraphPattern {
    var pattern = GraphPattern(nodeCount: 0, hops: [], steps: [], search: try search(at: place))
    func node(_ node: GraphPatternSyntax.Node) -> Int {
      if let name = node.name?.text, let known = names.nodes[name] { return known }
      if let name = node.name?.text { names.nodes[name] = pattern.nodeCount }
      pattern.nodeCount += 1
      return pattern.nodeCount - 1
    }
    for path in patterns {
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
          GraphPattern.Hop(from: from, to: to, direction: direction, lengths: try lengths(of: edge, at: place)))
        from = to
      }
    }
    if let both = names.hops.keys.first(where: { names.nodes[$0] != nil }) {
      throw Diagnostic("duplicate-name", "`\(both)` is a node and an edge", at: span)
    }
    if pattern.hops.count > 64 {
      throw Diagnostic("too-complex", "a pattern can have at most 64 edges", at: span)
    }
    if isShortestPaths, pattern.hops.count != 1 {
      throw Diagnostic(
        "unsupported-pattern", "`graph-shortest-paths` takes two nodes and one edge between them", at: span)
    }
    return pattern
  }

  private func lengths(of edge: GraphPatternSyntax.Edge, at place: BindingPlace) throws -> ClosedRange<Int> {
    guard let written = edge.lengths else { return 1...1 }
    let lower = try place.constants.count(written.lower, of: "an edge")
    let upper = try place.constants.count(written.upper, of: "an edge")
    guard lower <= upper, upper <= 10_000 else {
      throw Diagnostic(
        "bad-length", "an edge's length must be a range from a minimum to a maximum of at most 10,000", at: edge.span)
    }
    return lower...upper
  }

  private func search(at place: BindingPlace) throws -> GraphPattern.Search {
    var search: GraphPattern.Search = isShortestPaths ? .shortest(all: false) : .every(.uniqueEdges)
    for parameter in parameters {
      let value = try place.constants.text(of: parameter)
      switch (parameter.name.text, value, isShortestPaths) {
      case ("cycles", "all", false): search = .every(.all)
      case ("cycles", "none", false): search = .every(.none)
      case ("cycles", "unique_edges", false): search = .every(.uniqueEdges)
      case ("output", "any", true): search = .shortest(all: false)
      case ("output", "all", true): search = .shortest(all: true)
      default:
        throw Diagnostic(
          "unknown-option", "unknown option `\(parameter.name.text) = \(value)`", at: parameter.span,
          help: isShortestPaths ? "`output` is `any` or `all`" : "`cycles` is `all`, `none` or `unique_edges`")
      }
    }
    return search
  }
}
