import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax

/// The output of `.help`, from the declarations of functions and the guide.
enum Help {
  private static var width: Int { min(max(Console.columns ?? 100, 40), 110) }

  /// - Parameter onTour: whether to list the commands that exist only on the tour.
  static func overview(onTour: Bool, in workspace: Workspace) -> String {
    let width = width
    let questions = StartingWords.text(in: workspace).map { "Questions that answer by themselves:\n\($0)\n\n" } ?? ""
    let known = CommandDeclaration.all.filter { onTour || $0.place != .tour }
    let usageWidth = min(known.map(\.usage.count).max() ?? 0, width * 2 / 5)
    func listed(_ usage: String, _ summary: String) -> String {
      let lines = wrapped(summary.split(separator: " ").map(String.init), width: width - usageWidth - 4, between: " ")
      let indent = "\n" + String(repeating: " ", count: usageWidth + 4)
      let text = lines.joined(separator: indent)
      if usage.count > usageWidth {
        let parts = wrapped(usage.split(separator: " ").map(String.init), width: width - 6, between: " ")
        return "  \(parts.joined(separator: "\n      "))\(indent)\(text)"
      }
      return "  \(usage)\(String(repeating: " ", count: usageWidth - usage.count + 2))\(text)"
    }
    func commands(ofConsole isOfConsole: Bool) -> String {
      known.filter { (ConsoleAction.named($0.name) != nil) == isOfConsole }.map { listed($0.usage, $0.summary) }
        .joined(separator: "\n")
    }
    func paragraph(_ text: String) -> String {
      wrapped(text.split(separator: " ").map(String.init), width: width, between: " ").joined(separator: "\n")
    }
    func list(_ title: String, _ words: [String]) -> String {
      wrapped([title] + words.dropLast().map { $0 + "," } + words.suffix(1), width: width - 2, between: " ").joined(separator: "\n  ")
    }
    return questions + """
      A query starts with a table; each step after a | works on the rows before it:
        runs | where status == "failed" | summarize count() by source

      \(paragraph("""
        Enter runs a query that is whole on its line; a longer one ends with an empty line or a `;`. TAB completes, \
        Ctrl-C drops the line or stops the query, Ctrl-D leaves. `_` is the last result, `_1` the one before, and a \
        line that begins with | goes on with `_`. The table `history` holds the queries of this and earlier sessions. \
        `.help NAME` explains one operator, function, chart, table or command, with examples; `.help WORD` searches all \
        of them, as in `.help time`; `.tour` or `plumb tour` teaches all this.
        """))

      Commands about the session, in the shell and in scripts:
      \(commands(ofConsole: true))

      Commands about what the database contains:
      \(commands(ofConsole: false))

      \(list("Statements:", statements))
      \(list("Sources:", ["a table"] + SourceDeclaration.keywords))
      \(list("Operators:", OperatorDeclaration.keywords))
      \(list("Plugins of evaluate:", Plugin.all.map(\.name)))
      \(list("Charts:", ChartDeclaration.all.map(\.name)))
      \(list("Formats:", Formats.names))
      """
  }

  /// - Throws: a diagnostic with the nearest name if nothing has this name.
  static func text(for name: String, in catalog: Catalog) throws -> String {
    var parts: [String] = []
    for statement in StatementDeclaration.named(name) where statement.isSupported {
      parts.append(page(statement.usage, statement.summary, statement.examples))
    }
    if let source = SourceDeclaration.named(name), source.isSupported { parts.append(page(source.usage, source.summary, source.examples)) }
    // A step that can only follow a pipe is shown with the pipe.
    if let step = OperatorDeclaration.named(name), step.isSupported {
      parts.append(page("| \(step.usage)", step.summary, step.examples))
    }
    if let word = WordDeclaration.named(name), !word.details.isEmpty {
      parts.append(wrapped(word.details.split(separator: " ").map(String.init), width: width - 2, between: " ").map { "  " + $0 }.joined(separator: "\n"))
    }
    if let chart = ChartDeclaration.named(name) {
      let properties = ChartProperty.all.filter { !$0.isIgnored }.map(\.name).joined(separator: ", ")
      parts.append(page("| render \(name) [with (property=value, ...)]", "\(chart.summary) Properties: \(properties).", [chart.example]))
    }
    // `.show` shows all its commands, `.show tables` one of them.
    let first = String(name.prefix { $0 != " " })
    let commands = CommandDeclaration.beginning(with: first) + CommandDeclaration.beginning(with: "." + first)
    for command in commands where first == name || [name, "." + name].contains(command.name) {
      parts.append(page(command.usage, command.summary, command.examples))
    }
    if let format = Formats.named(name) { parts.append(page("format \(name)", format.summary, [".mode \(name)"])) }
    if let schema = catalog.schema(ofTable: name) {
      let columns = schema.map { "\($0.name): \($0.type.name)" }.joined(separator: ", ")
      parts.append(page("\(KQLName.inQuery(name))", "A table of \(columns).", []))
    }
    for function in catalog.functions where function.name == name {
      parts.append(page("\(name)(\(function.parameters))", function.summary, function.examples))
    }
    if let function = catalog.storedFunctions.first(where: { $0.name == name }) {
      parts.append(page("\(name)(...)", "A stored function; show it with `.show function \(function.name)`.", []))
    }
    if let function = ScalarFunction.named(name) {
      parts.append(page(name, function.parameters, function.summary, function.examples))
    }
    if let function = AggregateFunction.all.first(where: { $0.name == name }) {
      parts.append(page(name, function.parameters, function.summary, function.examples))
    }
    if let plugin = Plugin.named(name) {
      parts.append(
        page(
          "| evaluate \(name)(\(plugin.parameters))", "\(plugin.summary) Columns: \(plugin.columns)",
          plugin.examples.map(\.expression)))
    }
    if parts.isEmpty, let found = search(name, in: catalog) { return found }
    if parts.isEmpty {
      throw Diagnostic(
        "unknown-name", "unknown function, operator, table or command `\(VisibleText.string(name))`",
        help: Suggestion.nearest(to: name, in: names(in: catalog)) ?? "`.help` lists everything")
    }
    return parts.joined(separator: "\n\n")
  }

