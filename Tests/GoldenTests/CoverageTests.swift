import Foundation
import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbStorage
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

  /// Each word of the pipeline vocabulary begins a query or a step; tables and columns have the same names.
  @Test func everyWordHasAPage() throws {
    let text = try Self.queries(answered: true)
    let missing = try WordDeclaration.all.map(\.keyword).filter { word in
      !text.contains(try Regex("(?m)(^|\\| ?)\(word)( [a-z(]|$| \\|)"))
    }
    #expect(missing == [], "each needs a query on a page of Tests/Golden")
  }

  /// Each format that files are read in has a place in the pages about files.
  @Test func everyFileFormatHasAPage() throws {
    let pages = try ["files.md", "parquet.md"].map { try String(contentsOf: GoldenFile.folder.appending(path: $0), encoding: .utf8) }
    let text = pages.joined(separator: "\n")
    let missing = FileFormat.all.filter { !Self.contains(text, $0.title) && !Self.contains(text, "--load-format \($0.name)") }.map(\.title)
    #expect(missing == [], "each needs a place in Tests/Golden/files.md")
  }

  @Test func everyOperatorSourceAndStatementHasAPage() throws {
    let text = try Self.queries()
    let operators = OperatorDeclaration.all.filter { $0.isSupported && !$0.traits.contains(.isWord) }.map(\.keyword)
    let sources = SourceDeclaration.all.filter { $0.isSupported && !$0.isWord }.map(\.keyword)
    let statements = StatementDeclaration.all.filter(\.isSupported).map(\.keyword)
    // What `profile` prints is different in each run.
    let missing = Set(operators + sources + statements).filter { !Self.contains(text, $0) }.sorted()
    #expect(missing == ["profile"], "each needs a query on a page of Tests/Golden")
  }

  /// Each function, plugin and chart, whether KQL's documentation has it or not.
  @Test func everyFunctionHasAPage() throws {
    let text = try Self.queries(answered: true)
    let kinds: Set<KustoName.Kind> = [.scalarOperator, .function, .aggregate, .window, .graphFunction, .plugin, .chart]
    let names = KustoName.all.filter { kinds.contains($0.kind) && $0.status == .supported }
      .map { $0.name.replacing("matches-regex", with: "matches regex") }
    // Functions that queries write in another form, such as `a[0]`, are not called in their own examples.
    let functions = ScalarFunction.all.filter { one in one.examples.contains { $0.expression.contains(one.name + "(") } }.map(\.name)
    let own = AggregateFunction.all.map(\.name) + Plugin.all.map(\.name) + ChartDeclaration.all.map(\.name)
    let missing = Set(names + functions + own).filter { !Self.contains(text, $0) }.sorted()
    #expect(missing == [], "each needs a query on a page of Tests/Golden")
  }

  /// Each format that is a text.
  @Test func everyFormatHasAPage() throws {
    let forms = Set(try GoldenFile.all.flatMap { try GoldenFile($0).blocks.map(\.form) })
    let missing = Formats.all.filter { !$0.isBinary && !forms.contains($0.name) }.map(\.name)
    #expect(missing == [], "each needs a query after `[NAME]> ` on a page of Tests/Golden")
  }
}
