/// A graph that is put together when a query first reads it, from rows that are computed then.
package final class GraphSource: Sendable {
  package let nodeSchema: Schema
  package let edgeSchema: Schema
  /// The plans of the rows, as `explain` shows them.
  let inputs: [LogicalPlan]
  private let make: @Sendable (ExecutionContext) throws -> Graph
  private let made = LockedValue<Graph?>(nil)

  private init(
    nodeSchema: Schema, edgeSchema: Schema, inputs: [LogicalPlan],
    make: @escaping @Sendable (ExecutionContext) throws -> Graph
  ) {
    self.nodeSchema = nodeSchema
    self.edgeSchema = edgeSchema
    self.inputs = inputs
    self.make = make
  }

  /// - Parameters:
  ///   - edges: a row for each edge, with the ids of its ends in the columns `source` and `target`.
  ///   - nodeTables: rows for nodes, each with its column of ids.
  ///   - idName: the name of a property with the node's id, without tables.
  ///   - idMark: what comes before the node's own id where ids are those of nodes in several graphs.
  package convenience init(
    edges: LogicalPlan, source: Int, target: Int, nodeTables: [(rows: LogicalPlan, key: Int)], idName: String?,
    idMark: Character? = nil
  ) {
    let idColumn = idName.map { ColumnInfo($0, edges.schema[source].type) }
    self.init(
      nodeSchema: Graph.nodeSchema(idColumn, nodeTables.map(\.rows.schema)), edgeSchema: edges.schema,
      inputs: [edges] + nodeTables.map(\.rows)
    ) { context in
      func table(_ plan: LogicalPlan) throws -> Table {
        Table(name: "graph", try execute(optimize(plan, context), context))
      }
      return try Graph(
        edges: table(edges), source: source, target: target,
        nodeTables: nodeTables.map { (table: try table($0.rows), key: $0.key) }, idName: idName,
        idMark: idMark, context)
    }
  }

  /// The graph, made now if need be.
  func graph(_ context: ExecutionContext) throws -> Graph {
    try made.withLock { made in
      if let made { return made }
      let graph = try make(context)
      made = graph
      return graph
    }
  }

  /// The graph with the number of each node's component, counted from 0, as a property.
  package func markingComponents(named name: String) -> GraphSource {
    GraphSource(nodeSchema: nodeSchema + [ColumnInfo(name, .long)], edgeSchema: edgeSchema, inputs: inputs) { context in
      try self.graph(context).markingComponents(named: name)
    }
  }
}

/// Rows that are read off a graph.
struct GraphPlan: Sendable {
  let label: String
  let schema: Schema
  let graph: GraphSource
  let rows: @Sendable (Graph, ExecutionContext) throws -> [Chunk]
}

extension GraphPlan: SourcePlanNode {
  static let traits = PlanTraits(order: .made)

  var rowEstimate: Int { graph.inputs.first?.node.rowEstimate ?? 1 }
  var drawnInputs: [LogicalPlan] { graph.inputs }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {}

  func physical() -> PhysicalNode {
    PhysicalNode(label, graph.inputs.map { $0.node.physical() }) { run in
      let chunks = try rows(try graph.graph(run.context), run.context)
      return Pipeline(source: LazyChunkSource(cutting: chunks), isOrdered: true)
    }
  }
}

extension LogicalPlan {
  /// The nodes with their properties, and a hash of each one's id in front if it has a name.
  package static func nodes(of graph: GraphSource, hash: String?) -> LogicalPlan {
    let schema = (hash.map { [ColumnInfo($0, .long)] } ?? []) + graph.nodeSchema
    return LogicalPlan(
      GraphPlan(label: "Nodes", schema: schema, graph: graph) { graph, _ in try graph.nodeTable(hash: hash).chunks })
  }

  /// The edges with their properties, and hashes of the ids of their ends in front if they have names.
  package static func edges(of graph: GraphSource, sourceHash: String?, targetHash: String?) -> LogicalPlan {
    let hashes = [sourceHash, targetHash].compactMap { $0 }.map { ColumnInfo($0, .long) }
    return LogicalPlan(
      GraphPlan(label: "Edges", schema: hashes + graph.edgeSchema, graph: graph) { graph, _ in
        try graph.edgeTable(sourceHash: sourceHash, targetHash: targetHash).chunks
      })
  }
}

extension Table {
  fileprivate var chunks: [Chunk] { get throws { try groups.map { Chunk(try $0.columns, count: $0.count) } } }
}
