import PlumbDiagnostics
import PlumbEngine
import PlumbLearning

/// A model of risks to bytes and back, with what it was learned from, for a workspace to keep.
///
/// - Note: the features are made by a text of KQL; a model that was learned from another text is not taken.
struct RiskModelRecord: Sendable {
  let model: RiskModel
  let question: PredictionQuestion
  /// The columns of the tables that it was learned from, as a checksum.
  let columns: UInt64

  func encoded() -> [UInt8] {
    var writer = ModelWriter(.risk)
    writer.append(word: RiskModelRecord.featuresMark)
    writer.append(word: columns)
    for ticks in [question.asOf, question.within, question.step] { writer.append(word: UInt64(bitPattern: ticks)) }
    writer.append(question.moments)
    model.write(to: &writer)
    return writer.finish()
  }

  /// - Throws: `damaged-model` or `newer-model`, and `other-features` for a model of a Plumb with other features.
  init(decoding bytes: [UInt8]) throws {
    var reader = try ModelReader(bytes, .risk)
    guard try reader.word() == RiskModelRecord.featuresMark else {
      throw Diagnostic(
        "other-features", "the stored model was learned from other features than this version of Plumb makes",
        help: "`.train` learns anew")
    }
    columns = try reader.word()
    let ticks = try (0..<3).map { _ in Int64(bitPattern: try reader.word()) }
    question = PredictionQuestion(
      asOf: ticks[0], within: ticks[1], step: ticks[2], moments: try reader.number())
    guard (0...DateTime.max).contains(question.asOf), question.within > 0, question.step > 0 else {
      throw ModelReader.damaged("its question is none")
    }
    model = try RiskModel.read(from: &reader)
    try reader.finish()
  }

  init(model: RiskModel, question: PredictionQuestion, columns: UInt64) {
    self.model = model
    self.question = question
    self.columns = columns
  }

  /// Changes with the features and with the text that makes them.
  private static let featuresMark: UInt64 = {
    let text = PredictionQuestion(asOf: 0, within: 0).text() + FeatureText.outcomes + Feature.names.joined(separator: " ")
    return Array(text.utf8).withBytes { ModelWriter.checksum($0) }
  }()

  /// What of the tables a model depends on: the names and types of their columns.
  static func columnsMark(_ tables: [Table?]) -> UInt64 {
    let text = tables.map { table in
      table.map { $0.schema.map { "\($0.name):\($0.type.name)" }.joined(separator: ",") } ?? "-"
    }.joined(separator: ";")
    return Array(text.utf8).withBytes { ModelWriter.checksum($0) }
  }
}

extension RiskModel {
  /// The model alone as bytes, which are equal for equal models.
  func encoded() -> [UInt8] {
    var writer = ModelWriter(.risk)
    write(to: &writer)
    return writer.finish()
  }

  func write(to writer: inout ModelWriter) {
    writer.append(UInt8(truncatingIfNeeded: RiskMethod.allCases.firstIndex(of: method) ?? 0))
    writer.append(isRule ? 1 : 0 as UInt8)
    writer.append(tree.features)
    writer.append(tree.classes)
    tree.write(to: &writer)
    writer.append(forest?.trees.count ?? 0)
    for tree in forest?.trees ?? [] { tree.write(to: &writer) }
    if let boosting { boosting.write(to: &writer) }
    calibration.write(to: &writer)
    bands.write(to: &writer)
    writer.append(threshold)
    writer.append(treeThreshold)
    writer.append(baseRate)
    writer.append(spreads)
    writer.append(rows)
    writer.append(positives)
    for value in [validationAUC.value, validationAUC.interval.low, validationAUC.interval.high] { writer.append(value) }
  }

  static func read(from reader: inout ModelReader) throws -> RiskModel {
    let code = try reader.byte()
    guard Int(code) < RiskMethod.allCases.count else { throw ModelReader.damaged("its method is unknown") }
    let method = RiskMethod.allCases[Int(code)]
    let ruleFlag = try reader.byte()
    guard ruleFlag < 2 else { throw ModelReader.damaged("its method is unknown") }
    let features = try reader.texts(), classes = try reader.texts()
    guard features == Feature.names, classes.count == 2 else { throw ModelReader.damaged("its features are others") }
    let tree = try DecisionTree.read(from: &reader, features, classes)
    let count = try reader.count(ofWidth: 5)
    guard count <= ForestOptions.treeLimit, (count > 0) == (method == .forest) else {
      throw ModelReader.damaged("it has no trees")
    }
    let trees = try (0..<count).map { _ in try DecisionTree.read(from: &reader, features, classes) }
    let boosting = method == .boosting ? try Boosting.read(from: &reader, features) : nil
    let calibration = try Calibration.read(from: &reader)
    let bands = try ScoreBands.read(from: &reader)
    let threshold = try reader.real(), treeThreshold = try reader.real(), baseRate = try reader.real()
    let spreads = try reader.reals()
    let rows = try reader.number(), positives = try reader.number()
    let auc = try (0..<3).map { _ in try reader.real() }
    // What sentences count must be numbers that can be said.
    guard !threshold.isNaN, !treeThreshold.isNaN, (0...1).contains(baseRate), spreads.count == features.count,
      spreads.allSatisfy({ $0 >= 0 && $0.isFinite }), positives <= rows, tree.hasCounts(below: 1e15),
      trees.allSatisfy({ $0.hasCounts(below: 1e15) })
    else { throw ModelReader.damaged("its figures are none") }
    return RiskModel(
      method: method, tree: tree, forest: trees.isEmpty ? nil : Forest(trees: trees), boosting: boosting,
      calibration: calibration, bands: bands, threshold: threshold, treeThreshold: treeThreshold, baseRate: baseRate,
      spreads: spreads, rows: rows, positives: positives, validationAUC: Estimate(auc[0], Interval(auc[1], auc[2])),
      isRule: ruleFlag == 1)
  }
}

extension DecisionTree {
  fileprivate func hasCounts(below limit: Double) -> Bool { counts.allSatisfy { $0 < limit } }
}
