import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbSyntax

/// The questions with which somebody begins who knows nothing of the data: words that answer by themselves.
enum StartingWords {
  /// The words, in the order of asking, and what is typed after them.
  private static let words: [(name: String, typed: String)] = [
    ("overview", "overview"), ("why", "why PIPELINE"), ("predict", "predict risk"), ("slow", "slow"), ("lineage", "lineage upstream of PIPELINE"),
  ]

  /// The words that can be used, which are fewer while a case is open.
  private static func words(in workspace: Workspace) -> [(name: String, typed: String)] {
    guard let current = workspace.openCase, current.isOpen else { return words }
    let closed = current.settings.difficulty.closedWords
    return words.filter { word in !closed.contains { $0 == word.name || $0.hasPrefix(word.name + "_") } }
  }

  /// A line for each word with its sentence; nil without pipelines to ask about.
  static func text(in workspace: Workspace) -> String? {
    let catalog = workspace.catalog
    guard catalog.hasTable(named: "pipelines") else { return nil }
    let lines = words(in: workspace).compactMap { word in summary(of: word.name, in: catalog).map { (word.typed, $0) } }
    // A long word does not push the sentences of the others aside.
    let width = lines.map(\.0.count).filter { $0 <= 16 }.max() ?? 0
    return lines.map { typed, summary in
      let head = "  \(typed)\(String(repeating: " ", count: max(0, width - typed.count) + 2))"
      let room = (Console.columns ?? 80) - head.count - 1
      if DisplayWidth.columns(of: summary) <= room { return head + summary }
      // Its first part is a sentence too.
      let part = summary.prefix { !",;:".contains($0) }
      return head + (part.count < summary.count ? part + "." : part)
    }.joined(separator: "\n")
  }

  /// The words in one sentence.
  static func names(in workspace: Workspace) -> String? {
    guard workspace.catalog.hasTable(named: "pipelines") else { return nil }
    let names = words(in: workspace).map { "`\($0.typed)`" }
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }

  private static func summary(of name: String, in catalog: Catalog) -> String? {
    SourceDeclaration.named(name)?.summary ?? catalog.functions.first { $0.name == name }?.summary
  }
}
