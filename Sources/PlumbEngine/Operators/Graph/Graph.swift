/// Nodes and directed edges with their properties, as `make-graph` builds them from tables.
final class Graph: @unchecked Sendable {
  let nodeSchema: Schema
  let edgeSchema: Schema
  /// A column for each property; the numbers of outgoing and of incoming edges and the text of the id come last.
  let nodes: [Vector]
  let edges: [Vector]
  let nodeCount: Int
  let edgeCount: Int
  let sources: [Int]
  let targets: [Int]
  let ids: [Value]
  let outgoing: Adjacency
  let incoming: Adjacency

  /// The edges at each node.
  struct Adjacency {
    private let starts: [Int]
    private let edges: [Int]

    init(_ ends: [Int], nodeCount: Int) {
      var starts = [Int](repeating: 0, count: nodeCount + 1)
      for node in ends { starts[node + 1] += 1 }
      for node in 0..<nodeCount { starts[node + 1] += starts[node] }
      var next = starts
      var edges = [Int](repeating: 0, count: ends.count)
      for (edge, node) in ends.enumerated() {
        edges[next[node]] = edge
        next[node] += 1
      }
      self.starts = starts
      self.edges = edges
    }

    func edges(at node: Int) -> ArraySlice<Int> { edges[starts[node]..<starts[node + 1]] }
  }

  /// - Parameters:
  ///   - nodeTables: tables of nodes, each with its column of ids.
  ///   - idName: the name of a property with the node's id, without tables.
  ///   - idMark: what comes before the node's own id where ids are those of nodes in several graphs.
  /// - Throws: errors of reading the tables from a file, and `memory-limit`.
  init(
    edges table: Table, source: Int, target: Int, nodeTables: [(table: Table, key: Int)], idName: String?, idMark: Character? = nil,
    _ context: ExecutionContext
  ) throws {
    let edges = try table.wholeColumns, idType = table.schema[source].type
    edgeSchema = table.schema
    self.edges = edges
    edgeCount = table.rowCount
    var numbers: [Value: Int] = [:]
    var ids: [Value] = []
    func number(_ id: Value) throws -> Int {
      if let known = numbers[id] { return known }
      try context.checkpoint(at: ids.count)
      numbers[id] = ids.count
      ids.append(id)
      return ids.count - 1
    }
    let nodeColumns = try nodeTables.map { try $0.table.wholeColumns }
    // The first row of each node in each table.
    var rows: [[Int: Int]] = []
    for (place, nodes) in nodeTables.enumerated() {
      var first: [Int: Int] = [:]
      for row in 0..<nodes.table.rowCount {
        let node = try number(nodeColumns[place][nodes.key].value(at: row))
        if first[node] == nil { first[node] = row }
      }
      rows.append(first)
    }
    let ends = try [source, target].map { column in
      try context.checkRoom(table.rowCount &* MemoryLayout<Int>.stride)
      return try (0..<table.rowCount).map { row in
        try context.checkpoint(at: row)
        return try number(edges[column].value(at: row))
      }
    }
    (sources, targets) = (ends[0], ends[1])
    nodeCount = ids.count
    self.ids = ids
    try context.checkRoom(table.rowCount &* MemoryLayout<Int>.stride &* 4)
    let degrees = ends.map { Adjacency($0, nodeCount: ids.count) }
    (outgoing, incoming) = (degrees[0], degrees[1])

    nodeSchema = Graph.nodeSchema(idName.map { ColumnInfo($0, idType) }, nodeTables.map(\.table.schema))
    try context.checkpoint()
    var made: [Vector] = idName == nil ? [] : [Graph.vector(ids, idType)]
    var names = Set(idName.map { [$0] } ?? [])
    for (place, nodes) in nodeTables.enumerated() {
      for (index, column) in nodes.table.schema.enumerated() where names.insert(column.name).inserted {
        let values = try ids.indices.map { node -> Value in
          try context.checkpoint(at: node)
          if index == nodes.key { return ids[node] }
          return rows[place][node].map { nodeColumns[place][index].value(at: $0) } ?? .null(column.type)
        }
        made.append(Graph.vector(values, column.type))
      }
    }
    self.nodes = made + degrees.map { edges in
      Graph.vector((0..<ids.count).map { .long(Int64(edges.edges(at: $0).count)) }, .long)
    } + [Graph.idTexts(ids, after: idMark)]
  }

