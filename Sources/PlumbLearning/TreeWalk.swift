import PlumbEngine

/// A tree prepared for predicting many rows: its conditions packed into 16 bytes each, and their columns.
struct TreeWalk: Sendable {
  private struct Step: BitwiseCopyable {
    /// In a leaf, the value passed to `init`.
    var threshold: Double
    /// Negative in a leaf; with `missingFlag` if missing values go left.
    var feature: Int32
    var right: Int32
  }

  private static let missingFlag: Int32 = 1 << 30

  private let steps: Buffer

  /// - Parameter answer: returns the value of a leaf, such as the share of a class.
  init(_ tree: DecisionTree, answer: (_ leaf: Int) -> Double) {
    steps = Buffer(of: Step.self, count: tree.nodes.count)
    let steps = steps.view(Step.self)
    for (index, node) in tree.nodes.enumerated() {
      steps[index] =
        node.isLeaf
        ? Step(threshold: answer(index), feature: -1, right: -1)
        : Step(
          threshold: node.threshold, feature: node.missingGoesLeft ? node.feature | TreeWalk.missingFlag : node.feature,
          right: node.right)
    }
  }

  /// Returns the leaf's value for a row of `columns`.
  @inline(__always) func value(_ columns: BufferTable<Double>, row: Int) -> Double {
    steps.view(Step.self)[leaf(columns, row: row)].threshold
  }

  @inline(__always) func leaf(_ columns: BufferTable<Double>, row: Int) -> Int {
    let steps = steps.view(Step.self)
    var index = 0
    while true {
      let step = steps[index]
      if step.feature < 0 { return index }
      let value = columns[Int(step.feature & ~TreeWalk.missingFlag), row]
      let goesLeft = value <= step.threshold || (value.isNaN && step.feature & TreeWalk.missingFlag != 0)
      index = goesLeft ? index &+ 1 : Int(step.right)
    }
  }
}

extension FeatureMatrix {
  /// The columns as a table of numbers.
  var table: BufferTable<Double> { BufferTable(columns) }
}
