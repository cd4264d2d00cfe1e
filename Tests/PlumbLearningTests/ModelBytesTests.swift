import PlumbDiagnostics
import PlumbEngine
@testable import PlumbLearning
import TestSupport
import Testing

/// Models go to bytes and come back; other bytes are refused, whatever they are.
struct ModelBytesTests {
  static let context = LearningData.context

  static func models() throws -> (tree: DecisionTree, forest: Forest, calibrations: [Calibration]) {
    let data = try LearningData.made(rows: 300, classes: 3, missing: 0.1, weighted: true)
    let (scores, positives) = CalibrationTests.made(200, seed: 3)
    return (
      try DecisionTree.train(data, TreeOptions(criterion: .entropy, maxDepth: 6), context: context),
      try Forest.train(try LearningData.made(rows: 200), ForestOptions(treeCount: 5), context: context).forest,
      [
        .none, .isotonic(try IsotonicCalibration(scores: scores, positives: positives)),
        .platt(try PlattCalibration(scores: scores, positives: positives)),
      ]
    )
  }

  @Test func roundTrip() throws {
    let (tree, forest, calibrations) = try Self.models()
    #expect(try DecisionTree(decoding: tree.encoded()) == tree)
    #expect(try Forest(decoding: forest.encoded()) == forest)
    for calibration in calibrations { #expect(try Calibration(decoding: calibration.encoded()) == calibration) }
    #expect(throws: Diagnostic.self) { try Forest(decoding: tree.encoded()) }
    var newer = tree.encoded()
    newer[4] = 2
    let error = #expect(throws: Diagnostic.self) { try DecisionTree(decoding: newer) }
    #expect(error?.code == "newer-model")
  }

  @Test func hostileBytesAreRefusedOrSound() throws {
    let (tree, forest, calibrations) = try Self.models()
    var random = RandomGenerator(seed: 11)
    let originals = [tree.encoded(), forest.encoded(), calibrations[1].encoded()]
    var refused = 0, accepted = 0
    for round in 0..<2_400 {
      var bytes = ModelMutation.mutated(originals[round % 3], &random)
      let isSealed = round % 4 != 0 && bytes.count >= 8
      if isSealed { bytes = ModelMutation.sealed(bytes) }
      do {
        switch round % 3 {
        case 0: Self.use([try DecisionTree(decoding: bytes)])
        case 1: Self.use(try Forest(decoding: bytes).trees)
        default: _ = (try Calibration(decoding: bytes))([-1, 0, 0.5, 2])
        }
        accepted += 1
        // Without its checksum a changed model is never taken; mutations can also undo each other.
        #expect(isSealed || bytes == originals[round % 3])
      } catch is Diagnostic {
        refused += 1
      }
    }
    #expect(refused > 1000 && accepted > 50)
  }

  /// Whatever was accepted answers all questions without harm.
  static func use(_ trees: [DecisionTree]) {
    for tree in trees {
      let row = tree.features.indices.map { $0 % 2 == 0 ? Double.nan : 0.3 }
      _ = tree.probability(for: row)
      _ = tree.path(of: row)
      _ = tree.importances()
      _ = tree.pruned(alpha: 0.01)
      _ = tree.table()
      _ = tree.text()
      _ = tree.smallestChange(of: row, across: 0.5, spreads: row.map { _ in 1 })
      _ = tree.encoded()
    }
  }
}
