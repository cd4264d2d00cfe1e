import PlumbEngine
import PlumbPresentation

extension ResultFormat {
  static let dot = ResultFormat("dot", "lineage as a graph for Graphviz", endings: ["dot", "gv"]) {
    DotWriter(to: $0, options: $1)
  }

  static let mermaid = ResultFormat(
    "mermaid", "lineage as a flow chart for Markdown pages", endings: ["mmd", "mermaid"]
  ) {
    MermaidWriter(to: $0, options: $1)
  }
}

/// Writes lineage as a graph in the DOT language of Graphviz. Arrows lead away from the pipelines in question.
final class DotWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    let forest = try LineageForest(answer, limit: options.rowLimit, format: "dot")
    sink.buffer.append("digraph lineage {\n  rankdir=LR;\n  node [shape=box];\n")
    for (number, node) in forest.nodes.enumerated() {
      let lines = node.lines
      let colour = Self.colour(node.status).map { ", color=\"\($0)\"" } ?? ""
      sink.buffer.append("  n\(number) [label=\"\(lines.map(Self.escaped).joined(separator: "\\n"))\"\(colour)];\n")
      try sink.drain()
    }
    for (number, node) in forest.nodes.enumerated() {
      for child in node.children { sink.buffer.append("  n\(number) -> n\(child);\n") }
      try sink.drain()
    }
    sink.buffer.append("}\n")
    return answer.summary(written: forest.rowCount)
  }

  func finish() throws { try sink.flush() }

  /// Escapes backslashes and quotes with a backslash.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if character == "\"" || character == "\\" { result.append("\\") }
      result.append(character)
    }
  }

  fileprivate static func colour(_ status: String) -> String? {
    switch status {
    case "failed": "red"
    case "stale": "orange"
    case "running": "blue"
    default: nil
    }
  }
}

/// Writes lineage as a Mermaid flow chart for Markdown pages.
final class MermaidWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    let forest = try LineageForest(answer, limit: options.rowLimit, format: "mermaid")
    sink.buffer.append("flowchart LR\n")
    for (number, node) in forest.nodes.enumerated() {
      let lines = node.lines
      sink.buffer.append("  n\(number)[\"\(lines.map(Self.escaped).joined(separator: "<br/>"))\"]\n")
      if let colour = DotWriter.colour(node.status) { sink.buffer.append("  style n\(number) stroke:\(colour)\n") }
      try sink.drain()
    }
    for (number, node) in forest.nodes.enumerated() {
      for child in node.children { sink.buffer.append("  n\(number) --> n\(child)\n") }
      try sink.drain()
    }
    return answer.summary(written: forest.rowCount)
  }

  func finish() throws { try sink.flush() }

  /// Replaces characters that are special to Mermaid by their codes.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "\"": result += "#quot;"
      case "#": result += "#35;"
      case "<": result += "#lt;"
      case ">": result += "#gt;"
      case "&": result += "#amp;"
      default: result.append(character)
      }
    }
  }
}
