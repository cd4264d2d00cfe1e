import Glibc
import PlumbEngine

/// One feature of one node: its entries in order, and the totals of the node.
struct SplitScan {
  let entries: BufferView<UInt64>
  /// The number of rows of the node, and of those with a known value, which come first.
  let rows: Int
  let known: Int
  let minLeaf: Int
  let criterion: TreeOptions.Criterion

  /// - Parameter end: the number of rows of the node.
  init(_ entries: BufferView<UInt64>, rows: Int, minLeaf: Int, criterion: TreeOptions.Criterion) {
    self.entries = entries
    self.rows = rows
    self.minLeaf = Swift.max(1, minLeaf)
    self.criterion = criterion
    known = SplitScan.known(entries, rows)
  }

  /// Returns how many of the entries, which are in order, have a value.
  static func known(_ entries: BufferView<UInt64>, _ rows: Int) -> Int {
    guard rows > 0, SortedFeature.rank(entries[rows - 1]) == SortedFeature.missingRank else { return rows }
    var low = 0, high = rows
    while low < high {
      let middle = (low + high) / 2
      if SortedFeature.rank(entries[middle]) == SortedFeature.missingRank { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Returns whether all rows have the same value, or none has a value.
  static func isConstant(_ entries: BufferView<UInt64>, _ rows: Int) -> Bool {
    rows == 0 || SortedFeature.rank(entries[0]) == SortedFeature.rank(entries[rows - 1])
  }

  /// Returns how many rows with a known value may go left when `others` go with them.
  private func positions(with others: Int) -> ClosedRange<Int>? {
    let lower = Swift.max(1, minLeaf - others)
    let upper = Swift.min(known - 1, rows - others - minLeaf)
    return lower <= upper ? lower...upper : nil
  }

  /// Returns the best split for two classes and equal weights: a scan that only counts.
  ///
  /// - Parameters:
  ///   - positives: the number of rows of the second class in the node.
  ///   - logs: k ln k for every k up to the rows of the node; used for entropy.
  func best(positives: Int, logs: BufferView<Double>?) -> SplitCandidate {
    var best = SplitCandidate()
    let missing = rows - known
    var missingPositives = 0
    for i in known..<rows { missingPositives &+= Int(truncatingIfNeeded: entries[i] & 1) }
    for missingGoesLeft in missing > 0 ? [false, true] : [false] {
      let others = missingGoesLeft ? missing : 0
      var p = missingGoesLeft ? missingPositives : 0
      if let positions = positions(with: others) {
        for i in 0..<positions.lowerBound { p &+= Int(truncatingIfNeeded: entries[i] & 1) }
        switch criterion {
        case .gini: scanGini(positions, others, p, positives, missingGoesLeft, &best)
        case .entropy: scanEntropy(positions, others, p, positives, missingGoesLeft, logs, &best)
        }
      }
    }
    if missing >= minLeaf, known >= minLeaf {
      let merit = merit(Double(known), Double(positives &- missingPositives), Double(rows), Double(positives))
      if merit > best.merit { best = SplitCandidate(merit: merit, position: known, missingGoesLeft: false) }
    }
    return best
  }

  private func scanGini(
    _ positions: ClosedRange<Int>, _ others: Int, _ start: Int, _ positives: Int, _ missingGoesLeft: Bool,
    _ best: inout SplitCandidate
  ) {
    let entries = entries
    let all = Double(rows), allPositives = Double(positives)
    var p = start
    var bound = best.merit
    var k = positions.lowerBound
    let upper = positions.upperBound
    var entry = entries[k &- 1]
    while k <= upper {
      let next = entries[k]
      if (entry ^ next) &>> 32 != 0 {
        let left = Double(k &+ others), right = all - left
        let a = Double(p), b = left - a
        let c = allPositives - a, d = right - c
        let leftSquares = a * a + b * b, rightSquares = c * c + d * d
        // Divide only if the result may be the best: two divisions would take most of the time of the loop.
        if leftSquares * right + rightSquares * left > bound * (left * right) {
          let merit = leftSquares / left + rightSquares / right
          if merit > best.merit {
            best = SplitCandidate(merit: merit, position: k, missingGoesLeft: missingGoesLeft)
            bound = merit * (1 - 1e-12)
          }
        }
      }
      entry = next
      p &+= Int(truncatingIfNeeded: next & 1)
      k &+= 1
    }
  }

  private func scanEntropy(
    _ positions: ClosedRange<Int>, _ others: Int, _ start: Int, _ positives: Int, _ missingGoesLeft: Bool,
    _ logs: BufferView<Double>?, _ best: inout SplitCandidate
  ) {
    guard let logs else { return }
    let slack = 1e-9 * Double(rows)
    var p = start
    var k = positions.lowerBound
    var entry = entries[k &- 1]
    while k <= positions.upperBound {
      let next = entries[k]
      if (entry ^ next) &>> 32 != 0 {
        let left = k &+ others, right = rows &- left
        let c = positives &- p
        // The merit in nats from a table; exact only if it may be the best.
        let nats = logs[p] + logs[left &- p] - logs[left] + logs[c] + logs[right &- c] - logs[right]
        if nats / M_LN2 > best.merit - slack {
          let merit = merit(Double(left), Double(p), Double(rows), Double(positives))
          if merit > best.merit {
            best = SplitCandidate(merit: merit, position: k, missingGoesLeft: missingGoesLeft)
          }
        }
      }
      entry = next
      p &+= Int(truncatingIfNeeded: next & 1)
      k &+= 1
    }
  }

  private func merit(_ left: Double, _ leftPositives: Double, _ all: Double, _ positives: Double) -> Double {
    let right = all - left
    let (a, c) = (leftPositives, positives - leftPositives)
    return Impurity.merit(left: (left - a, a), left, right: (right - c, c), right, criterion)
  }

  /// Returns the best split for any number of classes and any weights.
  ///
  /// - Parameter counts: the weight of each class in the node.
  func best(
    counts: [Double], labels: BufferView<Int32>, weights: BufferView<Double>?
  ) -> SplitCandidate {
    var best = SplitCandidate()
    let classes = counts.count
    let missing = rows - known
    let left = BufferView<Double>(count: classes * 2)
    let right = left + classes
    for missingGoesLeft in missing > 0 ? [false, true] : [false] {
      var total = 0.0, leftTotal = 0.0
      for i in 0..<classes {
        left[i] = 0
        right[i] = counts[i]
        total += counts[i]
      }
      func move(_ entry: UInt64) {
        let row = SortedFeature.row(entry)
        let weight = weights.map { $0[row] } ?? 1
        let label = Int(labels[row])
        left[label] += weight
        right[label] -= weight
        leftTotal += weight
      }
      func consider(_ position: Int) {
        let merit = Impurity.merit(
          left: left, leftTotal, right: right, total - leftTotal, classes: classes, criterion)
        if merit > best.merit {
          best = SplitCandidate(merit: merit, position: position, missingGoesLeft: missingGoesLeft)
        }
      }
      if missingGoesLeft { for i in known..<rows { move(entries[i]) } }
      let positions = positions(with: missingGoesLeft ? missing : 0)
      for k in 1..<Swift.max(1, known) {
        move(entries[k &- 1])
        if let positions, positions.contains(k), (entries[k &- 1] ^ entries[k]) &>> 32 != 0 { consider(k) }
      }
      if !missingGoesLeft, missing >= minLeaf, known >= minLeaf {
        move(entries[known &- 1])
        consider(known)
      }
    }
    return best
  }
}
