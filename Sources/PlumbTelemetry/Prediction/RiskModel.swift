import PlumbDiagnostics
import PlumbEngine
import PlumbLearning

/// How risks are learned.
package enum RiskMethod: String, Hashable, Sendable, CaseIterable {
  /// One tree, taught by boosting, whose leaf gives the risk and the reasons.
  case tree
  /// Many trees give the risk; one tree taught by them gives the reasons.
  case forest
  /// Trees that correct each other give the risk; one tree taught by them gives the reasons.
  case boosting
}

/// Predicts how likely each pipeline is to fail, and why.
///
/// - Training runs twice: on the earlier four fifths of the moments, so that the later fifth can decide when to stop, prune the
///   tree, calibrate the risks, measure their intervals and choose the operating point; then with these choices on all rows.
///   The outcome of a moment is known before the next part begins.
/// - With too little data, the model is a single question: whether the last attempt failed.
struct RiskModel: Sendable {
  let method: RiskMethod
  /// The source of reasons, paths and smallest changes.
  let tree: DecisionTree
  let forest: Forest?
  let boosting: Boosting?
  let calibration: Calibration
  /// How certain a risk is, by its score.
  let bands: ScoreBands
  /// Raw scores from here on are classified as failing: the threshold that is most accurate on the later fifth.
  let threshold: Double
  /// The same for the shares of the tree.
  let treeThreshold: Double
  /// The share of rows that failed.
  let baseRate: Double
  /// The unit of each feature's changes.
  let spreads: [Double]
  let rows: Int
  let positives: Int
  /// The area under the ROC curve on the later fifth, which pruning has seen.
  let validationAUC: Estimate
  /// A feature that separates failures by itself, if the model was trained in this process.
  private(set) var telling: TellingFeature?
  /// Whether there was too little to learn from, so that the last status alone speaks.
  private(set) var isRule = false

  private static let treeLeaves = 64

  /// Learns from rows; the newest have the lowest steps.
  ///
  /// - Throws: `too-little-history`.
  init(
    _ rows: PredictionRows, using method: RiskMethod, question: PredictionQuestion, context: ExecutionContext
  ) throws {
    let parts = try RiskParts(rows, question)
    let training = parts.training, validation = parts.validation
    telling = try tellingFeature(training, context: context)
    let leaf = Swift.min(200, Swift.max(10, training.rowCount / 200))
    let whole = try rows.training(Array(0..<rows.count))
    // What the later rows choose, and then the same from all rows.
    var forest: Forest?, boosting: Boosting?
    let earlierTree: DecisionTree, scores: [Double]
    switch method {
    case .forest:
      let options = ForestOptions(
        treeCount: 80,
        tree: TreeOptions(
          criterion: .entropy, minLeaf: Swift.max(5, leaf / 8), featuresPerSplit: Feature.all.count / 3, splits: .binned),
        seed: 1)
      let earlier = try Forest.train(training, options, context: context).forest
      scores = try earlier.probabilities(for: validation.features, context: context)
      earlierTree = try RiskModel.taught(
        try earlier.probabilities(for: training.features, context: context).map(RiskModel.logOdds), training, leaf,
        prunedBy: validation, context)
      forest = try Forest.train(whole, options, context: context).forest
    case .tree, .boosting:
      let earlier = try Boosting.train(training, stoppingBy: validation, context: context)
      earlierTree = try RiskModel.taught(
        try earlier.logOdds(for: training.features, context: context), training, leaf, prunedBy: validation, context)
      scores = method == .tree
        ? earlierTree.probabilities(for: validation.features)
        : try earlier.probabilities(for: validation.features, context: context)
      boosting = try Boosting.train(whole, BoostingOptions(rounds: Swift.max(1, earlier.rounds)), context: context)
    }
    let targets = try forest?.probabilities(for: whole.features, context: context).map(RiskModel.logOdds)
      ?? boosting?.logOdds(for: whole.features, context: context) ?? []
    tree = earlierTree.leafCount < 2
      ? try DecisionTree.taught(targets, whole, leaves: 2, minLeaf: whole.rowCount, context: context)
      : try DecisionTree.taught(targets, whole, leaves: earlierTree.leafCount, minLeaf: leaf, context: context)
    self.method = method
    self.forest = forest
    self.boosting = method == .boosting ? boosting : nil

    let outcomes = parts.later.map { rows.failed[$0] }
    let platt = try PlattCalibration(scores: scores.map(RiskModel.logOdds), positives: outcomes)
    calibration = .platt(platt)
    bands = ScoreBands(
      scores: scores, risks: scores.map { platt(RiskModel.logOdds($0)) }, positives: outcomes,
      clusters: parts.later.map { rows.pipelines[$0] })
    let ranked = RankedScores(scores: scores, positives: outcomes)
    threshold = ranked.operatingPoint(for: .accuracy).threshold
    treeThreshold = method == .tree ? threshold : RankedScores(
      scores: earlierTree.probabilities(for: validation.features), positives: outcomes
    ).operatingPoint(for: .accuracy).threshold
    validationAUC = ranked.rocAUC()
    positives = whole.labels.reduce(0) { $0 + Int($1) }
    self.rows = whole.rowCount
    baseRate = Double(positives) / Double(Swift.max(1, whole.rowCount))
    spreads = whole.features.spreads()
  }

