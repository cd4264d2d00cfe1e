import PlumbDiagnostics

extension LogicalPlan {
  /// A plan used where a table is expected but the input is a graph: reading its rows is an error.
  package static var graphAsTable: LogicalPlan {
    let none = LogicalPlan.union([], [])
    return .materialising(
      MaterialisingPlan(name: "graph", input: none, schema: []) { _, _ in
        throw Diagnostic(
          "graph-as-table", "a graph is not a table",
          help: "use `graph-match`, `graph-shortest-paths` or `graph-to-table` to turn it into rows")
      })
  }

  /// A row for each match of a pattern for which the condition holds.
  ///
  /// - Parameter columns: what the condition and the outputs read, by index.
  package static func matching(
    _ pattern: GraphPattern, in graph: GraphSource, columns: [GraphPattern.Column], where condition: BoundExpression?,
    outputs: [NamedExpression]
  ) -> LogicalPlan {
    let schema = outputs.map { ColumnInfo($0.name, $0.expression.type) }
    return LogicalPlan(
      GraphPlan(label: "graph-match", schema: schema, graph: graph) { graph, context in
        let matching = try GraphMatching(
          graph, pattern, columns, condition?.conjuncts ?? [], outputs.map(\.expression), context)
        return [try matching.run()]
      })
  }
}

/// Evaluates the condition and the outputs over the matches in batches.
private final class GraphMatching {
  private let graph: Graph
  private let pattern: GraphPattern
  private let columns: [GraphPattern.Column]
  private let context: ExecutionContext
  private let outputs: [BoundExpression]
  private var masks: GraphMasks
  /// Conjuncts that need more than one node or edge.
  private var rest: [BoundExpression] = []
  /// The values of expressions along paths, for every edge or node of the graph.
  private var values: [Int: Vector] = [:]
  private let used: [Int]
  private var pending: [GraphMatch] = []
  private var chunks: [Chunk] = []

  init(
    _ graph: Graph, _ pattern: GraphPattern, _ columns: [GraphPattern.Column], _ conjuncts: [BoundExpression],
    _ outputs: [BoundExpression], _ context: ExecutionContext
  ) throws {
    self.graph = graph
    self.pattern = pattern
    self.columns = columns
    self.context = context
    self.outputs = outputs
    masks = GraphMasks(
      nodes: Array(repeating: nil, count: pattern.nodeCount), edges: Array(repeating: nil, count: pattern.hops.count),
      inner: Array(repeating: nil, count: pattern.hops.count))
    used = (conjuncts + outputs).reduce(into: Set<Int>()) { $0.formUnion($1.columns) }.sorted()
    for index in used {
      if case .path(_, let overNodes, _, let expression) = columns[index] {
        values[index] = try expression.evaluate(overNodes ? nodeChunk : edgeChunk, context).decoded().expanded()
      }
    }
    for conjunct in conjuncts where try !push(conjunct) { rest.append(conjunct) }
  }

  private var nodeChunk: Chunk { Chunk(graph.nodes, count: graph.nodeCount) }
  private var edgeChunk: Chunk { Chunk(graph.edges, count: graph.edgeCount) }

  /// Turns a condition over one node, one edge or all of a path into a mask for the search.
  private func push(_ conjunct: BoundExpression) throws -> Bool {
    let read = conjunct.columns.map { columns[$0] }
    guard let first = read.first, !conjunct.isVolatile else { return false }
    switch first {
    case .node(let variable, _):
      let isAlone = read.allSatisfy { if case .node(variable, _) = $0 { true } else { false } }
      guard isAlone else { return false }
      let verdicts = try conjunct.mappingColumns(property).evaluate(nodeChunk, context)
      narrow(&masks.nodes[variable], verdicts)
    case .edge(let hop, _):
      let isAlone = read.allSatisfy { if case .edge(hop, _) = $0 { true } else { false } }
      guard isAlone else { return false }
      narrow(&masks.edges[hop], try conjunct.mappingColumns(property).evaluate(edgeChunk, context))
    case .path(let hop, let overNodes, .all, _):
      guard case .column(let index, _, _) = conjunct, let verdicts = values[index] else { return false }
      if overNodes { narrow(&masks.inner[hop], verdicts) } else { narrow(&masks.edges[hop], verdicts) }
    case .path: return false
    }
    return true
  }

  private func property(_ index: Int) -> Int {
    switch columns[index] {
    case .node(_, let column), .edge(_, let column): column
    case .path: 0
    }
  }

  private func narrow(_ mask: inout [Bool]?, _ verdicts: Vector) {
    let plain = verdicts.decoded().expanded()
    let holds = (0..<plain.count).map { isTrue(plain, $0) }
    mask = mask.map { zip($0, holds).map { $0 && $1 } } ?? holds
  }

  private func isTrue(_ verdicts: Vector, _ row: Int) -> Bool {
    !verdicts.isNull(row) && verdicts.view(UInt8.self)[row] != 0
  }

  func run() throws -> Chunk {
    let search = GraphSearch(graph, pattern, masks, context) { match in
      self.pending.append(match)
      if self.pending.count >= 4096 { try self.flush() }
    }
    try search.run()
    try flush()
    return Chunk.concatenating(chunks, types: outputs.map(\.type))
  }

  private func flush() throws {
    guard !pending.isEmpty else { return }
    try context.checkpoint()
    let places = Dictionary(uniqueKeysWithValues: zip(used, used.indices))
    var chunk = Chunk(used.map { column($0) }, count: pending.count)
    for condition in rest {
      let verdicts = try condition.mappingColumns { places[$0] ?? 0 }.evaluate(chunk, context).decoded().expanded()
      chunk = chunk.selecting(Selection(rows: (0..<chunk.count).filter { isTrue(verdicts, $0) }))
    }
    let made = try outputs.map { try $0.mappingColumns { places[$0] ?? 0 }.evaluate(chunk, context) }
    if chunk.count > 0 { chunks.append(Chunk(made, count: chunk.count)) }
    pending.removeAll(keepingCapacity: true)
  }

  /// A column over the pending matches.
  private func column(_ index: Int) -> Vector {
    switch columns[index] {
    case .node(let variable, let column):
      return graph.nodes[column].gathering(Selection(rows: pending.map { $0.nodes[variable] }))
    case .edge(let hop, let column):
      return graph.edges[column].gathering(Selection(rows: pending.map { $0.paths[hop].first ?? 0 }))
    case .path(let hop, let overNodes, let fold, let expression):
      let builder = VectorBuilder(fold == .map ? .dynamic : .bool)
      let values = values[index] ?? .constant(.null(expression.type))
      for match in pending {
        let places = overNodes ? match.inner[hop] : match.paths[hop]
        switch fold {
        case .all: builder.append(bool: places.allSatisfy { isTrue(values, $0) })
        case .any: builder.append(bool: places.contains { isTrue(values, $0) })
        case .map: builder.append(dynamic: .array(places.map { Dynamic(values.value(at: $0)) }))
        }
      }
      return builder.finish()
    }
  }
}

extension Selection {
  /// Rows by number.
  convenience init(rows: [Int]) {
    let buffer = Buffer(of: UInt32.self, count: rows.count)
    for (place, row) in rows.enumerated() { buffer.view(UInt32.self)[place] = UInt32(truncatingIfNeeded: row) }
    self.init(buffer: buffer, count: rows.count)
  }
}
