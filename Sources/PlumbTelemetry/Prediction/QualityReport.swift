import PlumbDiagnostics
import PlumbEngine
import PlumbLearning
import PlumbModel

/// Measures a model on a later part of history that its training never saw, next to simple rules and the best possible.
struct QualityReport {
  static let schema: Schema = [
    ColumnInfo("section", .string), ColumnInfo("metric", .string), ColumnInfo("value", .real), ColumnInfo("low", .real),
    ColumnInfo("high", .real), ColumnInfo("positives", .long), ColumnInfo("of", .long),
    ColumnInfo("never_fails", .real), ColumnInfo("failed_last", .real), ColumnInfo("own_rate", .real),
    ColumnInfo("latest_failure", .real), ColumnInfo("hazard", .real), ColumnInfo("knowing_faults", .real),
  ]

  /// The rules that cost nothing, as remarks call them; the model is contestant 0.
  private static let rules = [(1, "never_fails"), (2, "failed_last"), (3, "own_rate"), (4, "latest_failure")]

  /// A way to give each held-out row a score and a probability.
  private struct Contestant {
    var scores: [Double]
    var risks: [Double]
    /// Scores from here on are classified as failing; chosen before the held-out part begins.
    var accurate: Double
    var balanced: Double
  }

  private let builders = QualityReport.schema.map { VectorBuilder($0.type) }
  private var count = 0

  /// - Parameter rows: all moments of the question.
  static func table(
    _ rows: PredictionRows, _ question: PredictionQuestion, method: RiskMethod, aftermath: Aftermath, faults: FaultFeatures?,
    context: ExecutionContext
  ) throws -> Table {
    var report = QualityReport()
    try report.fill(rows, question, method, aftermath, faults, context)
    return Table(
      name: "predict_quality", schema: schema, groups: [RowGroup(report.builders.map { $0.finish() }, count: report.count)])
  }

  /// Returns the first step that is no longer held out: the last fifth of the moments is.
  static func heldOut(_ rows: PredictionRows) -> Int32 {
    let oldest = rows.steps.max() ?? 0, newest = rows.steps.min() ?? 0
    return newest + (oldest - newest) / 5
  }

