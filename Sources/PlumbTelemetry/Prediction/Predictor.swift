import PlumbDiagnostics
import PlumbEngine

/// The options of a prediction; equal options and data give equal results.
package struct PredictionOptions: Hashable, Sendable {
  /// How far ahead a failure counts, in ticks.
  package var within: Int64
  package var method: RiskMethod
  /// The time of the prediction, in ticks.
  package var asOf: Int64

  package init(within: Int64 = 2 * PredictionQuestion.hour, method: RiskMethod = .boosting, asOf: Int64) {
    self.within = within
    self.method = method
    self.asOf = asOf
  }
}

/// Predicts which pipelines will fail next, and keeps the models that it trained.
///
/// - Models: trained for the first question on the history before its moment, rounded down to six hours, and kept by data
///   and options for the lifetime of the process. Replacing a table invalidates its models, which are then trained again.
///   A model from a `ModelStore` takes precedence, however old it is.
package final class Predictor: Sendable {
  /// A trained model with its name and version.
  package struct Kept: Sendable {
    let name: String
    package let version: Int
    let model: RiskModel
    let question: PredictionQuestion
    let tables: [Table?]
    /// Its entry in the store.
    let entry: ModelEntry?
    /// Whether it was trained on request, not only to answer a question.
    let wasAskedFor: Bool
  }

  /// A saved model and the columns that it was trained on.
  struct Saved: Sendable {
    let kept: Kept
    let columns: UInt64
  }

  struct Shelf {
    var kept: [Kept] = []
    var lastVersion = 0
    var saved: [ModelEntry: Result<Saved, Diagnostic>] = [:]
    /// What was used last.
    var latest: Kept?
    var store: (any ModelStore)?
  }

  let shelf = LockedValue(Shelf())
  /// The maximum number of models; the oldest goes first.
  static let limit = 16
  private static let tableNames = ["runs", "edges", "schema_changes"]

  package init() {}

  /// The store in which models outlive the process.
  package var store: (any ModelStore)? {
    get { shelf.withLock { $0.store } }
    set { shelf.withLock { $0.store = newValue } }
  }

  /// Returns one row per pipeline, riskiest first; a remark names the saved model that was used.
  ///
  /// - Parameters:
  ///   - wanted: the pipelines in question; nil for all.
  ///   - isOptional: whether too little history gives no rows and a remark instead of an error.
  ///   - retrains: whether to train a new model even if there is one.
  package func risk(
    _ options: PredictionOptions, wanted: [String]?, isOptional: Bool = false, retrains: Bool = false,
    from source: PredictionSource
  ) throws -> Table {
    let kept: Kept
    do {
      kept = try model(for: options, retrains: retrains, from: source)
    } catch let diagnostic as Diagnostic where isOptional && ["too-little-history", "no-runs"].contains(diagnostic.code) {
      source.context.remark("cannot predict risks: \(diagnostic.message)")
      return Table(name: "predict_risk", schema: RiskTable.schema, groups: [])
    }
    if kept.entry != nil {
      source.context.remark(
        "predicted by the saved model `\(kept.name)`, version \(kept.version), which was trained on data up to "
          + "\(Predictor.minuteText(kept.question.asOf))\(Predictor.ageText(options.asOf - kept.question.asOf))")
    }
    let question = PredictionQuestion(asOf: options.asOf, within: options.within)
    let rows = try PredictionRows(try source.run(question.predictionText(source)), context: source.context)
    if rows.count == 0 { source.context.remark(try Predictor.remarkOnSilence(options, source)) }
    return try RiskTable(model: kept.model, rows: rows, within: options.within, asOf: options.asOf, context: source.context).table(wanted: wanted.map(Set.init))
  }

  /// `2026-04-01 12:00`
  private static func minuteText(_ ticks: Int64) -> String {
    let text = DateTime.text(ticks).prefix(16)
    return String(text.map { $0 == "T" ? " " : $0 })
  }

  /// Returns the age of a model, if it is worth mentioning.
  private static func ageText(_ ticks: Int64) -> String {
    let days = ticks / PredictionQuestion.day
    return days < 1 ? "" : ", \(counted(Int(days), "day")) earlier; `.train` trains a new one"
  }

  /// Returns the model for a question, training it if necessary.
  func model(for options: PredictionOptions, retrains: Bool, from source: PredictionSource) throws -> Kept {
    let tables = try Predictor.currentTables(source)
    if !retrains, let saved = try saved(for: options, tables) {
      shelf.withLock { $0.latest = saved }
      return saved
    }
    let question = try Predictor.training(options, source)
    if !retrains, let known = shelf.withLock({ shelf in
      shelf.kept.last { $0.question == question && $0.model.method == options.method && Predictor.equal($0.tables, tables) }
    }) {
      shelf.withLock { $0.latest = known }
      return known
    }
    let model = try Predictor.explaining(options, source) {
      let rows = try PredictionRows(try source.run(question.trainingText(source)), context: source.context)
        .withUsual()
      do {
        return try RiskModel(rows, using: options.method, question: question, context: source.context)
      } catch let diagnostic as Diagnostic where diagnostic.code == "too-little-history" {
        guard let rule = try RiskModel(rule: rows) else { throw diagnostic }
        return rule
      }
    }
    if model.isRule {
      source.context.remark(
        "there are too few failures to learn from (\(model.positives) in \(model.rows) moments of pipelines): "
          + "risks follow the last status alone")
    } else if model.positives < 30 {
      source.context.remark("the model knows only \(model.positives) moments before a failure: its risks are rough")
    }
    if let telling = model.telling { source.context.remark(telling.remark) }
    return shelf.withLock { shelf in
      shelf.lastVersion += 1
      let kept = Kept(
        name: Predictor.name(options.method, options.within), version: shelf.lastVersion, model: model,
        question: question, tables: tables, entry: nil, wasAskedFor: retrains)
      shelf.kept.append(kept)
      shelf.latest = kept
      if shelf.kept.count > Predictor.limit { shelf.kept.removeFirst() }
      return kept
    }
  }

  /// The models that only this process has, oldest first.
  package var models: [Kept] { shelf.withLock { $0.kept } }

  /// Returns the tables that models are trained on, nil for a missing one.
  static func currentTables(_ source: PredictionSource) throws -> [Table?] { try tableNames.map(source.table) }

  static func equal(_ some: [Table?], _ others: [Table?]) -> Bool {
    zip(some, others).allSatisfy { $0 === $1 }
  }

  /// Chooses the moments to train on: those of the history before a moment, as many as memory and time allow.
  ///
  /// They end at a full hour, in a history of a week or more at a full quarter of a day, so that later predictions use the same
  /// model; in a short history the last hours may be all that failed.
  static func training(_ options: PredictionOptions, _ source: PredictionSource) throws -> PredictionQuestion {
    try source.checkRuns()
    let span = try HistorySpan(before: options.asOf, source)
    let grain = (span.days < 7 ? 1 : 6) * PredictionQuestion.hour
    return span.question(before: options.asOf - options.asOf % grain, within: options.within)
  }

  /// Returns all moments of the history before `end` that have up to a week of history before them.
  static func history(before end: Int64, within: Int64, _ source: PredictionSource) throws -> PredictionQuestion {
    try source.checkRuns()
    return try HistorySpan(before: end, source).question(before: end, within: within)
  }
}

