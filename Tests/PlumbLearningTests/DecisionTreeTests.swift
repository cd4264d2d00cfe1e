@testable import PlumbLearning
import PlumbDiagnostics
import PlumbEngine
import Testing
import TestSupport


/// Trees of small data whose best splits are plain to see or are found by trying them all.
@Suite(.enabled(if: LongTests.areRun)) struct DecisionTreeTests {
  static let context = LearningData.context

  /// What is left when there is only one thing to ask.
  @Test func oneQuestion() throws {
    let data = try LearningData.data(
      ["retries": [0, 0, 1, 2, 3, 3], "hour": [1, 2, 1, 2, 1, 2]], positives: [false, false, false, true, true, true])
    let tree = try DecisionTree.train(data, context: Self.context)
    #expect(
      tree.text(verb: "failed") == """
        all: 3 of 6 failed (50 %)
          retries <= 1.5: 0 of 3 failed (0 %)
          retries > 1.5: 3 of 3 failed (100 %)

        """)
    #expect(tree.depth == 1 && tree.leafCount == 2)
    #expect(tree.probability(for: [2, 9]) == 1)
    #expect(tree.importances() == [1, 0])
    let path = tree.path(of: [2, 9])
    #expect(path == [TreeCondition(feature: 0, threshold: 1.5, direction: .above, value: 2)])
  }

  @Test func limitsHold() throws {
    let data = try LearningData.made(rows: 3000, missing: 0.1, noise: 0.3)
    for splits in TreeOptions.Splits.allCases {
      for (depth, minLeaf, minSplit) in [(3, 1, 2), (10, 25, 2), (8, 1, 100), (0, 1, 2)] {
        let tree = try DecisionTree.train(
          data, TreeOptions(maxDepth: depth, minLeaf: minLeaf, minSplit: minSplit, splits: splits), context: Self.context)
        #expect(tree.depth <= depth)
        for node in tree.nodes where node.isLeaf { #expect(Int(node.samples) >= minLeaf) }
        for node in tree.nodes where !node.isLeaf { #expect(Int(node.samples) >= minSplit) }
      }
    }
  }

  /// A tree without limits knows its training by heart, unless equal rows differ in class.
  @Test(arguments: TreeOptions.Criterion.allCases)
  func learnsByHeart(criterion: TreeOptions.Criterion) throws {
    for classes in [2, 5] {
      let data = try LearningData.made(rows: 400, classes: classes, distinct: 1_000_000, noise: 1)
      let tree = try DecisionTree.train(data, TreeOptions(criterion: criterion), context: Self.context)
      for (row, leaf) in tree.leaves(of: data.features).enumerated() {
        #expect(tree.majority(in: Int(leaf)) == Int(data.labels[row]))
      }
    }
  }

  /// The counts of a node are those of its branches, and those of the rows that come to it.
  @Test func countsSum() throws {
    for splits in TreeOptions.Splits.allCases {
      let data = try LearningData.made(rows: 5000, classes: 3, missing: 0.2, noise: 0.4, weighted: true)
      let tree = try DecisionTree.train(data, TreeOptions(maxDepth: 9, splits: splits), context: Self.context)
      var sums = [Double](repeating: 0, count: tree.nodes.count * 3)
      var samples = [Int](repeating: 0, count: tree.nodes.count)
      for (row, leaf) in tree.leaves(of: data.features).enumerated() {
        sums[Int(leaf) * 3 + Int(data.labels[row])] += data.weights?[row] ?? 0
        samples[Int(leaf)] += 1
      }
      for (index, node) in tree.nodes.enumerated() {
        if node.isLeaf {
          #expect(samples[index] == Int(node.samples))
          for (label, count) in tree.counts(of: index).enumerated() { #expect(abs(count - sums[index * 3 + label]) < 1e-6) }
        } else {
          #expect(node.samples == tree.nodes[index + 1].samples + tree.nodes[Int(node.right)].samples)
        }
      }
    }
  }

  /// The split at the root is as good as the best of all possible ones.
  @Test(arguments: TreeOptions.Criterion.allCases)
  func rootIsBestOfAll(criterion: TreeOptions.Criterion) throws {
    for seed in 1...40 as ClosedRange<UInt64> {
      let data = try LearningData.made(
        rows: 60, features: 3, classes: seed % 3 == 0 ? 3 : 2, missing: seed % 2 == 0 ? 0.3 : 0, distinct: 12, noise: 0.5,
        weighted: seed % 5 == 0, seed: seed)
      let options = TreeOptions(criterion: criterion, maxDepth: 1, minLeaf: Int(seed % 4) + 1)
      let tree = try DecisionTree.train(data, options, context: Self.context)
      let binned = try DecisionTree.train(
        data, TreeOptions(criterion: criterion, maxDepth: 1, minLeaf: options.minLeaf, splits: .binned),
        context: Self.context)
      let best = Self.leastCost(data, options)
      #expect(abs(Self.leafCost(tree) - best) < 1e-9, "seed \(seed)")
      #expect(abs(Self.leafCost(binned) - best) < 1e-9, "seed \(seed)")
    }
  }

  static func leafCost(_ tree: DecisionTree) -> Double {
    tree.nodes.indices.filter { tree.nodes[$0].isLeaf }.reduce(0) { $0 + tree.cost($1) }
  }

  /// The least impurity that two leaves can have, by trying every feature, threshold and side for missing values.
  static func leastCost(_ data: TrainingData, _ options: TreeOptions) -> Double {
    var best = Double.infinity
    for feature in 0..<data.features.featureCount {
      let values = (0..<data.rowCount).map { data.features.value(feature, row: $0) }
      for threshold in Set(values.filter { !$0.isNaN }) {
        for missingGoesLeft in [false, true] {
          var sides = [[Double](repeating: 0, count: data.classCount), [Double](repeating: 0, count: data.classCount)]
          var rows = [0, 0]
          for (row, value) in values.enumerated() {
            let side = (value.isNaN ? missingGoesLeft : value <= threshold) ? 0 : 1
            sides[side][Int(data.labels[row])] += data.weights?[row] ?? 1
            rows[side] += 1
          }
          guard rows[0] >= options.minLeaf, rows[1] >= options.minLeaf else { continue }
          let weights = sides.map { $0.reduce(0, +) }
          let cost = zip(sides, weights).reduce(0) { $0 + Impurity.of($1.0, options.criterion) * $1.1 }
          best = Swift.min(best, cost / (weights[0] + weights[1]))
        }
      }
    }
    return best
  }

  /// Few values fit into bins, so that both ways of growing find the same tree.
  @Test func binsOfFewValuesAreExact() throws {
    let data = try LearningData.made(rows: 4000, missing: 0.1, distinct: 200, noise: 0.3)
    let exact = try DecisionTree.train(data, TreeOptions(maxDepth: 4, minLeaf: 20), context: Self.context)
    let binned = try DecisionTree.train(
      data, TreeOptions(maxDepth: 4, minLeaf: 20, splits: .binned), context: Self.context)
    #expect(exact.nodes.map(\.feature) == binned.nodes.map(\.feature))
    #expect(exact.nodes.map(\.samples) == binned.nodes.map(\.samples))
  }

  @Test func missingValuesFollowWhatTheyMean() throws {
    // All failures have no value, all others one.
    let data = try LearningData.data(
      ["lag": [1, 2, .nan, 3, .nan, 2]], positives: [false, false, true, false, true, false])
    let tree = try DecisionTree.train(data, context: Self.context)
    #expect(tree.probability(for: [.nan]) == 1)
    #expect(tree.probability(for: [100]) == 0)
    #expect(tree.text(verb: "failed").contains("lag is missing: 2 of 2 failed"))
    // Without missing values in training they go with the larger side.
    let full = try LearningData.data(["lag": [1, 2, 3, 9]], positives: [false, false, false, true])
    #expect(try DecisionTree.train(full, context: Self.context).probability(for: [.nan]) == 0)
  }

  @Test func strangeNumbersAreOrdered() throws {
    let data = try LearningData.data(
      ["x": [-.infinity, -1, -0.0, 0, .leastNonzeroMagnitude, 1, .infinity, .infinity]],
      positives: [true, false, true, true, false, true, false, false])
    let tree = try DecisionTree.train(data, context: Self.context)
    for (row, leaf) in tree.leaves(of: data.features).enumerated() {
      #expect(tree.majority(in: Int(leaf)) == Int(data.labels[row]))
    }
    let big = try LearningData.data(["x": [-1e308, 1.7e308]], positives: [false, true])
    #expect(try DecisionTree.train(big, context: Self.context).leafCount == 2)
  }

  /// The same bytes for any number of threads; rows enough for all features to be scanned on all workers.
  @Test func threadsChangeNothing() throws {
    let data = try LearningData.made(rows: 40_000, features: 6, missing: 0.05, distinct: 5000, noise: 0.2)
    for splits in TreeOptions.Splits.allCases {
      for featuresPerSplit in [nil, 2] {
        let options = TreeOptions(maxDepth: 8, featuresPerSplit: featuresPerSplit, seed: 7, splits: splits)
        let trees = try [1, 2, 5].map {
          try DecisionTree.train(data, options, context: LearningData.context(threads: $0)).encoded()
        }
        #expect(trees[0] == trees[1] && trees[0] == trees[2])
      }
    }
  }

  @Test func rowsOfTheTable() throws {
    let data = try LearningData.made(rows: 500, noise: 0.2)
    let tree = try DecisionTree.train(data, TreeOptions(maxDepth: 3), context: Self.context)
    let table = tree.table()
    #expect(table.rowCount == tree.nodes.count)
    #expect(try table.words("parent").map { $0.map(Int.init) ?? -1 } == tree.parents())
    #expect(try table.words("samples") == tree.nodes.map { Int64($0.samples) })
    #expect(try table.texts("feature").filter(\.isEmpty).count == tree.leafCount)
  }

  @Test func refusesWhatItCannotLearn() throws {
    let empty = try LearningData.data(["x": []], positives: [])
    #expect(throws: Diagnostic.self) { try DecisionTree.train(empty, context: Self.context) }
    let matrix = FeatureMatrix(names: ["x"], columns: [[1, 2]])
    #expect(throws: Diagnostic.self) { try TrainingData(matrix, labels: [0]) }
    #expect(throws: Diagnostic.self) { try TrainingData(matrix, labels: [0, 2]) }
    #expect(throws: Diagnostic.self) { try TrainingData(matrix, labels: [0, 1], weights: [1, -1]) }
    #expect(throws: Diagnostic.self) { try TrainingData(matrix, labels: [0, 0], classes: ["one"]) }
    let cancelled = LearningData.context(threads: 1)
    cancelled.cancel()
    #expect(throws: Diagnostic.self) { try DecisionTree.train(try LearningData.made(rows: 50), context: cancelled) }
    // A constant feature, or none at all, leaves one leaf.
    let constant = try LearningData.data(["x": [1, 1, 1]], positives: [true, false, true])
    #expect(try DecisionTree.train(constant, context: Self.context).nodes.count == 1)
    let none = try LearningData.data([:], positives: [])
    #expect(none.rowCount == 0)
  }
}
