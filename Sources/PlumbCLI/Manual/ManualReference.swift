import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax

/// The reference of the manual, in Markdown, made from the declarations that help and completion read.
enum ManualReference {
  /// - Parameter functions: the table functions.
  static func text(functions: [TableFunction]) -> String {
    var out = "# Reference\n"
    func chapter(_ title: String, _ entries: [Entry]) {
      out += "\n## \(title)\n"
      for entry in entries { out += entry.markdown }
    }
    chapter("Statements", StatementDeclaration.all.filter(\.isSupported).map { Entry($0.usage, $0.summary, $0.examples) })
    let sources = SourceDeclaration.all.filter(\.isSupported)
    chapter("Sources", sources.filter { !$0.isWord }.map { Entry($0.usage, $0.summary, $0.examples) })
    let steps = OperatorDeclaration.all.filter(\.isSupported)
    chapter(
      "Operators", steps.filter { !$0.traits.contains(.isWord) }.map { Entry("| \($0.usage)", $0.summary, $0.examples) })
    chapter(
      "Words for pipelines",
      sources.filter(\.isWord).map { Entry($0.usage, $0.summary, $0.examples) }
        + steps.filter { $0.traits.contains(.isWord) }.map { Entry("| \($0.usage)", $0.summary, $0.examples) })
    chapter(
      "Scalar functions",
      sorted(ScalarFunction.all, by: \.name).map { Entry("\($0.name)(\($0.parameters))", $0.summary, results($0.examples)) })
    chapter(
      "Aggregate functions",
      sorted(AggregateFunction.all, by: \.name).map {
        Entry("\($0.name)(\($0.parameters))", $0.summary, results($0.examples))
      })
    chapter(
      "Table functions", sorted(functions, by: \.name).map { Entry("\($0.name)(\($0.parameters))", $0.summary, $0.examples) })
    chapter(
      "Plugins",
      Plugin.all.map {
        Entry("| evaluate \($0.name)(\($0.parameters))", "\($0.summary) Columns: \($0.columns)", $0.examples.map(\.expression))
      })
    chapter("Charts", ChartDeclaration.all.map { Entry("| render \($0.name)", $0.summary, [$0.example]) })
    chapter("Commands", CommandDeclaration.all.filter { $0.place != .tour }.map { Entry($0.usage, $0.summary, $0.examples) })
    chapter("Settings of `set`", QueryOption.all.map { Entry("set \($0.name)", $0.summary, []) })
    chapter("Formats of results", Formats.all.map { Entry("--format \($0.name)", $0.summary, []) })
    return out + "\n" + names
  }

  /// Every name in the contents of KQL's documentation, and whether Plumb has it.
  static var names: String {
    let all = KustoName.all
    let supported = all.count { $0.status == .supported }
    var out = "## What Plumb has of KQL\n\nOf \(all.count) names in the contents of KQL's documentation, Plumb has \(supported).\n"
    for kind in KustoName.Kind.allCases {
      out += "\n| \(kind.rawValue) | |\n|---|---|\n"
      for name in all where name.kind == kind {
        let status = switch name.status {
        case .supported: "supported"
        case .refused(let reason): "refused: \(reason)"
        case .missing: "missing"
        }
        out += "| `\(name.name)` | \(status) |\n"
      }
    }
    return out
  }

  /// How something is written, what it is, and examples.
  private struct Entry {
    let usage: String
    let summary: String
    let examples: [String]

    init(_ usage: String, _ summary: String, _ examples: [String]) {
      self.usage = usage
      self.summary = summary
      self.examples = examples
    }

    var markdown: String {
      let code = examples.isEmpty ? "" : "\n```kql\n\(examples.joined(separator: "\n"))\n```\n"
      return "\n### `\(usage)`\n\n\(summary)\n\(code)"
    }
  }

  private static func sorted<Item>(_ items: [Item], by name: (Item) -> String) -> [Item] {
    items.sorted { name($0) < name($1) }
  }

  private static func results(_ examples: [ScalarFunction.Example]) -> [String] {
    examples.map { "\($0.expression)  =>  \($0.result)" }
  }
}
