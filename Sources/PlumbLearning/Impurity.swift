import Glibc
import PlumbEngine

/// How mixed the classes of a node are, and how good a split is. Uses the arithmetic of scikit-learn's criteria, so that
/// equally good splits compare alike.
enum Impurity {
  /// Returns the impurity of a node with these class weights.
  static func of(_ counts: [Double], _ criterion: TreeOptions.Criterion) -> Double {
    var total = 0.0
    for count in counts { total += count }
    return of(classes: counts.count, total: total, criterion) { counts[$0] }
  }

  @inline(__always) private static func of(
    classes: Int, total: Double, _ criterion: TreeOptions.Criterion, _ count: (Int) -> Double
  ) -> Double {
    guard total > 0 else { return 0 }
    switch criterion {
    case .gini:
      var squares = 0.0
      for i in 0..<classes { squares += count(i) * count(i) }
      return 1.0 - squares / (total * total)
    case .entropy:
      var bits = 0.0
      for i in 0..<classes where count(i) > 0 {
        let share = count(i) / total
        bits -= share * (log(share) / M_LN2)
      }
      return bits
    }
  }

  /// Returns a number that increases with the quality of a split; only comparable between splits of one node.
  static func merit(
    left: BufferView<Double>, _ leftTotal: Double, right: BufferView<Double>, _ rightTotal: Double,
    classes: Int, _ criterion: TreeOptions.Criterion
  ) -> Double {
    merit(classes, leftTotal, rightTotal, criterion, left: { left[$0] }, right: { right[$0] })
  }

  /// The same for two classes.
  static func merit(
    left: (Double, Double), _ leftTotal: Double, right: (Double, Double), _ rightTotal: Double,
    _ criterion: TreeOptions.Criterion
  ) -> Double {
    merit(
      2, leftTotal, rightTotal, criterion, left: { $0 == 0 ? left.0 : left.1 }, right: { $0 == 0 ? right.0 : right.1 })
  }

  @inline(__always) private static func merit(
    _ classes: Int, _ leftTotal: Double, _ rightTotal: Double, _ criterion: TreeOptions.Criterion,
    left: (Int) -> Double, right: (Int) -> Double
  ) -> Double {
    switch criterion {
    case .gini:
      var leftSquares = 0.0, rightSquares = 0.0
      for i in 0..<classes {
        leftSquares += left(i) * left(i)
        rightSquares += right(i) * right(i)
      }
      return leftSquares / leftTotal + rightSquares / rightTotal
    case .entropy:
      return -rightTotal * of(classes: classes, total: rightTotal, criterion, right)
        - leftTotal * of(classes: classes, total: leftTotal, criterion, left)
    }
  }

  /// Below this, a node counts as pure.
  static let nothing = Double.ulpOfOne

  /// Returns a threshold between two neighbouring values: their midpoint, or the lower one if the midpoint rounds to the
  /// higher.
  static func threshold(between lower: Double, and upper: Double) -> Double {
    let middle = lower / 2 + upper / 2
    return middle >= lower && middle < upper && middle.isFinite ? middle : lower
  }
}

/// The best split of a node on one feature.
struct SplitCandidate {
  var merit = -Double.infinity
  /// The number of rows that go left in the node's order, without missing ones; or the last bin that does.
  var position = -1
  var missingGoesLeft = false

  var isFound: Bool { position >= 0 }
}