  /// Everything that has a name and a summary: operators, words, functions, charts, commands.
  private static func everything(in catalog: Catalog) -> [(kind: String, usage: String, summary: String)] {
    var all: [(String, String, String)] = []
    all += OperatorDeclaration.all.filter(\.isSupported).map { ("Operators", "| " + $0.usage, $0.summary) }
    all += SourceDeclaration.all.filter(\.isSupported).map { ("Sources and words", $0.usage, $0.summary) }
    all += StatementDeclaration.all.filter(\.isSupported).map { ("Statements", $0.usage, $0.summary) }
    all += ScalarFunction.all.filter { !$0.isOperator }.map { ("Functions", "\($0.name)(\($0.parameters))", $0.summary) }
    all += AggregateFunction.all.map { ("Aggregate functions", "\($0.name)(\($0.parameters))", $0.summary) }
    all += catalog.functions.map { ("Table functions", "\($0.name)(\($0.parameters))", $0.summary) }
    all += Plugin.all.map { ("Plugins of evaluate", "evaluate \($0.name)(\($0.parameters))", $0.summary) }
    all += ChartDeclaration.all.map { ("Charts", "render \($0.name)", $0.summary) }
    all += Formats.all.map { ("Formats", $0.name, $0.summary) }
    all += CommandDeclaration.all.filter { $0.place != .tour }.map { ("Commands and settings", $0.usage, $0.summary) }
    return all
  }

  /// What has a word or a pattern with `*` or `%` in its name or summary, those with it in the name first; nil for nothing.
  /// The name of a kind, such as `functions`, lists all of it.
  private static func search(_ pattern: String, in catalog: Catalog) -> String? {
    let wanted = pattern.lowercased().filter { $0 != "*" && $0 != "%" }
    guard wanted.utf8.count >= 2 else { return nil }
    let all = everything(in: catalog)
    var found = all.filter { $0.kind.lowercased().split(separator: " ").contains(wanted[...]) }
    if found.isEmpty {
      let named = all.filter { $0.usage.lowercased().prefix { $0 != "(" }.contains(wanted) }
      let about = all.filter { item in
        !item.usage.lowercased().prefix { $0 != "(" }.contains(wanted) && item.summary.lowercased().contains(wanted)
      }
      found = named + about
    }
    if found.isEmpty { return nil }
    var text = "\(found.count) match\(found.count == 1 ? "" : "es") for `\(VisibleText.string(pattern))`; `.help NAME` explains one of them.\n"
    var kinds: [String] = []
    for item in found where !kinds.contains(item.kind) { kinds.append(item.kind) }
    for kind in kinds {
      text += "\n\(kind):\n"
      for item in found where item.kind == kind {
        let usage = item.usage.count > 34 ? String(item.usage.prefix { $0 != "(" && $0 != "[" }.prefix(34)) : item.usage
        let gap = String(repeating: " ", count: max(1, 26 - usage.count))
        var line = "  \(usage)\(gap)\(item.summary)"
        if line.count > width { line = String(line.prefix(width - 1)) + (Console.isASCII ? "~" : "…") }
        text += line + "\n"
      }
    }
    return text
  }

  static func names(in catalog: Catalog) -> [String] {
    catalog.tableNames + catalog.functions.map(\.name) + catalog.storedFunctions.map(\.name)
      + CommandDeclaration.firstWords + Formats.names + names
  }

  private static let statements = Set(StatementDeclaration.all.filter(\.isSupported).map(\.keyword)).sorted()

  private static var names: [String] {
    OperatorDeclaration.keywords + SourceDeclaration.keywords + statements
      + ChartDeclaration.all.map(\.name)
      + ScalarFunction.all.map(\.name) + AggregateFunction.all.map(\.name) + Plugin.all.map(\.name)
  }

  private static func page(
    _ name: String, _ parameters: String, _ summary: String, _ examples: [ScalarFunction.Example]
  ) -> String {
    page("\(name)(\(parameters))", summary, examples.map { "\($0.expression)  =>  \($0.result)" })
  }

  /// How something is written, what it is, and examples, each on its own line so that it can be copied.
  private static func page(_ usage: String, _ summary: String, _ examples: [String]) -> String {
    let lines = wrapped(summary.split(separator: " ").map(String.init), width: width - 2, between: " ").map { "  " + $0 }
    return ([usage] + lines + (examples.isEmpty ? [] : [""]) + examples.map { "    " + $0 }).joined(separator: "\n")
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
