/// What a leaf says of the rows that come to it.
package struct LeafFacts: Hashable, Sendable {
  /// The leaf's number in the tree.
  package let node: Int
  /// Rows of training in the leaf that were of the class, by weight, and all of them.
  package let positives: Double
  package let total: Double

  /// The share of the class, between 0 and 1.
  package var probability: Double { total > 0 ? positives / total : 0 }
  /// Where the share of all such rows, not only those of training, probably is.
  package var interval: Interval { .wilson(positives, of: total) }
}

/// One answer on the way to a leaf.
package struct TreeCondition: Hashable, Sendable {
  package enum Direction: Hashable, Sendable {
    case atMost, above
  }

  package let feature: Int
  package let threshold: Double
  package let direction: Direction
  /// The row's value; NaN when it is missing, and the answer is what was learned for missing values.
  package let value: Double
}

extension DecisionTree {
  package func facts(of node: Int, class: Int = 1) -> LeafFacts {
    let counts = counts(of: node)
    return LeafFacts(
      node: node, positives: counts[counts.startIndex + `class`], total: counts.reduce(0, +))
  }

  /// The answers that lead a row from the root to its leaf, in order.
  package func path(of row: [Double]) -> [TreeCondition] {
    precondition(row.count == features.count, "callers give a value for each feature")
    var conditions: [TreeCondition] = []
    var index = 0
    while !nodes[index].isLeaf {
      let node = nodes[index]
      let value = row[Int(node.feature)]
      let goesLeft = DecisionTree.goesLeft(node, value)
      conditions.append(
        TreeCondition(
          feature: Int(node.feature), threshold: node.threshold, direction: goesLeft ? .atMost : .above, value: value))
      index = goesLeft ? index + 1 : Int(node.right)
    }
    return conditions
  }
}
