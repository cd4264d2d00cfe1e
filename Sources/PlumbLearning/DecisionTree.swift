import PlumbDiagnostics
import PlumbEngine

/// A decision tree, whose leaves give the frequency of each class in training.
///
/// Classification trees: Breiman, Friedman, Olshen and Stone (1984).
package struct DecisionTree: Hashable, Sendable {
  /// A question with two answers, or a leaf.
  package struct Node: Hashable, Sendable {
    /// The feature to compare; -1 in a leaf.
    package var feature: Int32
    /// Whether a missing value goes left, as values up to the threshold do.
    package var missingGoesLeft: Bool
    /// Whether values were missing in training, so that their direction was learned.
    package var sawMissing: Bool
    /// The node for values above the threshold; the node for the others follows its parent.
    package var right: Int32
    /// The number of training rows that reached the node.
    package var samples: Int32
    package var threshold: Double
    package var impurity: Double

    package var isLeaf: Bool { feature < 0 }
  }

  package let features: [String]
  package let classes: [String]
  package let criterion: TreeOptions.Criterion
  /// In preorder: a node, its whole left branch, its whole right branch. Never empty.
  package private(set) var nodes: [Node]
  /// The weight of each class in each node, starting with the classes of node 0.
  package private(set) var counts: [Double]

  init(
    features: [String], classes: [String], criterion: TreeOptions.Criterion, nodes: [Node], counts: [Double]
  ) {
    precondition(!nodes.isEmpty && counts.count == nodes.count * classes.count, "a tree must have counts for each node")
    self.features = features
    self.classes = classes
    self.criterion = criterion
    self.nodes = nodes
    self.counts = counts
  }

  /// Trains a tree; the same data and options give the same tree for any `context.threads`.
  ///
  /// - Throws: `no-rows` for no data, and `cancelled` or `memory-limit` from `context`.
  package static func train(
    _ data: TrainingData, _ options: TreeOptions = TreeOptions(), context: ExecutionContext
  ) throws -> DecisionTree {
    guard data.rowCount > 0 else {
      throw Diagnostic("no-rows", "there are no rows to train on")
    }
    let tree: DecisionTree
    switch options.splits {
    case .exact: tree = try ExactGrower(data, options, context).grow()
    case .binned:
      let binned = try BinnedFeatures(data.features, context: context)
      tree = try BinnedGrower(data, binned, options, context).grow(rowTimes: nil)
    }
    return options.ccpAlpha > 0 ? tree.pruned(alpha: options.ccpAlpha) : tree
  }

  package var classCount: Int { classes.count }
  package var leafCount: Int { nodes.reduce(0) { $0 + ($1.isLeaf ? 1 : 0) } }

  /// The number of steps from the root to the deepest leaf.
  package var depth: Int { depths().max() ?? 0 }

  /// Returns the depth of each node; the root's is 0.
  package func depths() -> [Int] {
    var depths = [Int](repeating: 0, count: nodes.count)
    for (index, node) in nodes.enumerated() where !node.isLeaf {
      depths[index + 1] = depths[index] + 1
      depths[Int(node.right)] = depths[index] + 1
    }
    return depths
  }

  /// Returns the parent of each node; the root's is -1.
  package func parents() -> [Int] {
    var parents = [Int](repeating: -1, count: nodes.count)
    for (index, node) in nodes.enumerated() where !node.isLeaf {
      parents[index + 1] = index
      parents[Int(node.right)] = index
    }
    return parents
  }

  /// Returns the weight of each class in a node.
  package func counts(of node: Int) -> ArraySlice<Double> {
    counts[node * classCount..<(node + 1) * classCount]
  }

  /// Returns the share of `class` in a node.
  package func probability(of class: Int = 1, in node: Int) -> Double {
    let counts = counts(of: node)
    let total = counts.reduce(0, +)
    return total > 0 ? counts[counts.startIndex + `class`] / total : 0
  }

  /// Returns the leaf of a row with these values, in the order of `features`.
  package func leaf(of row: [Double]) -> Int {
    precondition(row.count == features.count, "there must be a value for each feature")
    return leaf { row[$0] }
  }

  /// Returns the leaf of each row of a matrix whose columns are those of training.
  package func leaves(of matrix: FeatureMatrix) -> [Int32] {
    precondition(matrix.featureCount == features.count, "there must be a value for each feature")
    let walk = TreeWalk(self) { _ in 0 }
    let columns = matrix.table
    return (0..<matrix.rowCount).map { Int32(truncatingIfNeeded: walk.leaf(columns, row: $0)) }
  }

  /// Returns the share of `class` in the leaf of each row.
  package func probabilities(of class: Int = 1, for matrix: FeatureMatrix) -> [Double] {
    precondition(matrix.featureCount == features.count, "there must be a value for each feature")
    let walk = TreeWalk(self) { probability(of: `class`, in: $0) }
    let columns = matrix.table
    return (0..<matrix.rowCount).map { walk.value(columns, row: $0) }
  }

  package func probability(of class: Int = 1, for row: [Double]) -> Double {
    probability(of: `class`, in: leaf(of: row))
  }

  /// Returns the most frequent class in a node, the first if several are equal.
  package func majority(in node: Int) -> Int {
    let counts = counts(of: node)
    var best = 0
    for (index, count) in counts.enumerated() where count > counts[counts.startIndex + best] { best = index }
    return best
  }

  /// Returns the share of each feature in the total decrease of impurity, summing to 1; all 0 in a tree of one leaf.
  package func importances() -> [Double] {
    var sums = [Double](repeating: 0, count: features.count)
    for (index, node) in nodes.enumerated() where !node.isLeaf {
      sums[Int(node.feature)] += cost(index) - cost(index + 1) - cost(Int(node.right))
    }
    let total = sums.reduce(0, +)
    return total > 0 ? sums.map { $0 / total } : sums
  }

  /// Returns the impurity of a node, weighted by its share of the training weight.
  func cost(_ node: Int) -> Double {
    let total = counts(of: 0).reduce(0, +)
    return total > 0 ? nodes[node].impurity * counts(of: node).reduce(0, +) / total : 0
  }

  /// Returns whether a value goes left at a node.
  @inline(__always) static func goesLeft(_ node: Node, _ value: Double) -> Bool {
    value.isNaN ? node.missingGoesLeft : value <= node.threshold
  }

  @inline(__always) func leaf(_ value: (Int) -> Double) -> Int {
    var index = 0
    while true {
      let node = nodes[index]
      if node.feature < 0 { return index }
      index = DecisionTree.goesLeft(node, value(Int(node.feature))) ? index &+ 1 : Int(node.right)
    }
  }
}
