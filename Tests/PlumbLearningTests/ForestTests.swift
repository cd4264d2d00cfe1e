import PlumbEngine
@testable import PlumbLearning
import Testing


/// Forests: better than a tree on rows they have not seen, honest out of bag, the same for any number of threads.
struct ForestTests {
  @Test func threadsChangeNothing() throws {
    let data = try LearningData.made(rows: 3000, missing: 0.1, noise: 0.3)
    for splits in TreeOptions.Splits.allCases {
      let options = ForestOptions(treeCount: 12, tree: TreeOptions(minLeaf: 4, splits: splits), seed: 5)
      let forests = try [1, 2, 5].map { try Forest.train(data, options, context: LearningData.context(threads: $0)) }
      let bytes = forests.map { $0.forest.encoded() }
      #expect(bytes[0] == bytes[1] && bytes[0] == bytes[2])
      let bits = forests.map { $0.outOfBag.map(\.bitPattern) }
      #expect(bits[0] == bits[1] && bits[0] == bits[2])
    }
  }

  @Test func beatsATreeAndKnowsHowWell() throws {
    let (training, test) = try LearningData.made(rows: 6000, noise: 0.3).split(at: 0.6)
    let context = LearningData.context(threads: 2)
    let tree = try DecisionTree.train(training, context: context)
    let trained = try Forest.train(training, ForestOptions(treeCount: 60, seed: 3), context: context)
    let outcomes = test.labels.map { $0 == 1 }
    let single = RankedScores(scores: tree.probabilities(for: test.features), positives: outcomes).rocAUC().value
    let many = RankedScores(
      scores: try trained.forest.probabilities(for: test.features, context: context), positives: outcomes
    ).rocAUC().value
    let known = RankedScores(scores: trained.outOfBag, positives: training.labels.map { $0 == 1 }).rocAUC().value
    #expect(many > single + 0.02)
    #expect(abs(known - many) < 0.03)
    #expect(trained.outOfBag.filter(\.isNaN).isEmpty)
    let importances = trained.forest.importances()
    #expect(importances[0] > importances[2] && importances[1] > importances[3])
    #expect(abs(importances.reduce(0, +) - 1) < 1e-9)
  }

  /// Labels without any relation to the features cannot be predicted.
  @Test func noiseStaysNoise() throws {
    let data = try LearningData.made(rows: 4000, noise: 1)
    let trained = try Forest.train(data, ForestOptions(treeCount: 40), context: LearningData.context(threads: 2))
    let area = RankedScores(scores: trained.outOfBag, positives: data.labels.map { $0 == 1 }).rocAUC().value
    #expect(abs(area - 0.5) < 0.05)
  }

  @Test func rowsAlikeWhetherOneOrMany() throws {
    let data = try LearningData.made(rows: 1500, missing: 0.2)
    let context = LearningData.context(threads: 2)
    let forest = try Forest.train(data, ForestOptions(treeCount: 7), context: context).forest
    let many = try forest.probabilities(for: data.features, context: context)
    for row in stride(from: 0, to: 1500, by: 97) { #expect(forest.probability(for: data.features.row(row)) == many[row]) }
  }
}
