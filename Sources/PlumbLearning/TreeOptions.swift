/// How a tree is grown; the defaults are those of scikit-learn's `DecisionTreeClassifier`.
package struct TreeOptions: Hashable, Sendable {
  /// What a split is to lessen.
  package enum Criterion: String, Hashable, Sendable, CaseIterable {
    /// The chance that two rows drawn from a node differ in class.
    case gini
    /// The bits that a row's class is worth in a node.
    case entropy
  }

  /// Which thresholds a split may have.
  package enum Splits: String, Hashable, Sendable, CaseIterable {
    /// Every midpoint between neighbouring values.
    case exact
    /// At most 254 of them, spread evenly over the rows: faster, and nearly as good.
    case binned
  }

  package var criterion: Criterion
  /// Steps from the root to the deepest leaf; never more than `depthLimit`.
  package var maxDepth: Int?
  /// Rows that a leaf has at least.
  package var minLeaf: Int
  /// Rows that a node has at least to be split.
  package var minSplit: Int
  /// Splits that lessen impurity by no more than this for each leaf they add are taken back; 0 takes back none.
  package var ccpAlpha: Double
  /// How many features, drawn anew for each split, compete for it; nil for all.
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

  /// Whether a node with these rows may not be split at all, whatever its impurity.
  func isLeaf(depth: Int, rows: Int) -> Bool {
    depth >= Swift.min(maxDepth ?? .max, TreeOptions.depthLimit) || rows < Swift.max(2, minSplit)
      || rows / 2 < minLeaf
  }
}
