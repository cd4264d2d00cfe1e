/// Nodes and paths to find in a graph, and what to return for a match.
package struct GraphPattern: Sendable {
  package enum Direction: Sendable { case forward, backward, either }

  /// A path from one node of the pattern to another.
  package struct Hop: Sendable {
    package let from: Int
    package let to: Int
    package let direction: Direction
    package let lengths: ClosedRange<Int>

    package init(from: Int, to: Int, direction: Direction, lengths: ClosedRange<Int>) {
      self.from = from
      self.to = to
      self.direction = direction
      self.lengths = lengths
    }
  }

  /// A part of the pattern in the order of the search; hops are identified by index.
  package enum Step: Sendable { case node(Int), hop(Int) }

  package enum Cycles: Sendable { case all, none, uniqueEdges }

  /// How a match is searched for.
  package enum Search: Sendable {
    case every(Cycles)
    /// One shortest path for each pair of ends, or all of the least length.
    case shortest(all: Bool)
  }

  /// The columns that expressions read.
  package enum Column: Sendable {
    /// A property of a node of the pattern.
    case node(Int, column: Int)
    /// A property of the edge of a hop of length one.
    case edge(hop: Int, column: Int)
    /// An expression over each edge of a hop's path, or over each node within it.
    case path(hop: Int, overNodes: Bool, PathFunction, BoundExpression)
  }

  /// How the values along a path are combined.
  package enum PathFunction: Sendable { case all, any, map }

  package var nodeCount: Int
  package var hops: [Hop]
  package var steps: [Step]
  package var search: Search

  package init(nodeCount: Int, hops: [Hop], steps: [Step], search: Search) {
    self.nodeCount = nodeCount
    self.hops = hops
    self.steps = steps
    self.search = search
  }
}

/// The nodes or edges that are allowed; nil allows all.
struct GraphMasks {
  var nodes: [[Bool]?]
  var edges: [[Bool]?]
  /// For the nodes within the path of a hop.
  var inner: [[Bool]?]
}

/// One occurrence of a pattern: the nodes, and for each hop the edges and the nodes between.
struct GraphMatch {
  var nodes: [Int]
  var paths: [[Int]]
  var inner: [[Int]]
}
