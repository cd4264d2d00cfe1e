/// The options of a tree; the defaults are those of scikit-learn's `DecisionTreeClassifier`.
package struct TreeOptions: Hashable, Sendable {
  /// What a split decreases.
  package enum Criterion: String, Hashable, Sendable, CaseIterable {
    /// The probability that two rows drawn from a node differ in class.
    case gini
    /// The entropy of the class in a node, in bits.
    case entropy
  }

  /// The thresholds that a split may have.
  package enum Splits: String, Hashable, Sendable, CaseIterable {
    /// Every midpoint between neighbouring values.
    case exact
    /// At most 254 of them, spread evenly over the rows: faster, and nearly as good.
    case binned
  }

  package var criterion: Criterion
  /// The maximum number of steps from the root to the deepest leaf; never more than `depthLimit`.
  package var maxDepth: Int?
  /// The minimum number of rows of a leaf.
  package var minLeaf: Int
  /// The minimum number of rows of a node to be split.
  package var minSplit: Int
  /// Splits that decrease impurity by no more than this for each additional leaf are undone; 0 undoes none.
  package var ccpAlpha: Double
  /// How many randomly chosen features compete for each split; nil for all.
  package var featuresPerSplit: Int?
  package var seed: UInt64
  package var splits: Splits

  package static let depthLimit = 1000

  package init(
    criterion: Criterion = .gini, maxDepth: Int? = nil, minLeaf: Int = 1, minSplit: Int = 2, ccpAlpha: Double = 0,
    featuresPerSplit: Int? = nil, seed: UInt64 = 0, splits: Splits = .exact
  ) {
    self.criterion = criterion
    self.maxDepth = maxDepth
    self.minLeaf = minLeaf
    self.minSplit = minSplit
    self.ccpAlpha = ccpAlpha
    self.featuresPerSplit = featuresPerSplit
    self.seed = seed
    self.splits = splits
  }

  /// Returns whether a node of this depth and size may not be split, whatever its impurity.
  func isLeaf(depth: Int, rows: Int) -> Bool {
    depth >= Swift.min(maxDepth ?? .max, TreeOptions.depthLimit) || rows < Swift.max(2, minSplit)
      || rows / 2 < minLeaf
  }
}