  private mutating func fill(
    _ rows: PredictionRows, _ question: PredictionQuestion, _ method: RiskMethod, _ aftermath: Aftermath,
    _ faults: FaultFeatures?, _ context: ExecutionContext
  ) throws {
    let cut = QualityReport.heldOut(rows)
    let embargo = Int32(question.within / question.step)
    let test = (0..<rows.count).filter { rows.steps[$0] <= cut }
    let before = (0..<rows.count).filter { rows.steps[$0] > cut + embargo }
    let heldOut = rows.selecting(test), training = rows.selecting(before)
    let model = try RiskModel(training, using: method, question: question, context: context)
    let outcomes = heldOut.failed
    let hazards = aftermath.hazards.isEmpty ? nil : test.map { aftermath.hazards[$0] }

    // The rows that chose the model's operating point choose those of the rules, too.
    let validationCut = QualityReport.heldOut(training)
    let validation = training.selecting((0..<training.count).filter { training.steps[$0] <= validationCut })
    func contestant(_ score: (PredictionRows) throws -> [Double]) throws -> Contestant {
      try QualityReport.contestant(try score(validation), validation.failed, try score(heldOut))
    }
    func column(_ name: String) -> (PredictionRows) -> [Double] {
      let feature = Feature.names.firstIndex(of: name) ?? 0
      return { rows in (0..<rows.count).map { rows.features.value(feature, row: $0) }.map { $0.isNaN ? 0 : $0 } }
    }
    var own = try contestant { try model.scores(for: $0.features, context: context) }
    own.risks = own.scores.map { model.risk(of: $0) }
    let never = Contestant(
      scores: outcomes.map { _ in 0 }, risks: outcomes.map { _ in 0 }, accurate: .infinity, balanced: .infinity)
    let sinceFailure = column("hours_since_failure")
    let latest = try contestant { rows in sinceFailure(rows).map { -$0 } }
    let knowing = try faults.map { faults in
      // The same learner, told what is at work.
      let told = try Boosting.train(
        try faults.adding(to: training, at: before).training(Array(0..<training.count)),
        BoostingOptions(rounds: Swift.max(60, model.boosting?.rounds ?? 150)), context: context)
      let scores = try told.probabilities(for: faults.adding(to: heldOut, at: test).features, context: context)
      return Contestant(scores: scores, risks: scores, accurate: 0.5, balanced: 0.5)
    }
    let all = [
      own, never, try contestant(column("failed_last")), try contestant(column("usual_failures")), latest,
      hazards.map { hazards in
        // The truth needs no choice: failure is predicted if it is more likely than not.
        Contestant(scores: hazards, risks: hazards, accurate: 0.5, balanced: 0.5)
      },
      knowing,
    ]

    let positives = outcomes.reduce(0) { $0 + ($1 ? 1 : 0) }
    let baseRate = Estimate.share(Double(positives), of: Double(outcomes.count))
    func line(_ section: String, _ metric: String, _ figure: (Contestant) -> Estimate) {
      add(section, metric, all.map { $0.map(figure) }, positives, outcomes.count)
    }
    add("held out", "base rate", [baseRate], positives, outcomes.count)
    add(
      "held out", "days", [Estimate(Double(cut + 1) * Double(question.step) / Double(PredictionQuestion.day))], nil, nil)
    let everything = Array(0..<heldOut.count)
    let news = everything.filter { heldOut.isNew($0, within: question.within) }
    for (section, places) in [
      ("ranking", everything), ("newly at risk", news), ("still failing", Array(Set(everything).subtracting(news)).sorted()),
    ] {
      rank(section, places, all, heldOut, context)
    }
    line("ranking", "lift at 5") {
      let top = precision(
        atTop: 5, scores: $0.scores, positives: outcomes, groups: heldOut.steps.map { Int($0) }
      ).estimate
      return top.scaled(by: 1 / baseRate.value)
    }
    line("ranking", "lift of the top 5 %") { RankedScores(scores: $0.scores, positives: outcomes).lift(atTop: 0.05) }
    if positives < 30 {
      context.remark("only \(positives) failures were held out: the figures say little")
    }
    for (section, threshold) in [
      ("most accurate point", { (it: Contestant) in it.accurate }), ("best F1 point", { $0.balanced }),
    ] {
      func point(_ it: Contestant) -> OperatingPoint {
        OperatingPoint(threshold: threshold(it), scores: it.scores, positives: outcomes)
      }
      line(section, "accuracy") { point($0).accuracy }
      line(section, "precision") { point($0).precision }
      line(section, "recall") { point($0).recall }
    }
    line("probability", "Brier score") { brierScore($0.risks, outcomes) }
    for bin in calibrationTable(own.risks, outcomes) {
      add(
        "calibration", "risk about \(Feature.percent(bin.meanProbability))", [bin.observed], bin.positives, bin.count)
    }
    try causes(training, before, heldOut, test, aftermath, question, context)
  }

