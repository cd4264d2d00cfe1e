import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// What `.help` says, from the declarations of functions and the guide.
enum Help {
  static var overview: String {
    let all = DotCommand.all.map { ($0.usage, $0.summary) } + DatabaseCommand.all.map { ($0.usage, $0.summary) }
    let commands = all.map { usage, summary in
      "  \(usage)\(String(repeating: " ", count: max(28 - usage.count, 0) + 2))\(summary)"
    }
    return """
      A query starts with a table, and each step after a | works on the rows before it:
        runs | where status == "failed" | summarize count() by source

      Enter runs a query that is whole on its line; a longer one ends with an empty line or a `;`. TAB completes,
      Ctrl-C drops the line or stops the query, Ctrl-D leaves. `_` is the last result, `_1` the one before, and a
      line that begins with | goes on with `_`. The table `history` holds this session's queries.

      \(commands.joined(separator: "\n"))

      Steps: \(wrapped(Guide.operators.map(\.name)))
      Formats: \(wrapped(ResultFormat.allCases.map(\.rawValue)))
      """
  }

  /// - Throws: a diagnostic with the nearest name when there is nothing of this name.
  static func text(for name: String) throws -> String {
    var parts: [String] = []
    if let guide = (Guide.operators + Guide.sources).first(where: { $0.name == name }) {
      parts.append("\(guide.usage)\n  \(guide.summary)")
    }
    if let command = DotCommand.all.first(where: { $0.name == name || $0.name == "." + name }) {
      let examples = command.examples.map { "\n  \($0)" }.joined()
      parts.append("\(command.usage)\n  \(command.summary)\(examples)")
    }
    if let chart = ChartKind(rawValue: name) { parts.append("render \(name) [with (...)]\n  \(chart.summary)") }
    for command in DatabaseCommand.all where command.firstWord == name || command.firstWord == "." + name {
      parts.append("\(command.usage)\n  \(command.summary)")
    }
    if let format = ResultFormat(rawValue: name) { parts.append("format \(name)\n  \(format.summary)") }
    if let function = ScalarFunction.named(name) {
      parts.append(page(name, function.parameters, function.summary, function.examples))
    }
    if let function = AggregateFunction.all.first(where: { $0.name == name }) {
      parts.append(page(name, function.parameters, function.summary, function.examples))
    }
    if parts.isEmpty {
      throw Diagnostic(
        "unknown-name", "there is no function, step or command `\(name)`",
        help: Suggestion.nearest(to: name, in: names))
    }
    return parts.joined(separator: "\n\n")
  }

  static var names: [String] {
    Guide.operators.map(\.name) + Guide.sources.map(\.name) + ChartKind.allCases.map(\.rawValue) + DotCommand.all.map(\.name)
      + ScalarFunction.all.map(\.name) + AggregateFunction.all.map(\.name)
  }

  private static func page(
    _ name: String, _ parameters: String, _ summary: String, _ examples: [ScalarFunction.Example]
  ) -> String {
    let lines = examples.map { "  \($0.expression)  =>  \($0.result)" }
    return (["\(name)(\(parameters))", "  \(summary)"] + lines).joined(separator: "\n")
  }

  /// Words with commas, in lines of about 100 columns, indented below the first.
  private static func wrapped(_ words: [String]) -> String {
    var lines = [""]
    for (i, word) in words.enumerated() {
      let piece = i == words.count - 1 ? word : word + ", "
      if lines[lines.count - 1].count + piece.count > 92 { lines.append("  ") }
      lines[lines.count - 1] += piece
    }
    return lines.joined(separator: "\n")
  }
}
