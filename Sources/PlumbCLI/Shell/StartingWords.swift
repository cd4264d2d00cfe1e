import PlumbDatabase
import PlumbDiagnostics
import PlumbSyntax

/// The questions with which somebody begins who knows nothing of the data: words that answer by themselves.
enum StartingWords {
  /// The words, in the order of asking, and what is typed after them.
  private static let words: [(name: String, typed: String)] = [
    ("overview", "overview"), ("why", "why PIPELINE"), ("predict", "predict risk"), ("slow", "slow"), ("lineage", "lineage downstream of PIPELINE"),
  ]

  /// A line for each word with its sentence; nil where there are no pipelines to ask about.
  static func text(in catalog: Catalog) -> String? {
    guard catalog.hasTable(named: "pipelines") else { return nil }
    let lines = words.compactMap { word in summary(of: word.name, in: catalog).map { (word.typed, $0) } }
    let width = lines.map(\.0.count).max() ?? 0
    let room = (Console.columns ?? 80) - width - 5
    return lines.map { typed, summary in
      let text = DisplayWidth.columns(of: summary) <= room ? summary : String(summary.prefix { $0 != ";" && $0 != ":" }) + (summary.contains { $0 == ";" || $0 == ":" } ? "." : "")
      return "  \(typed)\(String(repeating: " ", count: width - typed.count + 2))\(text)"
    }.joined(separator: "\n")
  }

  /// The words in one sentence.
  static func names(in catalog: Catalog) -> String? {
    guard catalog.hasTable(named: "pipelines") else { return nil }
    let names = words.map { "`\($0.typed)`" }
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }

  private static func summary(of name: String, in catalog: Catalog) -> String? {
    SourceDeclaration.named(name)?.summary ?? catalog.functions.first { $0.name == name }?.summary
  }
}