  /// The ranking figures for some of the held-out rows; the model's intervals resample pipelines, not rows.
  private mutating func rank(
    _ section: String, _ places: [Int], _ all: [Contestant?], _ heldOut: PredictionRows, _ context: ExecutionContext
  ) {
    let outcomes = places.map { heldOut.failed[$0] }
    let positives = outcomes.reduce(0) { $0 + ($1 ? 1 : 0) }
    guard positives > 0, positives < outcomes.count else { return }
    if section == "newly at risk", positives < 30, heldOut.failed.reduce(0, { $0 + ($1 ? 1 : 0) }) >= 30 {
      context.remark("newly at risk: only \(counted(positives, "failure")) \(positives == 1 ? "was" : "were") held out: the figures say little")
    }
    let scores = all.map { contestant in contestant.map { contestant in places.map { contestant.scores[$0] } } }
    let intervals = scores[0].flatMap {
      ClusterBootstrap(scores: $0, positives: outcomes, clusters: places.map { heldOut.pipelines[$0] }).intervals()
    }
    func line(_ metric: String, _ interval: Interval?, _ figure: ([Double]) -> Estimate) {
      var figures = scores.map { $0.map(figure) }
      if let own = figures[0], let interval {
        figures[0] = Estimate(
          own.value, Interval(Swift.min(own.value, interval.low), Swift.max(own.value, interval.high)))
      }
      add(section, metric, figures, positives, outcomes.count)
      guard section != "still failing", positives >= 30, let own = figures[0]?.value else { return }
      let better = Self.rules.compactMap { index, name in (figures[index]?.value).map { (name: name, value: $0) } }
        .filter { $0.value > own + 1e-9 }.max { $0.value < $1.value }
      if let better {
        context.remark(
          "\(section == "ranking" ? "" : "\(section): ")the rule `\(better.name)` has a better \(metric) "
            + "(\(QualityReport.figure(better.value)) to \(QualityReport.figure(own)))")
      }
    }
    line("ROC-AUC", intervals?.roc) { RankedScores(scores: $0, positives: outcomes).rocAUC() }
    line("PR-AUC", intervals?.precision) { RankedScores(scores: $0, positives: outcomes).averagePrecision() }
    let groups = places.map { Int(heldOut.steps[$0]) }
    for count in [5, 10] {
      line("precision at \(count)", nil) {
        precision(atTop: count, scores: $0, positives: outcomes, groups: groups).estimate
      }
    }
  }

  /// Returns a figure with the digits that tell it from one that is nearly as good.
  private static func figure(_ value: Double) -> String {
    let digits = String(Int((value * 10_000).rounded()))
    return value >= 0.99995 ? "1.0000" : "0." + String(repeating: "0", count: Swift.max(0, 4 - digits.count)) + digits
  }

  /// Measures the recall for each cause of failures, by a tree that has seen the cause and by one that has not.
  ///
  /// The second tree's training omits every moment of a pipeline within a day of a failure with the cause.
  private mutating func causes(
    _ training: PredictionRows, _ before: [Int], _ heldOut: PredictionRows, _ test: [Int], _ aftermath: Aftermath,
    _ question: PredictionQuestion, _ context: ExecutionContext
  ) throws {
    let seen = try PlainTree(training, question, context)
    let seenScores = seen.scores(heldOut)
    for code in aftermath.causes.indices.sorted(by: { aftermath.causes[$0] < aftermath.causes[$1] }) {
      let isOf = test.map { aftermath.cause[$0] == Int32(code) }
      let total = isOf.reduce(0) { $0 + ($1 ? 1 : 0) }
      guard total > 0 else { continue }
      let name = aftermath.causes[code]
      func recall(_ model: PlainTree, _ scores: [Double]) -> Estimate {
        let called = isOf.indices.reduce(0) { $0 + (isOf[$1] && scores[$1] >= model.threshold ? 1 : 0) }
        return .share(Double(called), of: Double(total))
      }
      add("recall by cause", name, [recall(seen, seenScores)], total, total)
      let untouched = before.indices.filter { aftermath.near[before[$0]] & (1 &<< UInt64(code)) == 0 }
      guard
        let unseen = try? PlainTree(training.selecting(untouched), question, context)
      else { continue }
      let scores = unseen.scores(heldOut)
      add("recall by cause, never met in training", name, [recall(unseen, scores)], total, total)
      let among = isOf.indices.filter { isOf[$0] || !heldOut.failed[$0] }
      let auc = RankedScores(scores: among.map { scores[$0] }, positives: among.map { isOf[$0] }).rocAUC()
      add("ROC-AUC by cause, never met in training", name, [auc], total, among.count)
    }
  }