extension HistorySpan {
  /// Returns the question that covers the history, with as many moments as memory and time allow.
  fileprivate func question(before end: Int64, within: Int64) -> PredictionQuestion {
    // Days with many runs are fewer days: about a million and a half of runs, and 150,000 rows.
    let days = Swift.max(1, Swift.min(days, 1_500_000 / Swift.max(1, runsPerDay)))
    let pairs = Swift.max(1, 150_000 / Swift.max(1, pipelines))
    // Beyond an hour, the step does not divide a day, so that all hours of the day occur.
    let steps: [Int64] = [1, 5, 7, 11, 13, 17, 19, 23, 29, 37, 47]
    let hours = steps.first { days * 24 / $0 <= pairs } ?? 47
    let step = hours * PredictionQuestion.hour
    return PredictionQuestion(
      asOf: end, within: within, step: step, moments: Int(Swift.max(1, days * PredictionQuestion.day / step)))
  }
}

extension Predictor {
  /// Adds to an error about too little history how little it is, and where it is if that is long ago.
  static func explaining<Result>(
    _ options: PredictionOptions, _ source: PredictionSource, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch var diagnostic as Diagnostic where diagnostic.code == "too-little-history" {
      let span = try HistorySpan(before: options.asOf, source)
      let extent = span.last.map { counted(Int(Swift.max(1, ($0 - span.first) / PredictionQuestion.day)), "day") }
      diagnostic.message = "too little history to train on: \(counted(Int(span.runs), "run"))"
        + (extent.map { " in \($0)" } ?? "") + ", \(span.failures) of which failed"
      if let last = span.last, options.asOf - last > 8 * PredictionQuestion.day {
        diagnostic.notes.append(wayBack(to: last, options))
      }
      throw diagnostic
    }
  }

