import Glibc
import PlumbDiagnostics
import PlumbEngine

/// How trees are boosted.
package struct BoostingOptions: Hashable, Sendable {
  package var rounds: Int
  /// How much of each tree's correction is taken.
  package var rate: Double
  /// The leaves of each tree, at most.
  package var leaves: Int
  package var minLeaf: Int
  /// Of the rows, those with the largest gradients that each tree learns from, and of the others those drawn by chance.
  package var topShare: Double
  package var otherShare: Double
  package var seed: UInt64

  package init(
    rounds: Int = 120, rate: Double = 0.09, leaves: Int = 15, minLeaf: Int = 20, topShare: Double = 0.1,
    otherShare: Double = 0.1, seed: UInt64 = 1
  ) {
    self.rounds = rounds
    self.rate = rate
    self.leaves = leaves
    self.minLeaf = minLeaf
    self.topShare = topShare
    self.otherShare = otherShare
    self.seed = seed
  }
}

/// Small trees, each of which corrects the sum of those before it, for two classes.
///
/// Friedman, "Greedy function approximation: a gradient boosting machine" (2001), with the logistic loss and Newton's step;
/// histograms of binned features, trees grown leaf by leaf and rows drawn by gradients (one-side sampling) as in Ke et al.,
/// "LightGBM" (2017).
package struct Boosting: Hashable, Sendable {
  /// A question or a leaf; a leaf's value is its correction of the logarithm of the odds.
  package struct Node: Hashable, Sendable {
    /// -1 in a leaf.
    package var feature: Int32
    package var missingGoesLeft: Bool
    /// The node for values above the threshold; the other one follows it.
    package var right: Int32
    /// The threshold of a question or the value of a leaf.
    package var number: Double
  }

  package let features: [String]
  /// The logarithm of the odds of all rows of training.
  package let base: Double
  /// The trees one after the other; `right` counts from the first node of its tree.
  package let nodes: [Node]
  /// Where each tree begins.
  package let starts: [Int32]

  package init(features: [String], base: Double, nodes: [Node], starts: [Int32]) {
    self.features = features
    self.base = base
    self.nodes = nodes
    self.starts = starts
  }

  /// Learns; the same data and options give the same trees, whatever `context.threads`.
  ///
  /// - Parameter later: rows that say after how many trees to stop; nil for all rounds.
  /// - Throws: `no-rows` for no data, and `cancelled` or `memory-limit` from `context`.
  package static func train(
    _ data: TrainingData, _ options: BoostingOptions = BoostingOptions(), stoppingBy later: TrainingData? = nil,
    context: ExecutionContext
  ) throws -> Boosting {
    guard data.rowCount > 0 else { throw Diagnostic("no-rows", "there are no rows to learn from") }
    precondition(data.classCount == 2, "boosting knows two classes")
    let n = data.rowCount
    let binned = try BinnedFeatures(data.features, context: context)
    let yes = data.labels.reduce(0.0) { $0 + Double($1) }
    let base = log((yes + 0.5) / (Double(n) - yes + 0.5))
    let scores = BufferView(repeating: base, count: n)
    let gradients = BufferView<GradientGrower.Item>(count: n)
    let grower = try GradientGrower(data.features, binned, leaves: options.leaves, minLeaf: options.minLeaf, context)
    var random = RandomGenerator(seed: options.seed)
    var nodes: [Node] = []
    var starts: [Int32] = []
    let laterScores = BufferView(repeating: base, count: later?.rowCount ?? 0)
    var best = (rounds: 0, loss: Double.infinity)
    for round in 0..<Swift.max(1, options.rounds) {
      try context.checkpoint()
      let drawn = draw(data, scores, options, &random, into: gradients)
      let tree = try grower.grow(gradients, drawn, scale: options.rate)
      if tree.count < 2, round > 0 { break }
      starts.append(Int32(truncatingIfNeeded: nodes.count))
      nodes += tree
      try add(tree, to: scores, data.features, context)
      if let later {
        try add(tree, to: laterScores, later.features, context)
        if round % 5 == 4 || round + 1 == options.rounds {
          let loss = logLoss(laterScores.array(later.rowCount), later.labels)
          if loss < best.loss { best = (starts.count, loss) }
          if starts.count >= best.rounds + 30 { break }
        }
      }
    }
    if later != nil, best.rounds > 0, best.rounds < starts.count {
      nodes.removeSubrange(Int(starts[best.rounds])...)
      starts.removeSubrange(best.rounds...)
    }
    return Boosting(features: data.features.names, base: base, nodes: nodes, starts: starts)
  }

  package var rounds: Int { starts.count }

  /// Fills in the rows that a tree learns from, with their gradients and curvatures; how many.
  private static func draw(
    _ data: TrainingData, _ scores: BufferView<Double>, _ options: BoostingOptions, _ random: inout RandomGenerator,
    into items: BufferView<GradientGrower.Item>
  ) -> Int {
    let n = data.rowCount
    let isSampled = n > 4_000 && options.topShare + options.otherShare < 1
    let gradients = BufferView<Float>(count: n)
    // How many gradients there are of each size, in 256 steps, gives the bound of the largest.
    var sizes = [Int](repeating: 0, count: 257)
    for row in 0..<n {
      let p = 1 / (1 + exp(-scores[row]))
      let gradient = p - Double(data.labels[row])
      gradients[row] = Float(gradient)
      sizes[Int(abs(gradient) * 256)] &+= 1
    }
    var bound: Float = 0
    if isSampled {
      var count = 0
      var size = 256
      while size > 0, count + sizes[size] <= Int(Double(n) * options.topShare) {
        count += sizes[size]
        size -= 1
      }
      bound = Float(size + 1) / 256
    }
    // The others stand for those that were not drawn.
    let limit = UInt64(options.otherShare * 65_536)
    let weight = Float(1 / options.otherShare)
    var count = 0
    var bits: UInt64 = 0
    for row in 0..<n {
      let gradient = gradients[row]
      var factor: Float = 1
      if isSampled && abs(gradient) < bound {
        if row & 3 == 0 { bits = random.next() }
        let draw = bits & 0xffff
        bits >>= 16
        if draw >= limit { continue }
        factor = weight
      }
      let p = abs(gradient)
      items[count] = GradientGrower.Item(
        row: UInt32(truncatingIfNeeded: row), gradient: gradient * factor, curvature: Swift.max(p * (1 - p), 1e-6) * factor)
      count &+= 1
    }
    return count
  }

  private static func logLoss(_ scores: [Double], _ labels: [Int32]) -> Double {
    var sum = 0.0
    for (score, label) in zip(scores, labels) {
      sum += label == 1 ? log1p(exp(-score)) : score > 30 ? score : log1p(exp(score))
    }
    return sum / Double(Swift.max(1, scores.count))
  }

  /// Adds what a tree says of each row.
  private static func add(
    _ tree: [Node], to scores: BufferView<Double>, _ matrix: FeatureMatrix, _ context: ExecutionContext
  ) throws {
    try Forest.inBlocks(of: matrix, context) { columns, rows in
      for row in rows { scores[row] += Boosting.value(tree, 0, columns, row) }
    }
  }

  @inline(__always) private static func value(
    _ nodes: [Node], _ start: Int, _ columns: BufferTable<Double>, _ row: Int
  ) -> Double {
    var at = start
    while true {
      let node = nodes[at]
      if node.feature < 0 { return node.number }
      let value = columns[Int(node.feature), row]
      let goesLeft = value.isNaN ? node.missingGoesLeft : value <= node.number
      at = goesLeft ? at &+ 1 : start &+ Int(node.right)
    }
  }

  /// The logarithm of the odds of the second class for each row.
  package func logOdds(for matrix: FeatureMatrix, context: ExecutionContext) throws -> [Double] {
    precondition(matrix.featureCount == features.count, "callers give a value for each feature")
    let sums = BufferView<Double>(count: matrix.rowCount)
    try Forest.inBlocks(of: matrix, context) { columns, rows in
      for row in rows {
        var sum = base
        for start in starts { sum += Boosting.value(nodes, Int(start), columns, row) }
        sums[row] = sum
      }
    }
    return sums.array(matrix.rowCount)
  }

  /// The probability of the second class for each row.
  package func probabilities(for matrix: FeatureMatrix, context: ExecutionContext) throws -> [Double] {
    try logOdds(for: matrix, context: context).map { 1 / (1 + exp(-$0)) }
  }
}
