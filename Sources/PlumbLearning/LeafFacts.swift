/// What a leaf says about its rows.
package struct LeafFacts: Hashable, Sendable {
  /// The leaf's number in the tree.
  package let node: Int
  /// The weight of the training rows in the leaf that have the class, and of all of them.
  package let positives: Double
  package let total: Double

  /// The share of the class, between 0 and 1.
  package var probability: Double { total > 0 ? positives / total : 0 }
  /// The interval that probably contains the share among all such rows, not only those of training.
  package var interval: Interval { .wilson(positives, of: total) }
}

/// One condition on the path to a leaf.
package struct TreeCondition: Hashable, Sendable {
  package enum Direction: Hashable, Sendable {
    case atMost, above
  }

  package let feature: Int
  package let threshold: Double
  package let direction: Direction
  /// The row's value; NaN if missing, in which case the learned direction was taken.
  package let value: Double
}

extension DecisionTree {
  package func facts(of node: Int, class: Int = 1) -> LeafFacts {
    let counts = counts(of: node)
    return LeafFacts(
      node: node, positives: counts[counts.startIndex + `class`], total: counts.reduce(0, +))
  }

  /// Returns the conditions that lead a row from the root to its leaf, in order.
  package func path(of row: [Double]) -> [TreeCondition] {
    precondition(row.count == features.count, "there must be a value for each feature")
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
