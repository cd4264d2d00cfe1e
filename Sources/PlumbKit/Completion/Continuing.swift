import PlumbDatabase
import PlumbSyntax

/// What the parser says about candidates: which cannot come next, and which keywords and signs can besides.
extension Completion {
  /// A longer statement is not read once for each kind of candidate.
  private static let longest = 4_000
  /// Signs that end or continue a list, a bracket or a step.
  private static let signs = ["|", ",", ")", "]", "}", ".."]

  /// The candidates that can follow, then the other words and signs that can.
  func continuing(_ shape: QueryShape, with likely: [Candidate], _ word: String) -> [Candidate] {
    let text = shape.text(shape.statementStart, shape.bytes.count)
    guard text.utf8.count <= Self.longest else { return likely }
    let continuations = Continuations(text)
    let others = keywords(shape, continuations) + otherNames(shape)
      + (word.isEmpty ? Self.signs.map { Candidate(text: $0, rank: 40) } : QueryWords.all.map { Candidate(text: $0, rank: 31) })
    var answers: [String: Bool] = [:]
    func fits(_ candidates: [Candidate]) -> [Candidate] {
      candidates.filter { candidate in
        let kind = Self.representative(candidate)
        if let answer = answers[kind] { return answer }
        // What can be followed by a bracket fits inside one. The lexer reads `datetime(...)` as one piece; a number can be
        // wherever it can.
        let answer = continuations.allow(kind) || continuations.allow(kind + ")") || kind.hasSuffix("(") && Continuations.isKeyword(String(kind.dropLast())) && continuations.allow("1")
        answers[kind] = answer
        return answer
      }
    }
    var found = Self.matching(word, fits(likely + Self.matching(word, others)))
    if found.isEmpty || found.allSatisfy({ $0.rank >= 30 }) {
      // Names, where nothing better is known.
      found = Self.matching(word, fits(Self.matching(word, names(shape))) + found)
    }
    return found
  }

  /// Keywords that the parser looks for, clauses and settings of the step, and the rest of a statement of two words; only
  /// settings where any name can be.
  private func keywords(_ shape: QueryShape, _ continuations: Continuations) -> [Candidate] {
    let step = shape.step.trimmed
    let first = String(step.prefix { !$0.isWhitespace && $0 != "(" })
    // `declare pattern`: the second word of a usage, unless any name can be there.
    let seconds = StatementDeclaration.all.filter { $0.keyword == step }.compactMap { declaration in
      declaration.usage.split(separator: " ").dropFirst().first.map { String($0.prefix { $0.isLetter || $0 == "_" }) }
    }
    let (declaration, source) = (OperatorDeclaration.named(first), SourceDeclaration.named(first))
    let takesNames = continuations.allow("zzq")
    let settings = step == first || !takesNames ? (declaration?.settings ?? source?.settings ?? []).map(\.name) : []
    let words = takesNames ? [] : continuations.words + seconds + (declaration.map { $0.clauses + [$0.keyword] } ?? source?.clauses ?? [])
    return settings.filter { continuations.allow($0 + "=") }.map { Candidate(text: $0, note: "setting", ending: "=", rank: 30) }
      + words.map { Candidate(text: $0, rank: 30) }
  }

  /// Names that a step sees besides its columns: columns of queries around it, tables for a function of the text,
  /// nodes and edges of a pattern.
  private func otherNames(_ shape: QueryShape) -> [Candidate] {
    let step = shape.step.trimmed
    var names: [Candidate] = []
    if step.hasPrefix("parse") { names += self.names(shape) }
    if step.hasPrefix("graph-") {
      names += BoundFunctionNames.ofGraphs.map { Candidate(text: $0 + "(", ending: nil, rank: 22) }
      names += Self.patternNames(step).map { Candidate(text: $0, rank: 20) }
    }
    if shape.isInside("partition") { names += data.allColumns.map { $0.ranked(27) } + shape.inputs.flatMap { data.schema(of: $0).map(CompletionData.candidates) ?? [] }.map { $0.ranked(25) } }
    if let function = Operand(step).openFunction, shape.givenNames.contains(function) { names += tables.map { $0.ranked(26) } }
    if step.hasPrefix("find ") { names += tables + data.allColumns }
    return names
  }

  /// The names in `(a)-[e]->(b)`.
  private static func patternNames(_ step: Substring) -> [String] {
    step.matches(of: /[(\[]([A-Za-z_][A-Za-z_0-9]*)[)\]*:]/).map { String($0.1) }
  }

  /// Columns and the names that the text gives.
  private func names(_ shape: QueryShape) -> [Candidate] {
    data.columns(at: shape).map { $0.ranked(20) } + shape.givenNames.map { Candidate(text: $0, rank: 21) }
  }

  /// One text for all candidates that the parser treats alike.
  private static func representative(_ candidate: Candidate) -> String {
    let text = candidate.text
    // Keywords have no note, and operators are declared.
    if candidate.note.isEmpty { return text }
    if candidate.ending == "=" { return text + "=" }
    let isName = text.utf8.allSatisfy { QueryShape.isWordByte($0) && $0 != UInt8(ascii: "-") }
    if text.hasSuffix("(") {
      return text.dropLast().utf8.allSatisfy(QueryShape.isWordByte) && !Continuations.isKeyword(String(text.dropLast())) ? "name(" : text
    }
    guard isName, !Continuations.isKeyword(text), !isLanguage(text) else { return text }
    return "name"
  }

  private static func isLanguage(_ word: String) -> Bool {
    OperatorDeclaration.named(word) != nil || SourceDeclaration.named(word) != nil || StatementDeclaration.all.contains { $0.keyword == word }
      || QueryWords.isWord(word)
  }
}
