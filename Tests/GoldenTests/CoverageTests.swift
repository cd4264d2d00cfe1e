import Foundation
import PlumbDatabase
import PlumbEngine
import PlumbSyntax
import Testing

/// Everything that queries can use is on a page of the manual, in a query with its answer.
struct CoverageTests {
  /// The queries of all pages but those of mistakes.
  private static func queries(answered: Bool = false) throws -> String {
    try GoldenFile.all.filter { !GoldenFile.name($0).hasPrefix("errors/") }.flatMap { url in
      try GoldenFile(url).blocks.filter { !answered || $0.output.first?.hasPrefix("error[") != true }.map(\.text)
    }.joined(separator: "\n")
  }

  /// Whether a name is in the text as a word of its own; dashes belong to words.
  private static func contains(_ text: String, _ name: String) -> Bool {
    var rest = text[...]
    func isPart(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber || "_-!~".contains($0) } ?? false }
    while let range = rest.range(of: name) {
      let before = range.lowerBound == text.startIndex ? nil : text[text.index(before: range.lowerBound)]
      let after = range.upperBound == text.endIndex ? nil : text[range.upperBound]
      if !isPart(before), !isPart(after) { return true }
      rest = text[range.upperBound...]
    }
    return false
  }

  @Test func everyOperatorSourceAndStatementHasAPage() throws {
    let text = try Self.queries()
    // Words of the pipeline vocabulary have pages under `words/` that are checked with their grammar.
    let operators = OperatorDeclaration.all.filter { $0.isSupported && !$0.traits.contains(.isWord) }.map(\.keyword)
    let sources = SourceDeclaration.all.filter { $0.isSupported && !$0.isWord }.map(\.keyword)
    let statements = StatementDeclaration.all.filter(\.isSupported).map(\.keyword)
    // What `profile` prints is different in each run.
    #expect(Set(operators + sources + statements).filter { !Self.contains(text, $0) }.sorted() == ["profile"])
  }

  /// Each function of the documentation that Plumb has, and so each family of them.
  @Test func everyFunctionHasAPage() throws {
    let text = try Self.queries(answered: true)
    let kinds: Set<KustoName.Kind> = [.scalarOperator, .function, .aggregate, .window, .graphFunction, .plugin, .chart]
    let names = KustoName.all.filter { kinds.contains($0.kind) && $0.status == .supported }
      .map { $0.name.replacing("matches-regex", with: "matches regex") }
    #expect(Set(names).filter { !Self.contains(text, $0) }.sorted() == [])
  }
}
