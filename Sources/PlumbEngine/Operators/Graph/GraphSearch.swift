/// Finds the occurrences of a pattern in a graph and passes each to `emit`.
///
/// The work may grow with the number of paths, which is exponential; it stops if cancelled.
final class GraphSearch {
  private let graph: Graph
  private let pattern: GraphPattern
  private let masks: GraphMasks
  private let context: ExecutionContext
  private let emit: (GraphMatch) throws -> Void
  private var match: GraphMatch
  private var usedEdges: [Bool]
  private var usedNodes: [Bool]
  private var cycles = GraphPattern.Cycles.uniqueEdges
  private var visits = 0

  init(
    _ graph: Graph, _ pattern: GraphPattern, _ masks: GraphMasks, _ context: ExecutionContext,
    emit: @escaping (GraphMatch) throws -> Void
  ) {
    self.graph = graph
    self.pattern = pattern
    self.masks = masks
    self.context = context
    self.emit = emit
    match = GraphMatch(
      nodes: Array(repeating: -1, count: pattern.nodeCount),
      paths: Array(repeating: [], count: pattern.hops.count), inner: Array(repeating: [], count: pattern.hops.count))
    usedEdges = Array(repeating: false, count: graph.edgeCount)
    usedNodes = Array(repeating: false, count: graph.nodeCount)
  }

  func run() throws {
    switch pattern.search {
    case .every(let cycles):
      self.cycles = cycles
      try search(0)
    case .shortest(let all):
      guard let hop = pattern.hops.first else { return }
      for source in 0..<graph.nodeCount where masks.nodes[hop.from]?[source] ?? true {
        try shortest(from: source, hop, all: all)
      }
    }
  }

  /// Performs the steps; the recursion is as deep as the pattern is long.
  private func search(_ step: Int) throws {
    guard step < pattern.steps.count else { return try emit(match) }
    switch pattern.steps[step] {
    case .node(let variable):
      if match.nodes[variable] >= 0 { return try search(step + 1) }
      for node in 0..<graph.nodeCount where masks.nodes[variable]?[node] ?? true {
        if cycles == .none, usedNodes[node] { continue }
        try binding(variable, to: node) { try search(step + 1) }
      }
    case .hop(let hop): try walk(hop, step)
    }
  }

  private func binding(_ variable: Int, to node: Int, _ body: () throws -> Void) throws {
    match.nodes[variable] = node
    usedNodes[node] = true
    try body()
    usedNodes[node] = false
    match.nodes[variable] = -1
  }

  /// All paths of a hop from its start, depth first.
  private func walk(_ place: Int, _ step: Int) throws {
    let hop = pattern.hops[place]
    let start = match.nodes[hop.from]
    var path: [Int] = []
    var stack = [(node: start, edges: neighbours(of: start, hop.direction), next: 0)]
    if hop.lengths.contains(0) { try arrive(place, at: start, path, [], step) }
    while let top = stack.last {
      guard path.count < hop.lengths.upperBound, top.next < top.edges.count else {
        stack.removeLast()
        if let edge = path.popLast() {
          usedEdges[edge] = false
          usedNodes[top.node] = false
        }
        continue
      }
      stack[stack.count - 1].next += 1
      let (edge, node) = top.edges[top.next]
      visits += 1
      if visits & 1023 == 0 { try context.checkpoint() }
      if cycles != .all, usedEdges[edge] { continue }
      guard masks.edges[place]?[edge] ?? true else { continue }
      path.append(edge)
      usedEdges[edge] = true
      if path.count >= hop.lengths.lowerBound { try arrive(place, at: node, path, stack.dropFirst().map(\.node), step) }
      let goesOn = path.count < hop.lengths.upperBound && (masks.inner[place]?[node] ?? true)
        && !(cycles == .none && usedNodes[node])
      if goesOn {
        // Only a search without cycles reads `usedNodes`, where a node occurs at most once on the path.
        usedNodes[node] = true
        stack.append((node, neighbours(of: node, hop.direction), 0))
      } else {
        path.removeLast()
        usedEdges[edge] = false
      }
    }
  }

  private func arrive(_ place: Int, at node: Int, _ path: [Int], _ inner: [Int], _ step: Int) throws {
    let variable = pattern.hops[place].to
    if cycles == .none, usedNodes[node] { return }
    match.paths[place] = path
    match.inner[place] = inner
    if match.nodes[variable] >= 0 {
      if match.nodes[variable] == node { try search(step + 1) }
      return
    }
    guard masks.nodes[variable]?[node] ?? true else { return }
    try binding(variable, to: node) { try search(step + 1) }
  }

  /// The edges at a node in the right direction, and the node that each leads to.
  private func neighbours(of node: Int, _ direction: GraphPattern.Direction) -> [(edge: Int, node: Int)] {
    var found: [(edge: Int, node: Int)] = []
    if direction != .backward { found += graph.outgoing.edges(at: node).map { ($0, graph.targets[$0]) } }
    if direction != .forward {
      for edge in graph.incoming.edges(at: node) where direction == .backward || graph.sources[edge] != node {
        found.append((edge, graph.sources[edge]))
      }
    }
    return found
  }

  // MARK: Shortest paths

  /// Breadth first: layer `k` has the nodes at the end of a path of `k` edges, each with the edges through which it was
  /// reached. Beyond the minimum length a node counts where it is first found.
  private func shortest(from source: Int, _ hop: GraphPattern.Hop, all: Bool) throws {
    var layers: [[Int: [(edge: Int, before: Int)]]] = [[source: []]]
    var found = Set<Int>()
    if hop.lengths.lowerBound == 0 { found.insert(source) }
    while layers.count <= hop.lengths.upperBound, let last = layers.last, !last.isEmpty {
      var next: [Int: [(edge: Int, before: Int)]] = [:]
      for node in last.keys.sorted() where layers.count == 1 || masks.inner[0]?[node] ?? true {
        for (edge, neighbour) in neighbours(of: node, hop.direction) {
          visits += 1
          if visits & 1023 == 0 { try context.checkpoint() }
          guard masks.edges[0]?[edge] ?? true, !found.contains(neighbour) else { continue }
          next[neighbour, default: []].append((edge, node))
        }
      }
      layers.append(next)
      guard layers.count > hop.lengths.lowerBound else { continue }
      for target in next.keys.sorted() {
        found.insert(target)
        let isWanted = (masks.nodes[hop.to]?[target] ?? true) && (hop.from != hop.to || target == source)
        if isWanted { try trace(target, layers, from: source, hop, all: all) }
      }
    }
  }

  /// The paths back from a node of the last layer.
  private func trace(
    _ target: Int, _ layers: [[Int: [(edge: Int, before: Int)]]], from source: Int, _ hop: GraphPattern.Hop, all: Bool
  ) throws {
    var open: [(node: Int, path: [Int], nodes: [Int])] = [(target, [], [])]
    while let (node, path, nodes) = open.popLast() {
      try context.checkpoint()
      let layer = layers.count - 1 - path.count
      if layer == 0 {
        match.nodes[hop.from] = source
        match.nodes[hop.to] = target
        match.paths[0] = path.reversed()
        match.inner[0] = nodes.dropLast().reversed()
        try emit(match)
        continue
      }
      let steps = layers[layer][node] ?? []
      for step in all ? steps.reversed() : Array(steps.prefix(1)) {
        open.append((step.before, path + [step.edge], nodes + [step.before]))
      }
    }
  }
}
