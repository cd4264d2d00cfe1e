extension LogicalPlan {
  /// The plan as an indented tree, outermost operator first, as `explain` writes it.
  package var outline: String { treeText(self, label: \.node.label, inputs: \.node.drawnInputs) }

  /// The operators that would run, as `explain` shows them.
  package var physicalOutline: String { treeText(node.physical(), label: \.label, inputs: \.inputs) }
}

/// A tree drawn with one node per line and branches in box characters.
func treeText<Node>(_ root: Node, label: (Node) -> String, inputs: (Node) -> [Node]) -> String {
  var lines: [String] = []
  func add(_ node: Node, _ lead: String, _ below: String) {
    lines.append(lead + label(node))
    let children = inputs(node)
    for (index, child) in children.enumerated() {
      let isLast = index == children.count - 1
      add(child, below + (isLast ? "└─ " : "├─ "), below + (isLast ? "   " : "│  "))
    }
  }
  add(root, "", "")
  return lines.joined(separator: "\n")
}
