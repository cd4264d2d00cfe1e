import PlumbDiagnostics
import PlumbEngine

extension DecisionTree {
  /// A tree that is taught what another model says of rows, and whose leaves say what happened to them.
  ///
  /// Grown leaf by leaf to lessen the squared distance from `targets`, such as the logarithms of the odds that a forest or
  /// boosting gives; the counts of its nodes are those of the labels.
  // Breiman and Shang, "Born again trees" (1996); Bastani, Kim, Bastani, "Interpretability via model extraction" (2017).
  ///
  /// - Parameter targets: one for each row.
  package static func taught(
    _ targets: [Double], _ data: TrainingData, leaves: Int, minLeaf: Int, context: ExecutionContext
  ) throws -> DecisionTree {
    guard data.rowCount > 0, targets.count == data.rowCount else {
      throw Diagnostic("no-rows", "there are no rows to learn from")
    }
    let binned = try BinnedFeatures(data.features, context: context)
    let grower = try GradientGrower(data.features, binned, leaves: leaves, minLeaf: minLeaf, context)
    let items = BufferView<GradientGrower.Item>(count: data.rowCount)
    let mean = targets.reduce(0, +) / Double(targets.count)
    for (row, target) in targets.enumerated() {
      items[row] = GradientGrower.Item(
        row: UInt32(truncatingIfNeeded: row), gradient: Float(mean - target), curvature: 1)
    }
    let grown = try grower.grow(items, data.rowCount, scale: 1)
    return data.counted(grown)
  }

  /// A tree of one question; missing values go left. A count of one each keeps shares from 0 and 1.
  package static func stump(_ data: TrainingData, feature: Int, threshold: Double) -> DecisionTree {
    let question = Boosting.Node(feature: Int32(truncatingIfNeeded: feature), missingGoesLeft: true, right: 2, number: threshold)
    let leaf = Boosting.Node(feature: -1, missingGoesLeft: false, right: -1, number: 0)
    let counted = data.counted([question, leaf, leaf])
    let classes = data.classCount
    var counts = counted.counts.map { $0 + 1 }
    for label in 0..<classes { counts[label] += 1 }
    return DecisionTree(
      features: counted.features, classes: counted.classes, criterion: .gini, nodes: counted.nodes, counts: counts)
  }
}

extension TrainingData {
  /// Lets all rows walk down a tree and counts what it meets.
  fileprivate func counted(_ grown: [Boosting.Node]) -> DecisionTree {
    let classes = classCount
    var counts = [Double](repeating: 0, count: grown.count * classes)
    var samples = [Int32](repeating: 0, count: grown.count)
    var sawMissing = [Bool](repeating: false, count: grown.count)
    let columns = features.table
    for row in 0..<rowCount {
      let weight = weights?[row] ?? 1
      var at = 0
      while true {
        counts[at * classes + Int(labels[row])] += weight
        samples[at] += 1
        let node = grown[at]
        if node.feature < 0 { break }
        let value = columns[Int(node.feature), row]
        if value.isNaN { sawMissing[at] = true }
        at = (value.isNaN ? node.missingGoesLeft : value <= node.number) ? at + 1 : Int(node.right)
      }
    }
    let nodes = grown.indices.map { index in
      let node = grown[index]
      return DecisionTree.Node(
        feature: node.feature, missingGoesLeft: node.missingGoesLeft, sawMissing: sawMissing[index], right: node.right,
        samples: samples[index], threshold: node.feature < 0 ? 0 : node.number,
        impurity: Impurity.of(Array(counts[index * classes..<(index + 1) * classes]), .gini))
    }
    return DecisionTree(features: features.names, classes: self.classes, criterion: .gini, nodes: nodes, counts: counts)
  }
}
