import PlumbDiagnostics
import PlumbEngine
import PlumbLearning
import PlumbModel

/// How good a model is on a later part of history that its training never saw, beside simple rules and the ceiling.
struct QualityReport {
  static let schema: Schema = [
    ColumnInfo("section", .string), ColumnInfo("metric", .string), ColumnInfo("value", .real), ColumnInfo("low", .real),
    ColumnInfo("high", .real), ColumnInfo("positives", .long), ColumnInfo("of", .long),
    ColumnInfo("never_fails", .real), ColumnInfo("failed_last", .real), ColumnInfo("own_rate", .real),
    ColumnInfo("hazard", .real),
  ]

  /// One way of giving each held-out row a score, and the probability that it stands for.
  private struct Contestant {
    var scores: [Double]
    var risks: [Double]
    /// Scores from here on are called failing, chosen before the held-out part begins.
    var accurate: Double
    var balanced: Double
  }

  private let builders = QualityReport.schema.map { VectorBuilder($0.type) }
  private var count = 0

  /// - Parameter rows: all moments of the question.
  static func table(
    _ rows: PredictionRows, _ question: PredictionQuestion, method: RiskMethod, aftermath: Aftermath,
    context: ExecutionContext
  ) throws -> Table {
    var report = QualityReport()
    try report.fill(rows, question, method, aftermath, context)
    return Table(
      name: "predict_quality", schema: schema, groups: [RowGroup(report.builders.map { $0.finish() }, count: report.count)])
  }

  /// The first step that is not held out any more: the last fifth of the moments is.
  static func heldOut(_ rows: PredictionRows) -> Int32 {
    let oldest = rows.steps.max() ?? 0, newest = rows.steps.min() ?? 0
    return newest + (oldest - newest) / 5
  }

  private mutating func fill(
    _ rows: PredictionRows, _ question: PredictionQuestion, _ method: RiskMethod, _ aftermath: Aftermath,
    _ context: ExecutionContext
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
    let all = [
      own, never, try contestant(column("failed_last")), try contestant(column("usual_failures")),
      hazards.map { hazards in
        // The truth needs no choosing: a failure is called where it is likelier than not.
        Contestant(scores: hazards, risks: hazards, accurate: 0.5, balanced: 0.5)
      },
    ]

    let positives = outcomes.reduce(0) { $0 + ($1 ? 1 : 0) }
    let baseRate = Estimate.share(Double(positives), of: Double(outcomes.count))
    func line(_ section: String, _ metric: String, _ figure: (Contestant) -> Estimate) {
      add(section, metric, all.map { $0.map(figure) }, positives, outcomes.count)
    }
    add("held out", "base rate", [baseRate], positives, outcomes.count)
    add(
      "held out", "days", [Estimate(Double(cut + 1) * Double(question.step) / Double(PredictionQuestion.day))], nil, nil)
    line("ranking", "ROC-AUC") { RankedScores(scores: $0.scores, positives: outcomes).rocAUC() }
    line("ranking", "PR-AUC") { RankedScores(scores: $0.scores, positives: outcomes).averagePrecision() }
    let groups = heldOut.steps.map { Int($0) }
    line("ranking", "precision at 5") {
      precision(atTop: 5, scores: $0.scores, positives: outcomes, groups: groups).estimate
    }
    line("ranking", "lift at 5") {
      let top = precision(atTop: 5, scores: $0.scores, positives: outcomes, groups: groups).estimate
      return top.scaled(by: 1 / baseRate.value)
    }
    line("ranking", "lift of the top 5 %") { RankedScores(scores: $0.scores, positives: outcomes).lift(atTop: 0.05) }
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

  /// How many failures of each cause are called, by a tree that has met the cause and by one that has not.
  ///
  /// The second tree's training leaves out every moment of a pipeline within a day of a failure with the cause.
  private mutating func causes(
    _ training: PredictionRows, _ before: [Int], _ heldOut: PredictionRows, _ test: [Int], _ aftermath: Aftermath,
    _ question: PredictionQuestion, _ context: ExecutionContext
  ) throws {
    let seen = try RiskModel(training, using: .tree, question: question, context: context)
    let seenScores = try seen.scores(for: heldOut.features, context: context)
    for code in aftermath.causes.indices.sorted(by: { aftermath.causes[$0] < aftermath.causes[$1] }) {
      let isOf = test.map { aftermath.cause[$0] == Int32(code) }
      let total = isOf.reduce(0) { $0 + ($1 ? 1 : 0) }
      guard total > 0 else { continue }
      let name = aftermath.causes[code]
      func recall(_ model: RiskModel, _ scores: [Double]) -> Estimate {
        let called = isOf.indices.reduce(0) { $0 + (isOf[$1] && scores[$1] >= model.threshold ? 1 : 0) }
        return .share(Double(called), of: Double(total))
      }
      add("recall by cause", name, [recall(seen, seenScores)], total, total)
      let untouched = before.indices.filter { aftermath.near[before[$0]] & (1 &<< UInt64(code)) == 0 }
      guard
        let unseen = try? RiskModel(training.selecting(untouched), using: .tree, question: question, context: context)
      else { continue }
      let scores = try unseen.scores(for: heldOut.features, context: context)
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

  /// A row: the model's figure with its interval, then the others' figures.
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
    for other in 1..<5 { append(6 + other, other < figures.count ? figures[other]?.value : nil) }
    count += 1
  }
}

extension Estimate {
  /// A figure without an interval of its own.
  fileprivate init(_ value: Double) { self.init(value, Interval(value, value)) }

  fileprivate func scaled(by factor: Double) -> Estimate {
    Estimate(value * factor, Interval(interval.low * factor, interval.high * factor))
  }
}

extension Predictor {
  /// How good predictions of these options are, measured on the last fifth of the history.
  ///
  /// - Parameter truth: what a simulated world knows; nil for other data.
  package func quality(
    _ options: PredictionOptions, truth: () throws -> PredictionTruth?, from source: PredictionSource
  ) throws -> Table {
    let question = try Predictor.history(before: options.asOf, within: options.within, source)
    let rows = try PredictionRows(try source.run(question.trainingText(source)), context: source.context).withUsual()
    guard let runs = try source.table("runs") else {
      throw Diagnostic("no-runs", "there is no table `runs` to predict from")
    }
    let aftermath = try Aftermath(of: rows, question, runs: runs, truth: try truth(), context: source.context)
    return try Predictor.explaining(options, source) {
      try QualityReport.table(rows, question, method: options.method, aftermath: aftermath, context: source.context)
    }
  }
}
