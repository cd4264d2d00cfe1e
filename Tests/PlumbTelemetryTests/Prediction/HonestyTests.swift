import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbLearning
import TestSupport
import Testing

@testable import PlumbTelemetry

/// Predictions know nothing of what comes after their moment, and refuse what does.
@Suite(.enabled(if: LongTests.areRun)) struct HonestyTests {
  static let day = PredictionQuestion.day
  static let hour = PredictionQuestion.hour
  static let made = Result { try PredictionWorld() }

  /// All moments of the small world, which later tests share.
  static let rows = Result {
    let small = try made.get()
    let now = small.world.clock
    return try small.predicting { source in
      let question = try Predictor.history(before: now, within: 2 * hour, source)
      return (question, try PredictionRows(try source.run(question.trainingText(source)), context: source.context).withUsual())
    }
  }

  static let context = ExecutionContext(now: 0, threads: 2, memoryLimit: 1 << 30)

  /// The ranking of the last fifth of the moments by a model of those before.
  static func heldOutAUC(_ rows: PredictionRows, _ question: PredictionQuestion) throws -> Double {
    let cut = QualityReport.heldOut(rows)
    let training = rows.selecting((0..<rows.count).filter { rows.steps[$0] > cut + 1 })
    let test = rows.selecting((0..<rows.count).filter { rows.steps[$0] <= cut })
    let model = try RiskModel(training, using: .tree, question: question, context: context)
    let scores = try model.scores(for: test.features, context: context)
    return RankedScores(scores: scores, positives: test.failed).rocAUC().value
  }

  @Test func shuffledOutcomesCannotBeLearned() throws {
    let (question, rows) = try Self.rows.get()
    #expect(try Self.heldOutAUC(rows, question) > 0.75)
    var random = RandomGenerator(seed: 4)
    var areas: [Double] = []
    for _ in 0..<3 {
      var shuffled = rows
      for place in stride(from: rows.count - 1, to: 0, by: -1) {
        shuffled.failed.swapAt(place, Int(random.below(UInt64(place + 1))))
      }
      areas.append(try Self.heldOutAUC(shuffled, question))
    }
    #expect(areas.allSatisfy { abs($0 - 0.5) < 0.1 }, "\(areas)")
    #expect(abs(areas.reduce(0, +) / 3 - 0.5) < 0.06, "\(areas)")
  }

  /// Features end before their moment: none tells the outcome by itself.
  @Test func noFeatureKnowsTheOutcome() throws {
    let (_, rows) = try Self.rows.get()
    #expect(try tellingFeature(try rows.training(Array(0..<rows.count)), context: Self.context) == nil)
  }

  @Test(arguments: ["cpu", "volume", "hours_since_schema_change"])
  func aColumnMadeFromTheOutcomeIsFound(_ name: String) throws {
    let (question, rows) = try Self.rows.get()
    let place = try #require(Feature.names.firstIndex(of: name))
    var random = RandomGenerator(seed: 8)
    for leak in [
      { (failed: Bool) in failed ? 1.0 : 0.0 }, { $0 ? 0.0 : 1.0 }, { $0 ? .nan : 0.5 },
      { failed in (failed ? 0.9 : 0) + random.unit() },
    ] as [(Bool) -> Double] {
      var columns = (0..<rows.features.featureCount).map { feature in
        (0..<rows.count).map { rows.features.value(feature, row: $0) }
      }
      columns[place] = rows.failed.map(leak)
      var planted = rows
      planted.features = FeatureMatrix(names: rows.features.names, columns: columns)
      let all = try planted.training(Array(0..<planted.count))
      let found = try #require(try tellingFeature(all, context: Self.context))
      #expect(found.name == name)
    }
  }

  /// The world in which everything from a moment on went differently, and nothing before.
  static func changed(from moment: Int64) throws -> PredictionWorld {
    let small = try PredictionWorld()
    let at = Value.datetime(moment).literal
    let runs = try small.table(
      """
      runs
      | where started < \(at) or run_id % 3 != 0
      | extend isLater = isnull(ended) or ended >= \(at)
      | extend status = iff(isLater, iff(status == "failed", "succeeded", "failed"), status),
        duration = iff(isLater, 9h, duration), cpu = iff(isLater, 0.9, cpu), ended = iff(isLater, ended + 1h, ended)
      | project-away isLater
      """)
    let changes = try small.table(
      "schema_changes | where at < \(at) | union (runs | where started > \(at) | project at = started, pipeline)")
    small.catalog.add(Table(name: "runs", schema: runs.schema, groups: runs.groups))
    small.catalog.add(Table(name: "schema_changes", schema: changes.schema, groups: changes.groups))
    return small
  }

  @Test func laterRowsChangeNoFeature() throws {
    let small = try Self.made.get()
    let moment = small.world.clock - 2 * Self.day
    let question = PredictionQuestion(asOf: moment, within: 2 * Self.hour)
    func features(_ world: PredictionWorld) throws -> [String: [Double]] {
      try world.predicting { source in
        try HonestyTests.byPipeline(
          try PredictionRows(try source.run(question.predictionText(source)), context: source.context))
      }
    }
    let known = try features(small)
    #expect(known.count == 30)
    let later = try features(try Self.changed(from: moment))
    for (name, values) in known { #expect(Self.agree(values, later[name]), "\(name)") }
    // What changes before the moment does count.
    let earlier = try features(try Self.changed(from: moment - 6 * Self.hour))
    #expect(known.contains { !Self.agree($0.value, earlier[$0.key]) })
  }

  /// A question about one moment gives what the same moment among many gives.
  @Test func trainingAndPredictionSeeTheSame() throws {
    let small = try Self.made.get()
    let now = small.world.clock
    let (alone, among) = try small.predicting { source in
      let one = PredictionQuestion(asOf: now - 2 * Self.day, within: 2 * Self.hour)
      let many = PredictionQuestion(asOf: now, within: 2 * Self.hour, moments: 60)
      let rows = try PredictionRows(try source.run(many.trainingText(source)), context: source.context)
      return (
        HonestyTests.byPipeline(
          try PredictionRows(try source.run(one.predictionText(source)), context: source.context)),
        HonestyTests.byPipeline(rows.selecting((0..<rows.count).filter { rows.steps[$0] == 48 }))
      )
    }
    #expect(alone.count == 30)
    for (name, values) in alone { #expect(Self.agree(values, among[name]), "\(name)") }
  }

  static func byPipeline(_ rows: PredictionRows) -> [String: [Double]] {
    var result: [String: [Double]] = [:]
    for row in 0..<rows.count { result[rows.names[Int(rows.pipelines[row])]] = rows.features.row(row) }
    return result
  }

  /// Whether two rows agree but for the last bits of sums over different rows.
  static func agree(_ some: [Double]?, _ others: [Double]?) -> Bool {
    guard let some, let others, some.count == others.count else { return false }
    return zip(some, others).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($0)) || $0.isNaN && $1.isNaN }
  }

  @Test func theTestPeriodChangesNoModel() throws {
    let small = try Self.made.get()
    let moment = small.world.clock - 2 * Self.day
    let options = PredictionOptions(asOf: moment)
    func bytes(_ world: PredictionWorld, threads: Int = 2) throws -> [UInt8] {
      try world.predicting(threads: threads) { source in
        try Predictor().model(for: options, retrains: false, from: source).model.encoded()
      }
    }
    let known = try bytes(small)
    #expect(try bytes(small, threads: 1) == known)
    #expect(try bytes(try Self.changed(from: moment)) == known)
    #expect(try bytes(try Self.changed(from: moment - 2 * Self.day)) != known)
  }
}
