import Foundation
import PlumbDiagnostics
import PlumbSyntax
import Testing

@Suite struct GrammarTests {
  let grammar: EBNF

  init() throws {
    grammar = try EBNF(contentsOf: Corpus.repository.appending(path: "Grammar/plumb.ebnf"))
  }

  @Test func rulesAreTheParseFunctions() throws {
    let sources = Corpus.repository.appending(path: "Sources/PlumbSyntax")
    var functions: Set<String> = []
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift" else { continue }
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /func parse([A-Z][A-Za-z]*)/) {
        functions.insert(Self.kebab(String(match.1)))
      }
    }
    let rules = Set(grammar.rules.keys)
    #expect(functions.subtracting(rules).sorted() == [], "parse functions without a rule")
    #expect(rules.subtracting(functions).sorted() == [], "rules without a parse function")
  }

  /// `ParseKVOperator` is `parse-kv-operator`.
  private static func kebab(_ name: String) -> String {
    var result = ""
    let letters = Array(name)
    for (i, letter) in letters.enumerated() {
      let isBoundary =
        i > 0 && letter.isUppercase
        && (letters[i - 1].isLowercase || i + 1 < letters.count && letters[i + 1].isLowercase)
      result += (isBoundary ? "-" : "") + letter.lowercased()
    }
    return result
  }

  @Test func randomSentencesAreRead() {
    var maker = SentenceMaker(grammar, seed: 20_240_501)
    var wrong = 0
    for _ in 0..<2_000 where wrong < 5 {
      let sentence = maker.sentence()
      if let diagnostic = parse(sentence).diagnostics.first {
        wrong += 1
        Issue.record("\(DiagnosticRenderer().render(diagnostic, source: sentence))\n\(sentence)")
      }
    }
  }

  @Test func randomSentencesSurvivePrinting() {
    var maker = SentenceMaker(grammar, seed: 7)
    for _ in 0..<500 { RoundTripTests.check(maker.sentence()) }
  }

  /// Mistakes that a grammar cannot state; Grammar/README.md lists them.
  static let beyondGrammar: Set<String> = ["unknown-escape", "number-too-large", "nested-too-deeply"]

  @Test func grammarAndParserAgree() throws {
    let recogniser = Recogniser(grammar)
    var queries = try Corpus.queries(in: "good.kql").filter { !$0.contains("search \"x\" or b:") }
    queries += try Corpus.queries(in: "bad.kql")
    queries += Corpus.conformance().map(\.query)
    for query in queries {
      let codes = Set(parse(query).diagnostics.map(\.code))
      if !codes.isEmpty, codes.isSubset(of: Self.beyondGrammar) { continue }
      let isRead = codes.isEmpty
      #expect(
        recogniser.accepts(query) == isRead,
        "the parser \(isRead ? "reads" : "refuses") this, the grammar does not agree:\n\(query)")
    }
  }

  @Test func badQueriesAreRefused() throws {
    for query in try Corpus.queries(in: "bad.kql") {
      #expect(!parse(query).diagnostics.isEmpty, "\(query)")
    }
  }
}