  /// The properties of nodes: the id if it has a name, then the columns of the tables, the first of each name.
  static func nodeSchema(_ id: ColumnInfo?, _ tables: [Schema]) -> Schema {
    var schema = id.map { [$0] } ?? []
    for column in tables.flatMap({ $0 }) where !schema.contains(where: { $0.name == column.name }) { schema.append(column) }
    return schema
  }

  private static func idTexts(_ ids: [Value], after mark: Character?) -> Vector {
    let texts = ids.map { id -> Value in
      guard case .string(let text)? = id.converted(to: .string) else { return .string("") }
      guard let mark, let place = text.firstIndex(of: mark) else { return .string(text) }
      return .string(String(text[text.index(after: place)...]))
    }
    return vector(texts, .string)
  }

  private init(_ graph: Graph, adding column: ColumnInfo, _ values: [Value]) {
    (nodeSchema, edgeSchema) = (graph.nodeSchema + [column], graph.edgeSchema)
    nodes = Array(graph.nodes.dropLast(3)) + [Graph.vector(values, column.type)] + graph.nodes.suffix(3)
    (edges, nodeCount, edgeCount) = (graph.edges, graph.nodeCount, graph.edgeCount)
    (sources, targets, ids) = (graph.sources, graph.targets, graph.ids)
    (outgoing, incoming) = (graph.outgoing, graph.incoming)
  }

  private static func vector(_ values: [Value], _ type: ScalarType) -> Vector {
    let builder = VectorBuilder(type, capacity: values.count)
    for value in values { builder.append(value) }
    return builder.finish()
  }

  /// The graph with the number of each node's component, counted from 0, as a property.
  func markingComponents(named name: String) -> Graph {
    var numbers = [Int](repeating: -1, count: nodeCount)
    var count = 0
    for start in 0..<nodeCount where numbers[start] < 0 {
      var open = [start]
      numbers[start] = count
      while let node = open.popLast() {
        let neighbours = outgoing.edges(at: node).map { targets[$0] } + incoming.edges(at: node).map { sources[$0] }
        for next in neighbours where numbers[next] < 0 {
          numbers[next] = count
          open.append(next)
        }
      }
      count += 1
    }
    return Graph(self, adding: ColumnInfo(name, .long), numbers.map { .long(Int64($0)) })
  }

  /// The nodes with their properties, preceded by a hash of each one's id.
  func nodeTable(hash: String?) -> Table {
    let hashes = hash.map { [(ColumnInfo($0, .long), hashed(Array(ids.indices)))] } ?? []
    return table(hashes, nodeSchema, Array(nodes.dropLast(3)), count: nodeCount)
  }

  /// The edges with their properties, preceded by hashes of the ids of their ends.
  func edgeTable(sourceHash: String?, targetHash: String?) -> Table {
    var hashes: [(ColumnInfo, Vector)] = []
    if let sourceHash { hashes.append((ColumnInfo(sourceHash, .long), hashed(sources))) }
    if let targetHash { hashes.append((ColumnInfo(targetHash, .long), hashed(targets))) }
    return table(hashes, edgeSchema, edges, count: edgeCount)
  }

  private func table(_ front: [(ColumnInfo, Vector)], _ schema: Schema, _ columns: [Vector], count: Int) -> Table {
    let all = front.map(\.1) + columns
    let groups = stride(from: 0, to: count, by: RowGroup.capacity).map { start in
      let length = Swift.min(RowGroup.capacity, count - start)
      return RowGroup(all.map { $0.slice(start, length) }, count: length)
    }
    return Table(name: "graph", schema: front.map(\.0) + schema, groups: groups)
  }

  private func hashed(_ nodes: [Int]) -> Vector {
    Graph.vector(
      nodes.map { node in
        var text = ByteBuffer()
        if case .string(let id)? = ids[node].converted(to: .string) { text.append(id) }
        return .long(Int64(bitPattern: text.withBytes { XXHash64.hash($0) }))
      }, .long)
  }
}

extension Table {
  /// Each column over all row groups.
  fileprivate var wholeColumns: [Vector] {
    get throws {
      try schema.indices.map { column in
        Vector.concatenating(try groups.map { try $0.column(column) }, type: schema[column].type).decoded()
      }
    }
  }
}
