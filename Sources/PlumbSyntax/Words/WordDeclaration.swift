/// The declaration of a word of the pipeline vocabulary: its forms, and the functions that parse them.
///
/// The words are reserved only where a source or an operator starts and what follows makes them one: a table
/// called `slow` or a column called `why` keeps its meaning.
package struct WordDeclaration: Sendable {
  /// The word at the start of a query, or after a pipe.
  struct Form: Sendable {
    /// The ways to continue after the keyword.
    let usages: [Usage]
    /// One sentence.
    let summary: String
    /// Queries on the simulated world that show its use; a test runs them.
    let examples: [String]
    let parse: @Sendable (_ parser: inout Parser, _ start: Int) throws(SyntaxFailure) -> any WordNode
  }

  package let keyword: String
  /// What the columns of the answer mean, for help; empty where they speak for themselves.
  package let details: String
  /// Whether what follows the keyword makes it a source.
  let starts: @Sendable (Parser) -> Bool
  let first: Form
  /// Nil if the word cannot follow a pipe.
  let piped: Form?

  /// - Parameters:
  ///   - details: what the columns of the answer mean.
  ///   - first: how a query begins with the word.
  ///   - piped: how the word uses the rows before a pipe.
  init(_ keyword: String, details: String = "", starts: @escaping @Sendable (Parser) -> Bool, first: Form, piped: Form?) {
    self.keyword = keyword
    self.details = details
    self.starts = starts
    self.first = first
    self.piped = piped
  }

  /// All words. To add one, write its file and name it here.
  package static let all: [WordDeclaration] = [
    .blast, .compare, .lineage, .predict, .slow, .stale, .volume, .why,
  ]

  package static func named(_ name: String) -> WordDeclaration? { all.first { $0.keyword == name } }

  /// What may follow the keyword and `words`; nil if these do not match.
  package func next(after words: [String], wantsMore: Bool, followsPipe: Bool) -> Usage.Next? {
    let usages = followsPipe ? piped?.usages ?? [] : first.usages
    return Usage.joined(usages.map { $0.next(after: words, wantsMore: wantsMore) })
  }

  /// Whether a pipeline's name may follow the keyword directly.
  var takesNameFirst: Bool {
    first.usages.contains { usage in
      guard case .value(let place, _)? = usage.parts.first else { return false }
      return place == .pipeline || place == .pipelines
    }
  }

  private func usage(_ form: Form) -> String {
    ([keyword] + (form.usages.first.map { $0.text.isEmpty ? [] : [$0.text] } ?? [])).joined(separator: " ")
  }

  private func clauses(_ form: Form) -> [String] { form.usages.flatMap(\.words) }

  var source: SourceDeclaration {
    SourceDeclaration(
      keyword, usage: usage(first), summary: first.summary, examples: first.examples, clauses: clauses(first),
      isWord: true, starts: starts
    ) { [first] parser throws(SyntaxFailure) in
      let start = parser.index
      parser.advance()
      return .word(WordSyntax(node: try first.parse(&parser, start)))
    }
  }

  var step: OperatorDeclaration? {
    piped.map { piped in
      OperatorDeclaration(
        keyword, usage: usage(piped), summary: piped.summary, examples: piped.examples, clauses: clauses(piped),
        traits: .isWord
      ) { parser, start throws(SyntaxFailure) in WordSyntax(node: try piped.parse(&parser, start)) }
    }
  }
}

extension Usage.Part {
  static let moment = Usage.Part.optional(["as", "of", .value(.expression, "t")])
  static let depth = Usage.Part.optional(["depth", .value(.expression, "n")])
  static let pipelines = Usage.Part.value(.pipelines, "pipeline, ...")
}
