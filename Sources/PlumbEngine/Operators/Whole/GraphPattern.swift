/// Nodes and paths to find in a graph, and what a match is to give.
public struct GraphPattern: Sendable {
  public enum Direction: Sendable { case forward, backward, either }

  /// A way from one node of the pattern to another.
  public struct Hop: Sendable {
    public let from: Int
    public let to: Int
    public let direction: Direction
    public let lengths: ClosedRange<Int>

    public init(from: Int, to: Int, direction: Direction, lengths: ClosedRange<Int>) {
      self.from = from
      self.to = to
      self.direction = direction
      self.lengths = lengths
    }
  }

  /// A part of the pattern in the order of the search; hops are known by place.
  public enum Step: Sendable { case node(Int), hop(Int) }

  public enum Cycles: Sendable { case all, none, uniqueEdges }

  /// How a match is searched for.
  public enum Search: Sendable {
    case every(Cycles)
    /// One shortest path for each pair of ends, or all of the least length.
    case shortest(all: Bool)
  }

  /// What the columns that expressions read are.
  public enum Column: Sendable {
    /// A property of a node of the pattern.
    case node(Int, column: Int)
    /// A property of the edge of a hop of length one.
    case edge(hop: Int, column: Int)
    /// An expression over each edge of a hop's path, or over each node within it.
    case path(hop: Int, overNodes: Bool, Fold, BoundExpression)
  }

  /// What becomes of the values along a path.
  public enum Fold: Sendable { case all, any, map }

  public var nodeCount: Int
  public var hops: [Hop]
  public var steps: [Step]
  public var search: Search

  public init(nodeCount: Int, hops: [Hop], steps: [Step], search: Search) {
    self.nodeCount = nodeCount
    self.hops = hops
    self.steps = steps
    self.search = search
  }
}

/// What a node or an edge must be; nil lets all pass.
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
