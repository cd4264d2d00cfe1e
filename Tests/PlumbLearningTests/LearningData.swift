import PlumbEngine
@testable import PlumbLearning


/// Made-up rows to learn from, always the same for a seed.
enum LearningData {
  static let context = context(threads: 1)

  static func context(threads: Int) -> ExecutionContext {
    ExecutionContext(now: 0, threads: threads, memoryLimit: 1 << 30)
  }

  /// Rows whose class depends on the first two features, with noise; the others say nothing.
  ///
  /// - Parameter distinct: how many values a feature has, so that values repeat.
  static func made(
    rows: Int, features: Int = 4, classes: Int = 2, missing: Double = 0, distinct: Int = 1000, noise: Double = 0.1,
    weighted: Bool = false, seed: UInt64 = 1
  ) throws -> TrainingData {
    var random = RandomGenerator(seed: seed)
    var columns = Array(repeating: [Double](), count: features)
    var labels: [Int32] = []
    for _ in 0..<rows {
      let values = (0..<features).map { _ in Double(random.below(UInt64(distinct))) / Double(distinct) }
      let signal = values[0] + (features > 1 && values[0] > 0.4 ? values[1] : 0.2)
      var label = Swift.min(classes - 1, Int(signal * Double(classes) / 1.5))
      if random.unit() < noise { label = Int(random.below(UInt64(classes))) }
      labels.append(Int32(label))
      for (feature, value) in values.enumerated() {
        // Values of the second class are missing more often, so that a missing value means something.
        let chance = missing * (label == 1 ? 1.5 : 0.5)
        columns[feature].append(random.unit() < chance ? .nan : value)
      }
    }
    let names = (0..<features).map { "f\($0)" }
    return try TrainingData(
      FeatureMatrix(names: names, columns: columns), labels: labels, classes: (0..<classes).map { "class \($0)" },
      weights: weighted ? (0..<rows).map { _ in 0.5 + random.unit() } : nil)
  }

  /// Columns of numbers and whether each row is a positive.
  static func data(_ columns: KeyValuePairs<String, [Double]>, positives: [Bool]) throws -> TrainingData {
    try TrainingData(FeatureMatrix(names: columns.map(\.key), columns: columns.map(\.value)), positives: positives)
  }
}
