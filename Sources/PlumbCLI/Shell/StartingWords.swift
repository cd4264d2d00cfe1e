import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbSyntax

/// The questions with which somebody begins who knows nothing of the data: words that answer by themselves.
enum StartingWords {
  /// What is typed, in the order of asking, and the table function that answers.
  private static let words: [(typed: String, function: String)] = [
    ("overview", "overview"), ("why PIPELINE", "why"), ("predict risk", "predict_risk"), ("slow", "slow"),
    ("lineage upstream of PIPELINE", "lineage_upstream"),
  ]

  /// The words that can be used, which are fewer while a case is open.
  private static func words(in workspace: Workspace) -> [(typed: String, function: TableFunction)] {
    let known = words.compactMap { word in workspace.catalog.function(named: word.function).map { (typed: word.typed, function: $0) } }
    guard let current = workspace.openCase, current.isOpen else { return known }
    return known.filter { !current.settings.difficulty.closes($0.function) }
  }

  /// A line for each word with its sentence; nil without pipelines to ask about.
  static func text(in workspace: Workspace) -> String? {
    let catalog = workspace.catalog
    guard catalog.hasTable(named: "pipelines") else { return nil }
    let lines = words(in: workspace).map { word in (word.typed, summary(of: word)) }
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

  private static func summary(of word: (typed: String, function: TableFunction)) -> String {
    SourceDeclaration.named(String(word.typed.prefix { $0 != " " }))?.summary ?? word.function.summary
  }
}
