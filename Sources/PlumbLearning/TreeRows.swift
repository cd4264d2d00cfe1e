import PlumbEngine

/// Text and rows of a tree.
extension DecisionTree {
  /// The columns of `table`.
  package static let schema: Schema = [
    ColumnInfo("node", .long), ColumnInfo("parent", .long), ColumnInfo("depth", .long), ColumnInfo("feature", .string),
    ColumnInfo("threshold", .real), ColumnInfo("missing_goes_left", .bool), ColumnInfo("samples", .long),
    ColumnInfo("positives", .real), ColumnInfo("probability", .real), ColumnInfo("prediction", .string),
    ColumnInfo("impurity", .real),
  ]

  /// Returns a row for each node, in preorder: a parent, its branch up to the threshold, then the one above it.
  ///
  /// Leaves have no feature or threshold, and the root has no parent; `positives` is the weight of the rows of `class`.
  package func table(_ name: String = "tree", class: Int = 1) -> Table {
    let parents = parents(), depths = depths()
    var groups: [RowGroup] = []
    var start = 0
    while start < nodes.count {
      let end = Swift.min(start + RowGroup.capacity, nodes.count)
      let columns = DecisionTree.schema.map { VectorBuilder($0.type) }
      for index in start..<end {
        let node = nodes[index]
        columns[0].append(word: Int64(index))
        if parents[index] < 0 { columns[1].appendNull() } else { columns[1].append(word: Int64(parents[index])) }
        columns[2].append(word: Int64(depths[index]))
        columns[3].append(string: node.isLeaf ? "" : features[Int(node.feature)])
        if node.isLeaf {
          columns[4].appendNull()
          columns[5].appendNull()
        } else {
          columns[4].append(real: node.threshold)
          columns[5].append(bool: node.missingGoesLeft)
        }
        let facts = facts(of: index, class: `class`)
        columns[6].append(word: Int64(node.samples))
        columns[7].append(real: facts.positives)
        columns[8].append(real: facts.probability)
        columns[9].append(string: classes[majority(in: index)])
        columns[10].append(real: node.impurity)
      }
      groups.append(RowGroup(columns.map { $0.finish() }, count: end - start))
      start = end
    }
    return Table(name: name, schema: DecisionTree.schema, groups: groups)
  }

  /// Returns a line for each node with its condition, indented by its depth; `verb` says what the positives did.
  ///
  /// ```
  /// all: 9 of 14 failed (64 %)
  ///   retries <= 1.5: 2 of 6 failed (33 %)
  ///   retries > 1.5: 7 of 8 failed (88 %)
  /// ```
  package func text(class: Int = 1, verb: String? = nil, maxDepth: Int = .max) -> String {
    let parents = parents(), depths = depths()
    let word = verb ?? classes[`class`]
    var text = ByteBuffer()
    for (index, node) in nodes.enumerated() where depths[index] <= maxDepth {
      for _ in 0..<depths[index] { text.append("  " as StaticString) }
      if parents[index] < 0 {
        text.append("all" as StaticString)
      } else {
        let parent = nodes[parents[index]]
        text.append(features[Int(parent.feature)])
        let isLeft = index == parents[index] + 1
        if parent.threshold == .infinity {
          text.append(isLeft ? " is known" as StaticString : " is missing")
        } else {
          text.append(isLeft ? " <= " as StaticString : " > ")
          DecisionTree.print(parent.threshold, to: &text)
          if parent.sawMissing, parent.missingGoesLeft == isLeft { text.append(" or missing" as StaticString) }
        }
      }
      let facts = facts(of: index, class: `class`)
      text.append(": " as StaticString)
      DecisionTree.print(facts.positives, to: &text)
      text.append(" of " as StaticString)
      DecisionTree.print(facts.total, to: &text)
      text.append(" \(word) (")
      DecisionTree.print((facts.probability * 1000).rounded() / 10, to: &text)
      text.append(" %)" as StaticString)
      if !node.isLeaf, depths[index] == maxDepth { text.append(" ..." as StaticString) }
      text.append(.newline)
    }
    return text.string
  }

  /// Formats a number with at most six significant digits; integers in full.
  static func print(_ value: Double, to text: inout ByteBuffer) {
    guard value.isFinite, abs(value) < 1e15 else { return text.append("\(value)") }
    if value == value.rounded() { return text.append(decimal: Int64(value)) }
    var scale = 1.0
    while abs(value) * scale < 1e5, scale < 1e12 { scale *= 10 }
    text.append("\((value * scale).rounded() / scale)")
  }
}