  private static func taught(
    _ targets: [Double], _ training: TrainingData, _ leaf: Int, prunedBy validation: TrainingData, _ context: ExecutionContext
  ) throws -> DecisionTree {
    try DecisionTree.taught(targets, training, leaves: treeLeaves, minLeaf: leaf, context: context)
      .pruned(by: validation, loss: .logLoss).tree
  }

  /// Returns what the trees predict for each row, for ranking; the calibrated risk increases with it.
  func scores(for features: FeatureMatrix, context: ExecutionContext) throws -> [Double] {
    try forest?.probabilities(for: features, context: context)
      ?? boosting?.probabilities(for: features, context: context) ?? tree.probabilities(for: features)
  }

  /// Returns the probability that corresponds to a score.
  func risk(of score: Double) -> Double {
    // What a rule counts is a share already.
    if case .none = calibration { return score }
    return calibration(RiskModel.logOdds(score))
  }

  /// Returns the 95 % interval of the risk for a score.
  func interval(of score: Double) -> Interval { bands.interval(score: score, risk: risk(of: score)) }

  /// Returns the log odds of a share, kept finite; calibration is linear in it.
  static func logOdds(_ share: Double) -> Double {
    let kept = Swift.min(Swift.max(share, 0.0005), 0.9995)
    return logarithm(kept / (1 - kept))
  }

  /// Creates a model from its parts.
  init(
    method: RiskMethod, tree: DecisionTree, forest: Forest?, boosting: Boosting?, calibration: Calibration, bands: ScoreBands,
    threshold: Double, treeThreshold: Double, baseRate: Double, spreads: [Double], rows: Int, positives: Int,
    validationAUC: Estimate, isRule: Bool
  ) {
    self.method = method
    self.tree = tree
    self.forest = forest
    self.boosting = boosting
    self.calibration = calibration
    self.bands = bands
    self.threshold = threshold
    self.treeThreshold = treeThreshold
    self.baseRate = baseRate
    self.spreads = spreads
    self.rows = rows
    self.positives = positives
    self.validationAUC = validationAUC
    self.isRule = isRule
    telling = nil
  }
}

extension RiskModel {
  /// Rows below which not even a rule can be told from chance.
  static let leastRows = 100

  /// The rule that a failure follows a failure, with the shares that the rows show; nil for fewer than a hundred rows or without
  /// any failure.
  init?(rule rows: PredictionRows) throws {
    guard rows.count >= RiskModel.leastRows, let last = Feature.names.firstIndex(of: "failed_last") else { return nil }
    let data = try rows.training(Array(0..<rows.count))
    let tree = DecisionTree.stump(data, feature: last, threshold: 0.5)
    let positives = data.labels.reduce(0) { $0 + Int($1) }
    guard positives > 0 else { return nil }
    self.init(
      method: .tree, tree: tree, forest: nil, boosting: nil, calibration: .none,
      bands: ScoreBands(
        scores: tree.probabilities(for: data.features), risks: tree.probabilities(for: data.features),
        positives: rows.failed, clusters: rows.pipelines),
      threshold: 0.5, treeThreshold: 0.5, baseRate: Double(positives) / Double(rows.count),
      spreads: data.features.spreads(), rows: rows.count, positives: positives, validationAUC: Estimate(.nan, Interval(0, 1)),
      isRule: true)
  }
}

/// The rows to learn from, and those that choose.
struct RiskParts {
  let training: TrainingData
  let validation: TrainingData
  let later: [Int]

  /// - Throws: `too-little-history`.
  init(_ rows: PredictionRows, _ question: PredictionQuestion) throws {
    let oldest = Int(rows.steps.max() ?? 0), newest = Int(rows.steps.min() ?? 0)
    let embargo = Int(question.within / question.step)
    let cut = newest + (oldest - newest) / 5
    let earlier = (0..<rows.count).filter { Int(rows.steps[$0]) > cut + embargo }
    later = (0..<rows.count).filter { Int(rows.steps[$0]) <= cut }
    training = try rows.training(earlier)
    validation = try rows.training(later)
    let failures = [training, validation].map { data in data.labels.reduce(0) { $0 + Int($1) } }
    guard failures[0] >= 10, failures[1] >= 5, training.rowCount > failures[0] else {
      throw Diagnostic(
        "too-little-history",
        "too little history to train on: \(training.rowCount) pipeline snapshots with \(failures[0]) failures",
        help: "predictions need a few days of runs, some of them failed, before the prediction time")
    }
  }
}

extension PredictionRows {
  /// Returns some rows as training data.
  func training(_ rows: [Int]) throws -> TrainingData {
    guard failed.count == count else {
      throw Diagnostic("no-outcomes", "there are no outcomes to train on")
    }
    let selected = rows.count == count ? features : features.selecting(rows)
    return try TrainingData(selected, positives: rows.map { failed[$0] })
  }
}
