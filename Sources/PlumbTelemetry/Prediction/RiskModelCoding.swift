import PlumbDiagnostics
import PlumbEngine
import PlumbLearning

/// Encodes a risk model with its training options, for a workspace to save.
///
/// - Note: the features are computed by a KQL text; a model that was trained with another text is rejected.
struct RiskModelRecord: Sendable {
  let model: RiskModel
  let question: PredictionQuestion
  /// A checksum of the columns of the tables that it was trained on.
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

  /// - Throws: `damaged-model` or `newer-model`, and `other-features` for a version of Plumb with other features.
  init(decoding bytes: [UInt8]) throws {
    var reader = try ModelReader(bytes, .risk)
    guard try reader.word() == RiskModelRecord.featuresMark else {
      throw Diagnostic(
        "other-features", "the stored model was trained on different features from those of this version of Plumb",
        help: "`.train` trains a new model")
    }
    columns = try reader.word()
    let ticks = try (0..<3).map { _ in Int64(bitPattern: try reader.word()) }
    question = PredictionQuestion(
      asOf: ticks[0], within: ticks[1], step: ticks[2], moments: try reader.number())
    guard (0...DateTime.max).contains(question.asOf), question.within > 0, question.step > 0 else {
      throw ModelReader.damaged("its options are invalid")
    }
    model = try RiskModel.read(from: &reader)
    try reader.finish()
  }

  init(model: RiskModel, question: PredictionQuestion, columns: UInt64) {
    self.model = model
    self.question = question
    self.columns = columns
  }

  /// Changes with the features and the text that computes them.
  private static let featuresMark: UInt64 = {
    let text = PredictionQuestion(asOf: 0, within: 0).text() + FeatureText.outcomes + Feature.names.joined(separator: " ")
    return Array(text.utf8).withBytes { ModelWriter.checksum($0) }
  }()

  /// Returns what a model depends on in the tables: the names and types of their columns.
  static func columnsMark(_ tables: [Table?]) -> UInt64 {
    let text = tables.map { table in
      table.map { $0.schema.map { "\($0.name):\($0.type.name)" }.joined(separator: ",") } ?? "-"
    }.joined(separator: ";")
    return Array(text.utf8).withBytes { ModelWriter.checksum($0) }
  }
}

extension RiskModel {
  /// Returns the model alone as bytes, which are equal for equal models.
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
    guard features == Feature.names, classes.count == 2 else { throw ModelReader.damaged("its features are unknown") }
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
    // Numbers in sentences must be finite.
    guard !threshold.isNaN, !treeThreshold.isNaN, (0...1).contains(baseRate), spreads.count == features.count,
      spreads.allSatisfy({ $0 >= 0 && $0.isFinite }), positives <= rows, tree.hasCounts(below: 1e15),
      trees.allSatisfy({ $0.hasCounts(below: 1e15) })
    else { throw ModelReader.damaged("its figures are invalid") }
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
