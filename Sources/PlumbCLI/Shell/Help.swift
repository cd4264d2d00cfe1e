import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// What `.help` says, from the declarations of functions and the guide.
enum Help {
  static var overview: String {
    let width = min(max(Console.columns ?? 100, 40), 110)
    let all = DotCommand.all.map { ($0.usage, $0.summary) } + DatabaseCommand.all.map { ($0.usage, $0.summary) }
    let usageWidth = min(DotCommand.all.map(\.usage.count).max() ?? 0, width * 2 / 5)
    let commands = all.map { usage, summary in
      let lines = wrapped(summary.split(separator: " ").map(String.init), width: width - usageWidth - 4, between: " ")
      let indent = "\n" + String(repeating: " ", count: usageWidth + 4)
      let text = lines.joined(separator: indent)
      if usage.count > usageWidth { return "  \(usage)\(indent)\(text)" }
      return "  \(usage)\(String(repeating: " ", count: usageWidth - usage.count + 2))\(text)"
    }
    func paragraph(_ text: String) -> String {
      wrapped(text.split(separator: " ").map(String.init), width: width, between: " ").joined(separator: "\n")
    }
    func list(_ title: String, _ words: [String]) -> String {
      wrapped([title] + words.dropLast().map { $0 + "," } + words.suffix(1), width: width - 2, between: " ").joined(separator: "\n  ")
    }
    return """
      A query starts with a table; each step after a | works on the rows before it:
        runs | where status == "failed" | summarize count() by source

      \(paragraph("""
        Enter runs a query that is whole on its line; a longer one ends with an empty line or a `;`. TAB completes, \
        Ctrl-C drops the line or stops the query, Ctrl-D leaves. `_` is the last result, `_1` the one before, and a \
        line that begins with | goes on with `_`. The table `history` holds the queries of this and earlier sessions.
        """))

      \(commands.joined(separator: "\n"))

      \(list("Steps:", Guide.operators.map(\.name)))
      \(list("Charts:", ChartKind.allCases.map(\.rawValue)))
      \(list("Formats:", ResultFormat.allCases.map(\.rawValue)))
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
        help: Suggestion.nearest(to: name, in: names) ?? "`.help` lists everything")
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

  /// Words in lines of at most `width` columns.
  private static func wrapped(_ words: [String], width: Int, between: String) -> [String] {
    var lines: [String] = []
    for word in words {
      if let last = lines.last, last.count + between.count + word.count <= width {
        lines[lines.count - 1] += between + word
      } else {
        lines.append(word)
      }
    }
    return lines
  }
}
