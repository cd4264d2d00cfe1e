import PlumbDiagnostics
import PlumbEngine
import PlumbLearning

/// How risks are learned.
package enum RiskMethod: String, Hashable, Sendable, CaseIterable {
  /// One tree, whose leaf gives the risk and the reasons.
  case tree
  /// Many trees give the risk; one tree beside them gives the reasons.
  case forest
}

/// What says how likely each pipeline is to fail, and why.
///
/// - Learned from the earlier four fifths of the moments; the later fifth prunes the tree, calibrates the risks and
///   chooses the operating point. A moment's outcome is known before the next part begins.
struct RiskModel: Sendable {
  let method: RiskMethod
  let tree: DecisionTree
  let forest: Forest?
  let calibration: Calibration
  /// Raw scores from here on are called failing: where most pipelines of the later fifth are called what they were.
  let threshold: Double
  /// The share of rows that failed.
  let baseRate: Double
  /// The unit of each feature's changes.
  let spreads: [Double]
  let rows: Int
  let positives: Int
  /// The area under the ROC curve on the later fifth, which pruning has seen.
  let validationAUC: Estimate
  /// A feature that alone tells failures apart, as far as the model was learned in this process.
  private(set) var telling: TellingFeature?

  /// Learns from rows that end before `before` steps; those with lower steps are never looked at.
  ///
  /// - Throws: `too-little-history`.
  init(
    _ rows: PredictionRows, using method: RiskMethod, question: PredictionQuestion, context: ExecutionContext
  ) throws {
    let oldest = Int(rows.steps.max() ?? 0), newest = Int(rows.steps.min() ?? 0)
    let embargo = Int(question.within / question.step)
    let cut = newest + (oldest - newest) / 5
    let earlier = (0..<rows.count).filter { Int(rows.steps[$0]) > cut + embargo }
    let later = (0..<rows.count).filter { Int(rows.steps[$0]) <= cut }
    let training = try rows.training(earlier), validation = try rows.training(later)
    let failures = [training, validation].map { data in data.labels.reduce(0) { $0 + Int($1) } }
    guard failures[0] >= 10, failures[1] >= 5, training.rowCount > failures[0] else {
      throw Diagnostic(
        "too-little-history",
        "there is too little history to learn from: \(training.rowCount) moments of pipelines with \(failures[0]) failures",
        help: "some days of runs with some failures are needed before the moment of prediction")
    }

    telling = try tellingFeature(training, context: context)
    let leaf = Swift.min(200, Swift.max(10, training.rowCount / 200))
    let grown = try DecisionTree.train(
      training, TreeOptions(criterion: .gini, maxDepth: 16, minLeaf: leaf, splits: .binned), context: context)
    tree = grown.pruned(by: validation, loss: .logLoss).tree
    self.method = method
    let scores: [Double]
    switch method {
    case .tree:
      forest = nil
      scores = tree.probabilities(for: validation.features)
    case .forest:
      let options = ForestOptions(
        treeCount: 80,
        tree: TreeOptions(
          criterion: .entropy, minLeaf: Swift.max(5, leaf / 8), featuresPerSplit: Feature.all.count / 3, splits: .binned),
        seed: 1)
      let forest = try Forest.train(training, options, context: context).forest
      self.forest = forest
      scores = try forest.probabilities(for: validation.features, context: context)
    }
    let outcomes = later.map { rows.failed[$0] }
    calibration = .platt(try PlattCalibration(scores: scores.map(RiskModel.logOdds), positives: outcomes))
    let ranked = RankedScores(scores: scores, positives: outcomes)
    threshold = ranked.operatingPoint(for: .accuracy).threshold
    validationAUC = ranked.rocAUC()
    baseRate = Double(failures[0] + failures[1]) / Double(training.rowCount + validation.rowCount)
    spreads = training.features.spreads()
    self.rows = training.rowCount + validation.rowCount
    positives = failures[0] + failures[1]
  }

  /// What the trees say of each row, to rank by; the calibrated risk grows with it.
  func scores(for features: FeatureMatrix, context: ExecutionContext) throws -> [Double] {
    try forest?.probabilities(for: features, context: context) ?? tree.probabilities(for: features)
  }

  /// The probability that a score stands for.
  func risk(of score: Double) -> Double { calibration(RiskModel.logOdds(score)) }

  /// A share's logarithm of odds, kept finite, in which calibration is a straight line.
  static func logOdds(_ share: Double) -> Double {
    let kept = Swift.min(Swift.max(share, 0.0005), 0.9995)
    return logarithm(kept / (1 - kept))
  }

  /// A model whose parts are known.
  init(
    method: RiskMethod, tree: DecisionTree, forest: Forest?, calibration: Calibration, threshold: Double,
    baseRate: Double, spreads: [Double], rows: Int, positives: Int, validationAUC: Estimate
  ) {
    self.method = method
    self.tree = tree
    self.forest = forest
    self.calibration = calibration
    self.threshold = threshold
    self.baseRate = baseRate
    self.spreads = spreads
    self.rows = rows
    self.positives = positives
    self.validationAUC = validationAUC
    telling = nil
  }
}

extension PredictionRows {
  /// Some rows as the learner takes them.
  func training(_ rows: [Int]) throws -> TrainingData {
    guard failed.count == count else {
      throw Diagnostic("no-outcomes", "there are no outcomes to learn from")
    }
    return try TrainingData(features.selecting(rows), positives: rows.map { failed[$0] })
  }
}
