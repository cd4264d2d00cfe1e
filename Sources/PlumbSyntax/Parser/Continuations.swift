/// The words that a parser looked for where its text ends.
final class ExpectedWords {
  private(set) var words: Set<String> = []

  func note(_ word: String) { words.insert(word) }
}

/// What may follow a text, according to the parser.
package struct Continuations {
  private let text: String

  /// - Parameter text: the beginning of one statement.
  package init(_ text: String) { self.text = text }

  /// The keywords that can come next, sorted. The parser is asked which it looks for at the end of the text, so a new
  /// operator needs no entry in a list. Operators themselves, and the comparisons, are read from their declarations.
  package var words: [String] {
    let expected = ExpectedWords()
    var parser = Parser(text)
    parser.expected = expected
    _ = parser.parseScript()
    return expected.words.sorted()
  }

  /// Whether a valid statement can begin with the text and `next`.
  package func allow(_ next: String) -> Bool {
    let result = parse(text + next)
    return !result.hasErrors || result.endsTooEarly
  }

  /// Whether the parser can tell `word` from a name: the words that cannot be names, and those that begin a literal.
  package static func isKeyword(_ word: String) -> Bool {
    ReservedWords.all.contains(word) || ReservedWords.beforeOthers.contains(word)
  }
}

/// The tokens of a text, with the bytes that each covers; words are names and keywords.
package func readTokens(_ text: String) -> [(isWord: Bool, lower: Int, upper: Int)] {
  Lexer(text).tokens.filter { $0.kind != .end }.map { ($0.kind == .word, $0.lower, $0.upper) }
}
