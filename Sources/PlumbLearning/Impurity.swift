import Glibc

/// How mixed the classes of a node are, and how good a split is, with the arithmetic of scikit-learn's criteria,
/// so that equally good splits compare alike.
enum Impurity {
  /// The impurity of a node with these class weights.
  static func of(_ counts: [Double], _ criterion: TreeOptions.Criterion) -> Double {
    counts.withUnsafeBufferPointer { counts in
      guard let base = counts.baseAddress else { return 0 }
      var total = 0.0
      for count in counts { total += count }
      return of(base, counts.count, total: total, criterion)
    }
  }

  static func of(
    _ counts: UnsafePointer<Double>, _ classes: Int, total: Double, _ criterion: TreeOptions.Criterion
  ) -> Double {
    guard total > 0 else { return 0 }
    switch criterion {
    case .gini:
      var squares = 0.0
      for i in 0..<classes { squares += counts[i] * counts[i] }
      return 1.0 - squares / (total * total)
    case .entropy:
      var bits = 0.0
      for i in 0..<classes where counts[i] > 0 {
        let share = counts[i] / total
        bits -= share * (log(share) / M_LN2)
      }
      return bits
    }
  }

  /// Grows with the quality of a split into two sides; only comparable between splits of one node.
  static func merit(
    left: UnsafePointer<Double>, _ leftTotal: Double, right: UnsafePointer<Double>, _ rightTotal: Double,
    classes: Int, _ criterion: TreeOptions.Criterion
  ) -> Double {
    switch criterion {
    case .gini:
      var leftSquares = 0.0, rightSquares = 0.0
      for i in 0..<classes {
        leftSquares += left[i] * left[i]
        rightSquares += right[i] * right[i]
      }
      return leftSquares / leftTotal + rightSquares / rightTotal
    case .entropy:
      return -rightTotal * of(right, classes, total: rightTotal, criterion)
        - leftTotal * of(left, classes, total: leftTotal, criterion)
    }
  }

  /// Below this, a node counts as pure.
  static let nothing = Double.ulpOfOne

  /// A threshold between two neighbouring values of a node: their midpoint, or the lower one if that rounds away.
  static func threshold(between lower: Double, and upper: Double) -> Double {
    let middle = lower / 2 + upper / 2
    return middle >= lower && middle < upper && middle.isFinite ? middle : lower
  }
}

/// The best split of a node on one feature.
struct SplitCandidate {
  var merit = -Double.infinity
  /// Rows of the node's order that go left, not counting missing ones; or the last bin that does.
  var position = -1
  var missingGoesLeft = false

  var isFound: Bool { position >= 0 }
}
