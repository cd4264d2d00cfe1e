import PlumbDiagnostics
import PlumbEngine
import Synchronization

/// The options of a forest.
package struct ForestOptions: Hashable, Sendable {
  package var treeCount: Int
  /// The options of each tree; its seed is not used, and a nil `featuresPerSplit` means the square root of their number.
  package var tree: TreeOptions
  /// Whether each tree is trained on as many rows as there are, drawn with replacement.
  package var drawsRows: Bool
  package var seed: UInt64

  package static let treeLimit = 10_000

  package init(
    treeCount: Int = 100, tree: TreeOptions = TreeOptions(minLeaf: 5, splits: .binned), drawsRows: Bool = true,
    seed: UInt64 = 0
  ) {
    self.treeCount = treeCount
    self.tree = tree
    self.drawsRows = drawsRows
    self.seed = seed
  }
}

/// Trees trained on different rows and features whose predictions are combined.
///
/// Breiman (2001), "Random Forests"; as in scikit-learn, the trees' probabilities are averaged, not their votes.
package struct Forest: Hashable, Sendable {
  /// Never empty; all with the same features and classes.
  package let trees: [DecisionTree]

  package init(trees: [DecisionTree]) {
    precondition(!trees.isEmpty, "a forest must have trees")
    self.trees = trees
  }

  package var features: [String] { trees[0].features }
  package var classes: [String] { trees[0].classes }

  /// A forest, and its prediction for each training row by the trees that did not see the row.
  package struct Trained: Sendable {
    package let forest: Forest
    /// The probability of the second class for each row; NaN for a row that all trees saw.
    package let outOfBag: [Double]
  }

  /// Trains a forest; the same data and options give the same forest for any `context.threads`.
  ///
  /// - Throws: `no-rows` for no data, and `cancelled` or `memory-limit` from `context`.
  package static func train(
    _ data: TrainingData, _ options: ForestOptions = ForestOptions(), context: ExecutionContext
  ) throws -> Trained {
    guard data.rowCount > 0 else { throw Diagnostic("no-rows", "there are no rows to train on") }
    let treeCount = Swift.min(Swift.max(1, options.treeCount), ForestOptions.treeLimit)
    let binned = options.tree.splits == .binned ? try BinnedFeatures(data.features, context: context) : nil
    var treeOptions = options.tree
    let root = Double(data.features.featureCount).squareRoot()
    treeOptions.featuresPerSplit = options.tree.featuresPerSplit ?? Swift.max(1, Int(root))
    let grown = LockedValue<[Grown?]>(Array(repeating: nil, count: treeCount))
    let next = Atomic<Int>(0)
    let chosen = treeOptions
    let held = HeldMemory()
    try WorkerPool.shared.run(workers: Swift.min(context.threads, treeCount)) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < treeCount else { break }
        let tree = try grow(index, data, binned, chosen, options, context)
        held.add(HeldMemory.bytes(ofNodes: tree.tree.nodes.count, classes: data.classCount) + data.rowCount / 8)
        try context.checkpoint()
        grown.withLock { $0[index] = tree }
      }
    }
    let all = grown.withLock { $0.compactMap { $0 } }
    let forest = Forest(trees: all.map(\.tree))
    return Trained(forest: forest, outOfBag: try outOfBag(all, data, context))
  }

  /// A tree with a bit for each training row: whether the tree saw it.
  private struct Grown: Sendable {
    let tree: DecisionTree
    let saw: [UInt64]
  }

  private static func grow(
    _ index: Int, _ data: TrainingData, _ binned: BinnedFeatures?, _ treeOptions: TreeOptions,
    _ options: ForestOptions, _ context: ExecutionContext
  ) throws -> Grown {
    var random = RandomGenerator.part(UInt64(index), of: options.seed)
    var treeOptions = treeOptions
    treeOptions.seed = random.next()
    let n = data.rowCount
    var times = [UInt16](repeating: options.drawsRows ? 0 : 1, count: n)
    var saw = [UInt64](repeating: 0, count: n / 64 + 1)
    if options.drawsRows {
      for _ in 0..<n {
        let row = Int(truncatingIfNeeded: random.below(UInt64(n)))
        if times[row] < .max { times[row] += 1 }
      }
    }
    for row in 0..<n where times[row] > 0 { saw[row >> 6] |= 1 << UInt64(row & 63) }
    let tree: DecisionTree
    if let binned {
      let grown = try BinnedGrower(data, binned, treeOptions, context).grow(rowTimes: times)
      tree = treeOptions.ccpAlpha > 0 ? grown.pruned(alpha: treeOptions.ccpAlpha) : grown
    } else {
      let rows = (0..<n).filter { times[$0] > 0 }
      let drawn = try TrainingData(
        data.features.selecting(rows), labels: rows.map { data.labels[$0] }, classes: data.classes,
        weights: rows.map { Double(times[$0]) * (data.weights?[$0] ?? 1) })
      let alone = ExecutionContext(partOf: context, threads: 1)
      tree = try DecisionTree.train(drawn, treeOptions, context: alone)
    }
    return Grown(tree: tree, saw: saw)
  }

  /// Adds up the trees for each row in their order, so that sums do not depend on the workers.
  private static func outOfBag(
    _ grown: [Grown], _ data: TrainingData, _ context: ExecutionContext
  ) throws -> [Double] {
    let n = data.rowCount
    guard data.classCount > 1 else { return Array(repeating: .nan, count: n) }
    let sums = Buffer.zeros(byteCount: n * 8), asked = Buffer.zeros(byteCount: n * 8)
    let walks = grown.map { grown in TreeWalk(grown.tree) { grown.tree.probability(of: 1, in: $0) } }
    try inBlocks(of: data.features, context) { columns, rows in
      let sums = sums.view(Double.self), asked = asked.view(Int.self)
      for (walk, grown) in zip(walks, grown) {
        for row in rows where grown.saw[row &>> 6] &>> UInt64(row & 63) & 1 == 0 {
          sums[row] += walk.value(columns, row: row)
          asked[row] &+= 1
        }
      }
      for row in rows { sums[row] /= Double(asked[row]) }
    }
    return sums.view(Double.self).array(n)
  }

  /// Calls `body` for blocks that together cover all rows, on all workers.
  static func inBlocks(
    of matrix: FeatureMatrix, _ context: ExecutionContext,
    _ body: @Sendable (_ columns: BufferTable<Double>, _ rows: Range<Int>) -> Void
  ) throws {
    let next = Atomic<Int>(0)
    try WorkerPool.shared.run(workers: matrix.rowCount < 2048 ? 1 : context.threads) { _ in
      let columns = matrix.table
      while true {
        let start = next.wrappingAdd(1024, ordering: .relaxed).oldValue
        guard start < matrix.rowCount else { break }
        try context.checkpoint()
        body(columns, start..<Swift.min(start + 1024, matrix.rowCount))
      }
    }
  }

  /// Returns the mean over the trees of the share of `class` in the row's leaf.
  package func probability(of class: Int = 1, for row: [Double]) -> Double {
    var sum = 0.0
    for tree in trees { sum += tree.probability(of: `class`, for: row) }
    return sum / Double(trees.count)
  }

  /// Returns the probability of `class` for each row.
  package func probabilities(
    of class: Int = 1, for matrix: FeatureMatrix, context: ExecutionContext
  ) throws -> [Double] {
    precondition(matrix.featureCount == features.count, "there must be a value for each feature")
    let sums = Buffer.zeros(byteCount: matrix.rowCount * 8)
    let walks = trees.map { tree in TreeWalk(tree) { tree.probability(of: `class`, in: $0) } }
    try Forest.inBlocks(of: matrix, context) { columns, rows in
      let sums = sums.view(Double.self)
      for walk in walks { for row in rows { sums[row] += walk.value(columns, row: row) } }
      for row in rows { sums[row] /= Double(walks.count) }
    }
    return sums.view(Double.self).array(matrix.rowCount)
  }

  /// Returns the mean of the trees' importances.
  package func importances() -> [Double] {
    var sums = [Double](repeating: 0, count: features.count)
    for tree in trees { for (feature, share) in tree.importances().enumerated() { sums[feature] += share } }
    return sums.map { $0 / Double(trees.count) }
  }
}
