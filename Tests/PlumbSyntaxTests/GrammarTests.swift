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

  /// The words that a rule can begin with, with their dashes.
  private func firstWords(of node: EBNF.Node) -> Set<String> {
    switch node {
    case .literal(let text, _): [text]
    case .rule(let name): grammar.rules[name].map { firstWords(of: $0) } ?? []
    case .choice(let nodes): nodes.reduce(into: []) { $0.formUnion(firstWords(of: $1)) }
    case .sequence(let nodes):
      nodes.first.map { first in
        if case .optional(let inner) = first {
          firstWords(of: inner).union(firstWords(of: .sequence(Array(nodes.dropFirst()))))
        } else {
          firstWords(of: first)
        }
      } ?? []
    case .optional(let inner), .repeated(let inner): firstWords(of: inner)
    case .tokenClass: []
    }
  }

  @Test func keywordsAreTheDeclarations() throws {
    let operators = Set(OperatorDeclaration.all.flatMap { [$0.keyword] + $0.aliases })
    #expect(firstWords(of: .rule("operator")) == operators)
    let sources = Set(SourceDeclaration.all.flatMap { [$0.keyword] + $0.aliases })
    #expect(firstWords(of: .rule("keyword-source")) == sources)
    let statements = try #require(grammar.rules["statement"])
    let queries = firstWords(of: .rule("source")).union(firstWords(of: .rule("value-statement")))
    #expect(firstWords(of: statements).subtracting(queries) == Set(StatementDeclaration.all.map(\.keyword)))
    #expect(OperatorDeclaration.all.count == operators.count - OperatorDeclaration.all.reduce(0) { $0 + $1.aliases.count })
  }

  /// Clause words and settings that are declared are words of the operator's rules, and none is forgotten.
  @Test func clausesAreTheGrammar() throws {
    func words(of node: EBNF.Node, _ seen: inout Set<String>) -> Set<String> {
      switch node {
      case .literal(let text, _): return text.first?.isLetter == true ? [text] : []
      case .rule(let name):
        guard !Self.shared.contains(name), seen.insert(name).inserted, let rule = grammar.rules[name] else { return [] }
        return words(of: rule, &seen)
      case .choice(let nodes), .sequence(let nodes):
        var all: Set<String> = []
        for inner in nodes { all.formUnion(words(of: inner, &seen)) }
        return all
      case .optional(let inner), .repeated(let inner): return words(of: inner, &seen)
      case .tokenClass: return []
      }
    }
    guard case .choice(let ways)? = grammar.rules["operator"] else { return }
    for way in ways {
      guard case .sequence(let parts) = way, parts.count == 2, case .rule(let rule) = parts[1] else { continue }
      var seen: Set<String> = []
      let written = words(of: .rule(rule), &seen)
      for keyword in firstWords(of: parts[0]) {
        guard let declared = OperatorDeclaration.named(keyword), declared.isSupported else { continue }
        let own = Set(declared.clauses + declared.settings.map(\.name))
        // These are words everywhere, or inside an expression.
        let known = own.union(["by", "on"])
        #expect(written.subtracting(known).subtracting([keyword]) == [], "`\(keyword)` has words that are not declared")
        #expect(own.subtracting(written).subtracting(Self.inExpressions) == [], "`\(keyword)` declares words that are not its own")
      }
    }
  }

  /// Rules of parts that operators share, whose words are theirs.
  private static let shared: Set<String> = [
    "expression", "query", "implied-query", "hint-parameter", "literal", "reference", "ordered-expression",
    "table-operand", "relation",
  ]
  private static let inExpressions: Set<String> = ["asc", "desc", "nulls", "first", "last", "typeof", "in", "range"]

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
