/// The smallest change of a row that would lead to another prediction.
package struct SmallestChange: Hashable, Sendable {
  /// One feature that would have to change.
  package struct Part: Hashable, Sendable {
    package let feature: Int
    package let from: Double
    /// The nearest value that is sufficient; `direction` says on which side of it all others are.
    package let to: Double
    /// Whether the value must rise to `to` instead of falling.
    package let rises: Bool
  }

  /// One part, or two if no single one is enough.
  package let parts: [Part]
  /// The sum of the sizes of the parts, each in units of its feature's spread.
  package let size: Double
  /// The leaf that the changed row reaches.
  package let leaf: Int
}

extension DecisionTree {
  /// Returns the smallest change of one feature, or else of two, that takes a row to a leaf on the other side of
  /// `threshold`.
  ///
  /// - Parameters:
  ///   - spreads: the unit of each feature's changes, such as `FeatureMatrix.spreads()`; a feature of spread 0 stays.
  ///   - changeable: which features can change at all; the hour of the day cannot. Nil for all.
  /// - Returns: nil if no two features are enough. Missing values are never filled in.
  package func smallestChange(
    of row: [Double], across threshold: Double, class: Int = 1, spreads: [Double], changeable: [Bool]? = nil
  ) -> SmallestChange? {
    precondition(row.count == features.count && spreads.count == row.count, "there must be a value for each feature")
    let wantsLow = probability(of: `class`, for: row) >= threshold
    let search = ChangeSearch(
      tree: self, row: row, spreads: spreads, changeable: changeable ?? Array(repeating: true, count: row.count),
      parents: parents()
    ) { (probability(of: `class`, in: $0) >= threshold) != wantsLow }
    return search.run(limit: 1) ?? search.run(limit: 2)
  }
}

/// Searches all leaves that a row can reach by changing few features.
private struct ChangeSearch {
  let tree: DecisionTree
  let row: [Double]
  let spreads: [Double]
  let changeable: [Bool]
  let parents: [Int]
  let isWanted: (Int) -> Bool

  /// The values of one changed feature that lead to a node: above `low` and up to `high`.
  private struct Box {
    var feature: Int
    var low: Double
    var high: Double
  }

  private struct State {
    var node: Int
    var boxes: [Box]
    var size: Double
  }

  init(
    tree: DecisionTree, row: [Double], spreads: [Double], changeable: [Bool], parents: [Int],
    isWanted: @escaping (Int) -> Bool
  ) {
    self.tree = tree
    self.row = row
    self.spreads = spreads
    self.changeable = changeable
    self.parents = parents
    self.isWanted = isWanted
  }

  func run(limit: Int) -> SmallestChange? {
    var best: State?
    var pending = [State(node: 0, boxes: [], size: 0)]
    while let state = pending.popLast() {
      if let best, state.size >= best.size { continue }
      let node = tree.nodes[state.node]
      if node.isLeaf {
        if isWanted(state.node) { best = state }
        continue
      }
      let own = DecisionTree.goesLeft(node, row[Int(node.feature)])
      // The row's own direction last, so that it is followed first.
      for goesLeft in [!own, own] {
        if let next = step(state, goesLeft: goesLeft, isOwn: goesLeft == own, limit: limit) { pending.append(next) }
      }
    }
    guard let best else { return nil }
    let parts = best.boxes.map { box -> SmallestChange.Part in
      let value = row[box.feature]
      let rises = value <= box.low
      return SmallestChange.Part(feature: box.feature, from: value, to: rises ? box.low.nextUp : box.high, rises: rises)
    }
    return SmallestChange(parts: parts, size: best.size, leaf: best.node)
  }

  /// Returns the state at a child, or nil if it needs too many changes or an impossible one.
  private func step(_ state: State, goesLeft: Bool, isOwn: Bool, limit: Int) -> State? {
    let node = tree.nodes[state.node]
    let feature = Int(node.feature)
    var next = state
    next.node = goesLeft ? state.node + 1 : Int(node.right)
    if let place = state.boxes.firstIndex(where: { $0.feature == feature }) {
      if goesLeft {
        next.boxes[place].high = Swift.min(next.boxes[place].high, node.threshold)
      } else {
        next.boxes[place].low = Swift.max(next.boxes[place].low, node.threshold)
      }
      guard next.boxes[place].low < next.boxes[place].high else { return nil }
    } else if !isOwn {
      guard state.boxes.count < limit, changeable[feature], spreads[feature] > 0, row[feature].isFinite else {
        return nil
      }
      var box = Box(feature: feature, low: -.infinity, high: .infinity)
      // All earlier conditions on the feature constrain its new value, too.
      var child = next.node
      while child > 0 {
        let parent = parents[child]
        if Int(tree.nodes[parent].feature) == feature {
          let threshold = tree.nodes[parent].threshold
          if child == parent + 1 {
            box.high = Swift.min(box.high, threshold)
          } else {
            box.low = Swift.max(box.low, threshold)
          }
        }
        child = parent
      }
      guard box.low < box.high else { return nil }
      next.boxes.append(box)
    }
    next.size = next.boxes.reduce(0) { $0 + distance($1) }
    return next
  }

  private func distance(_ box: Box) -> Double {
    let value = row[box.feature]
    if value > box.high { return (value - box.high) / spreads[box.feature] }
    return value <= box.low ? (box.low - value) / spreads[box.feature] : 0
  }
}