  /// Explains why there is no pipeline to predict.
  fileprivate static func remarkOnSilence(_ options: PredictionOptions, _ source: PredictionSource) throws -> String {
    guard let last = try HistorySpan(before: options.asOf, source).last else { return "no run had ended by that time" }
    return "no pipeline ran recently: " + wayBack(to: last, options)
  }

  private static func wayBack(to last: Int64, _ options: PredictionOptions) -> String {
    let (days, hours) = ((options.asOf - last) / PredictionQuestion.day, (options.asOf - last) / PredictionQuestion.hour)
    let age = days > 1 ? "\(days) days" : "\(hours) hours"
    return "the last run ended \(age) before the prediction time; "
      + "`as of \(Value.datetime(last + 1).literal)` or `--now` goes back to it"
  }
}

/// The length of a history and how much happens in it.
private struct HistorySpan {
  var days: Int64
  var runsPerDay: Int64
  var pipelines: Int64
  var runs: Int64
  var failures: Int64
  var first: Int64
  /// When the last run ended; nil if there is none.
  var last: Int64?

  init(before end: Int64, _ source: PredictionSource) throws {
    let runsText = PredictionQuestion.runsText(
      try source.table("runs")?.schema ?? [], seen: try source.table("runs_seen")?.schema ?? [])
    let table = try source.run(
      """
      \(runsText)
      | where ended < \(Value.datetime(end).literal)
      | summarize runs = count(), first = min(coalesce(started, ended)), pipelines = dcount(pipeline), last = max(ended),
          failures = countif(status == "failed")
      """)
    let group = table.groups.first
    func word(_ column: Int) throws -> Int64? {
      guard let group, group.count > 0 else { return nil }
      let vector = try group.columns[column]
      if vector.isEmptyCell(at: 0) { return nil }
      return vector.word(at: 0)
    }
    runs = try word(0) ?? 0
    first = try word(1) ?? end
    last = try word(3)
    failures = try word(4) ?? 0
    days = Swift.min(3_650, Swift.max(1, (end - first) / PredictionQuestion.day))
    runsPerDay = runs / days
    pipelines = try word(2) ?? 0
  }
}

extension PredictionRows {
  /// Returns the rows whose pipeline has a usual to compare with; if none has, all rows.
  func withUsual() -> PredictionRows {
    let usual = Feature.names.firstIndex(of: "usual_failures") ?? 0
    let known = (0..<count).filter { !features.value(usual, row: $0).isNaN }
    return known.isEmpty || known.count == count ? self : selecting(known)
  }
}
