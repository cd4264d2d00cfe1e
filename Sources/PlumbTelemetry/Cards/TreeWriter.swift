import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation

extension ResultFormat {
  /// The formats that draw lineage.
  package static let lineage: [ResultFormat] = [.tree, .dot, .mermaid]

  static let tree = ResultFormat("tree", "lineage as a tree", isForPeople: true) { TreeWriter(to: $0, options: $1) }
}

/// Writes lineage as trees of text: a symbol for the status, the name, and further details.
///
/// A pipeline that occurs several times is drawn with its subtree the first time and only named after that.
final class TreeWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions
  private var isFirst = true

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
  }

  private struct Step {
    var node: Int
    /// The lines of the trees above, `│  ` or spaces, and the branch before the name.
    var lead: String
    var branch: String
    var isLast: Bool
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    let forest = try LineageForest(answer, limit: options.rowLimit, format: "tree")
    if !isFirst { sink.buffer.append(.newline) }
    isFirst = false
    var summary = answer.summary(written: forest.rowCount)
    summary.shownRemarks = forest.shownRemarks
    if forest.nodes.isEmpty, options.width != nil {
      let ends = answer.remarks.filter { $0.hasPrefix(LineageRemark.nothingDepends) || $0.hasSuffix(LineageRemark.dependsOnNothing) }
      summary.shownRemarks = Set(ends)
      sink.buffer.append((ends.isEmpty ? "nothing: no pipeline is connected in this direction" : ends.joined(separator: "\n")) + "\n")
    }
    var drawn = [Bool](repeating: false, count: forest.nodes.count)
    var open = forest.roots.reversed().map { Step(node: $0, lead: "", branch: "", isLast: true) }
    while let step = open.popLast() {
      let node = forest.nodes[step.node]
      let isRepeated = drawn[step.node] && !node.children.isEmpty
      drawn[step.node] = true
      put(step, node, isRepeated: isRepeated, &summary)
      try sink.drain()
      if isRepeated { continue }
      let lead = step.lead + (step.branch.isEmpty ? "" : step.isLast ? "   " : options.isASCII ? "|  " : "│  ")
      // The full indentation of a very deep chain would be more text than anyone reads.
      let shown = lead.utf8.count > 2_000 ? options.isASCII ? "... " : "… " : lead
      for (index, child) in node.children.enumerated().reversed() {
        let isLast = index == node.children.count - 1
        let branch = options.isASCII ? isLast ? "`- " : "|- " : isLast ? "└─ " : "├─ "
        open.append(Step(node: child, lead: shown, branch: branch, isLast: isLast))
      }
    }
    return summary
  }

  func finish() throws { try sink.flush() }

  private func put(_ step: Step, _ node: LineageForest.Node, isRepeated: Bool, _ summary: inout WriteSummary) {
    let mark = LineageForest.mark(node.status, isASCII: options.isASCII)
    let isPlain = mark == nil || node.status == "succeeded"
    var details = isRepeated ? ["see above"] : node.details
    if !isRepeated, !node.status.isEmpty, !isPlain || mark == nil { details.insert(node.status, at: 0) }
    let text = details.joined(separator: ", ")
    var line = step.lead + step.branch
    var columns = DisplayWidth.columns(of: line)
    if let mark {
      line += options.palette.styled(mark.sign, mark.ink) + " "
      columns += 2
    }
    line += options.palette.styled(node.name, isPlain ? .plain : mark?.ink ?? .plain)
    columns += DisplayWidth.columns(of: node.name)
    if !text.isEmpty {
      var shown = "  " + text
      if let width = options.width, columns + DisplayWidth.columns(of: shown) > width {
        shown = cut(shown, to: max(0, width - columns))
        summary.shortenedCells += 1
      }
      line += options.palette.styled(shown, .quiet)
    }
    sink.buffer.append(line)
    sink.buffer.append(.newline)
  }

  private func cut(_ text: String, to width: Int) -> String {
    var kept = ""
    var columns = 0
    for character in text {
      let next = DisplayWidth.columns(of: character)
      if columns + next > width - 1 { break }
      kept.append(character)
      columns += next
    }
    return width > 0 ? kept + (options.isASCII ? "~" : "…") : ""
  }
}