  private static func contestant(_ earlier: [Double], _ outcomes: [Bool], _ scores: [Double]) throws -> Contestant {
    let ranked = RankedScores(scores: earlier, positives: outcomes)
    let calibration = try PlattCalibration(scores: earlier, positives: outcomes)
    return Contestant(
      scores: scores, risks: scores.map { calibration($0) }, accurate: ranked.operatingPoint(for: .accuracy).threshold,
      balanced: ranked.operatingPoint(for: .f1).threshold)
  }

  /// Adds a row: the model's figure with its interval, then the figures of the others.
  private mutating func add(
    _ section: String, _ metric: String, _ figures: [Estimate?], _ positives: Int?, _ total: Int?
  ) {
    func append(_ column: Int, _ value: Double?) {
      if let value, !value.isNaN { builders[column].append(real: value) } else { builders[column].appendNull() }
    }
    builders[0].append(string: section)
    builders[1].append(string: metric)
    let own = figures.first ?? nil
    append(2, own?.value)
    append(3, own?.interval.low)
    append(4, own?.interval.high)
    if let positives { builders[5].append(word: Int64(positives)) } else { builders[5].appendNull() }
    if let total { builders[6].append(word: Int64(total)) } else { builders[6].appendNull() }
    for other in 1..<7 { append(6 + other, other < figures.count ? figures[other]?.value : nil) }
    count += 1
  }
}

/// One tree grown from the outcomes themselves, cheap enough to grow one for each cause.
private struct PlainTree {
  let tree: DecisionTree
  let threshold: Double

  /// - Throws: `too-little-history`.
  init(_ rows: PredictionRows, _ question: PredictionQuestion, _ context: ExecutionContext) throws {
    let parts = try RiskParts(rows, question)
    let leaf = Swift.min(200, Swift.max(10, parts.training.rowCount / 200))
    tree = try DecisionTree.train(
      parts.training, TreeOptions(criterion: .gini, maxDepth: 16, minLeaf: leaf, splits: .binned), context: context
    ).pruned(by: parts.validation, loss: .logLoss).tree
    threshold = RankedScores(
      scores: tree.probabilities(for: parts.validation.features), positives: parts.later.map { rows.failed[$0] }
    ).operatingPoint(for: .accuracy).threshold
  }

  func scores(_ rows: PredictionRows) -> [Double] { tree.probabilities(for: rows.features) }
}

extension Estimate {
  /// Creates a figure without an interval of its own.
  fileprivate init(_ value: Double) { self.init(value, Interval(value, value)) }

  fileprivate func scaled(by factor: Double) -> Estimate {
    Estimate(value * factor, Interval(interval.low * factor, interval.high * factor))
  }
}

extension Predictor {
  /// Returns the quality of predictions with these options, measured on the last fifth of the history.
  ///
  /// - Parameter truth: what a simulated world knows; nil for other data.
  package func quality(
    _ options: PredictionOptions, truth: () throws -> PredictionTruth?, from source: PredictionSource
  ) throws -> Table {
    let question = try Predictor.history(before: options.asOf, within: options.within, source)
    let rows = try PredictionRows(try source.run(question.trainingText(source)), context: source.context).withUsual()
    guard let runs = try source.table("runs") else {
      throw Diagnostic("no-runs", "the table `runs` is missing; predictions are made from it")
    }
    let truth = try truth()
    let aftermath = try Aftermath(of: rows, question, runs: runs, truth: truth, context: source.context)
    let faults = truth.flatMap { $0.faults.isEmpty ? nil : FaultFeatures($0.faults, of: rows, question) }
    return try Predictor.explaining(options, source) {
      try QualityReport.table(rows, question, method: options.method, aftermath: aftermath, faults: faults, context: source.context)
    }
  }
}
