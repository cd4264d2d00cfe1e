import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbLearning

/// Boosted trees, the tree that is taught by them, and intervals by clusters.
struct BoostingTests {
  private static func context(_ threads: Int = 1) -> ExecutionContext {
    ExecutionContext(now: 0, threads: threads, memoryLimit: 1 << 30)
  }

  /// Rows of four features; positive where two of them agree, with some noise, so that no single question tells.
  private static func rows(_ count: Int, seed: UInt64, noise: Double = 0.05) throws -> TrainingData {
    var random = RandomGenerator(seed: seed)
    func unit() -> Double { Double(random.next() >> 11) / 9_007_199_254_740_992 }
    var columns = [[Double]](repeating: [], count: 4)
    var positives: [Bool] = []
    for _ in 0..<count {
      let values = [unit(), unit(), unit(), unit()]
      let isPositive = (values[0] > 0.5) == (values[1] > 0.3) && values[2] < 0.7
      for (i, value) in values.enumerated() { columns[i].append(i == 2 && unit() < 0.1 ? .nan : value) }
      positives.append(unit() < noise ? !isPositive : isPositive)
    }
    return try TrainingData(FeatureMatrix(names: ["a", "b", "c", "d"], columns: columns), positives: positives)
  }

  private static func auc(_ scores: [Double], _ data: TrainingData) -> Double {
    RankedScores(scores: scores, positives: data.labels.map { $0 == 1 }).rocAUC().value
  }

  @Test func learnsWhatNoSingleQuestionTells() throws {
    let data = try Self.rows(3_000, seed: 1), later = try Self.rows(2_000, seed: 2)
    let options = BoostingOptions(rounds: 60, rate: 0.15)
    let boosting = try Boosting.train(data, options, context: Self.context())
    let scores = try boosting.probabilities(for: later.features, context: Self.context())
    #expect(Self.auc(scores, later) > 0.88)
    #expect(scores.allSatisfy { $0 > 0 && $0 < 1 })
    let tree = try DecisionTree.taught(
      try boosting.logOdds(for: data.features, context: Self.context()), data, leaves: 16, minLeaf: 40, context: Self.context())
    #expect(tree.leafCount <= 16)
    #expect(Self.auc(tree.probabilities(for: later.features), later) > 0.84)
    // The leaves count what happened, not what was taught.
    let leaves = tree.nodes.indices.filter { tree.nodes[$0].isLeaf }
    #expect(leaves.reduce(0.0) { $0 + tree.counts(of: $1).reduce(0, +) } == Double(data.rowCount))
    for leaf in leaves { #expect(tree.counts(of: leaf).reduce(0, +) == Double(tree.nodes[leaf].samples)) }
  }

  @Test func threadsAndRepetitionChangeNothing() throws {
    let data = try Self.rows(9_000, seed: 3)
    let options = BoostingOptions(rounds: 8)
    let one = try Boosting.train(data, options, context: Self.context())
    #expect(try Boosting.train(data, options, context: Self.context(3)) == one)
    #expect(try Boosting.train(data, options, context: Self.context()) == one)
  }

  @Test func laterRowsSayWhenToStop() throws {
    // Nothing can be learned: labels are noise.
    let data = try Self.rows(800, seed: 4, noise: 0.5), later = try Self.rows(800, seed: 5, noise: 0.5)
    let boosting = try Boosting.train(
      data, BoostingOptions(rounds: 150, rate: 0.2), stoppingBy: later, context: Self.context())
    #expect(boosting.rounds <= 60)
  }

  @Test func bytesGiveTheSameModel() throws {
    let data = try Self.rows(1_000, seed: 6)
    let boosting = try Boosting.train(data, BoostingOptions(rounds: 5), context: Self.context())
    var writer = ModelWriter(.risk)
    boosting.write(to: &writer)
    var reader = try ModelReader(writer.finish(), .risk)
    #expect(try Boosting.read(from: &reader, boosting.features) == boosting)
  }

  @Test func oneClassAndOneRowAreNoFault() throws {
    let matrix = FeatureMatrix(names: ["a"], columns: [[1, 2, .nan]])
    let data = try TrainingData(matrix, positives: [false, false, false])
    let boosting = try Boosting.train(data, BoostingOptions(rounds: 3), context: Self.context())
    #expect(try boosting.probabilities(for: matrix, context: Self.context()).allSatisfy { $0 < 0.5 })
  }

  /// Rows of a cluster that are all alike tell no more than one.
  @Test func clustersWidenIntervals() throws {
    var random = RandomGenerator(seed: 8)
    var scores: [Double] = [], positives: [Bool] = [], clusters: [Int32] = []
    for cluster in 0..<20 {
      let isPositive = cluster % 4 == 0
      let score = Double(random.below(1000)) / 1000 + (isPositive ? 0.4 : 0)
      for _ in 0..<50 {
        scores.append(score)
        positives.append(isPositive)
        clusters.append(Int32(cluster))
      }
    }
    let plain = RankedScores(scores: scores, positives: positives).rocAUC()
    let intervals = try #require(ClusterBootstrap(scores: scores, positives: positives, clusters: clusters).intervals())
    #expect(intervals.roc.high - intervals.roc.low > 2 * (plain.interval.high - plain.interval.low))
    #expect(intervals.roc.low <= plain.value && plain.value <= intervals.roc.high)
    let bands = ScoreBands(scores: scores, risks: scores.map { min($0 / 1.5, 0.95) }, positives: positives, clusters: clusters)
    for score in [0.1, 0.5, 0.9, 1.3] {
      let interval = bands.interval(score: score, risk: score / 1.5)
      #expect(interval.low <= score / 1.5 && score / 1.5 <= interval.high)
    }
  }
}
