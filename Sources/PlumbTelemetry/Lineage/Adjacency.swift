/// A graph as adjacency lists: the targets of all nodes in one array, those of a node from `starts[node]` on.
struct Adjacency: Sendable {
  private let starts: [Int32]
  private let targets: [Int32]

  /// Creates the graph with edges from `sources[i]` to `targets[i]`; a node's targets keep their order.
  init(from sources: [Int32], to targets: [Int32], nodeCount: Int) {
    var starts = [Int32](repeating: 0, count: nodeCount + 1)
    for source in sources { starts[Int(source) + 1] += 1 }
    for node in 0..<nodeCount { starts[node + 1] += starts[node] }
    var next = starts
    var sorted = [Int32](repeating: 0, count: sources.count)
    for (source, target) in zip(sources, targets) {
      sorted[Int(next[Int(source)])] = target
      next[Int(source)] += 1
    }
    self.starts = starts
    self.targets = sorted
  }

  func neighbours(of node: Int32) -> ArraySlice<Int32> {
    targets[Int(starts[Int(node)])..<Int(starts[Int(node) + 1])]
  }
}

/// The result of a breadth-first search: the nodes by distance, and how each was reached.
struct Reach: Sendable {
  /// The nodes in the order in which they were found, starts first.
  var order: [Int32]
  /// The number of steps from the nearest start; -1 if not reached.
  var depths: [Int32]
  /// The previous node on the shortest path; -1 for starts.
  var previous: [Int32]

  /// The nodes that were found, without the starts.
  var found: [Int32] { order.filter { depths[Int($0)] > 0 } }

  /// Returns the nodes from a start to `node`.
  func way(to node: Int32) -> [Int32] {
    var way = [node]
    var place = node
    while previous[Int(place)] >= 0 {
      place = previous[Int(place)]
      way.append(place)
    }
    way.reverse()
    return way
  }
}

extension Adjacency {
  private var nodeCount: Int { starts.count - 1 }

  /// Finds everything reachable from `from` within `limit` steps, each node once, so that cycles end. Stops early at
  /// `goal`.
  /// If several shortest paths lead to a node, its previous node is the first in the order of `isBefore`.
  func reach(
    from nodes: [Int32], limit: Int64 = .max, goal: Int32? = nil, isBefore: (Int32, Int32) -> Bool = { $0 < $1 }
  ) -> Reach {
    var reach = Reach(
      order: [], depths: Array(repeating: -1, count: nodeCount), previous: Array(repeating: -1, count: nodeCount))
    for node in nodes where reach.depths[Int(node)] < 0 {
      reach.depths[Int(node)] = 0
      reach.order.append(node)
    }
    var head = 0
    while head < reach.order.count {
      let node = reach.order[head]
      head += 1
      if node == goal { break }
      let depth = reach.depths[Int(node)]
      if Int64(depth) >= limit { break }
      for next in neighbours(of: node) {
        let known = reach.depths[Int(next)]
        if known < 0 {
          reach.depths[Int(next)] = depth + 1
          reach.previous[Int(next)] = node
          reach.order.append(next)
        } else if known > depth, isBefore(node, reach.previous[Int(next)]) {
          reach.previous[Int(next)] = node
        }
      }
    }
    return reach
  }

  /// Returns the chain from `node` with the largest sum of `weights`, `node` first.
  ///
  /// Edges that close a cycle, seen depth-first from `node`, are ignored: finding the longest path through cycles is
  /// slow, and no data takes it. Among equal chains the first in the order of `isBefore` wins.
  func heaviestChain(
    from node: Int32, weights: [Int64], isBefore: (Int32, Int32) -> Bool
  ) -> [Int32] {
    enum Mark: UInt8 { case unseen, open, done }
    var marks = Array(repeating: Mark.unseen, count: nodeCount)
    var totals = weights
    var next = Array(repeating: Int32(-1), count: nodeCount)
    // The edge of each node to look at next.
    var edge = starts
    var stack = [node]
    marks[Int(node)] = .open
    while let top = stack.last {
      let place = Int(top)
      guard edge[place] < starts[place + 1] else {
        stack.removeLast()
        if next[place] >= 0 { totals[place] = weights[place] &+ totals[Int(next[place])] }
        marks[place] = .done
        if let below = stack.last { improve(below, by: top, totals, &next, isBefore) }
        continue
      }
      let neighbour = targets[Int(edge[place])]
      edge[place] += 1
      switch marks[Int(neighbour)] {
      case .open: break
      case .done: improve(top, by: neighbour, totals, &next, isBefore)
      case .unseen:
        marks[Int(neighbour)] = .open
        stack.append(neighbour)
      }
    }
    var chain = [node]
    while let last = chain.last, next[Int(last)] >= 0 { chain.append(next[Int(last)]) }
    return chain
  }

  /// Makes `neighbour` the successor of `node` if its chain is the heaviest so far.
  private func improve(
    _ node: Int32, by neighbour: Int32, _ totals: [Int64], _ next: inout [Int32], _ isBefore: (Int32, Int32) -> Bool
  ) {
    let known = next[Int(node)]
    guard known >= 0 else {
      next[Int(node)] = neighbour
      return
    }
    let (new, old) = (totals[Int(neighbour)], totals[Int(known)])
    if new > old || new == old && isBefore(neighbour, known) { next[Int(node)] = neighbour }
  }
}
