import PlumbDiagnostics

/// Names, patterns of names, and types.
extension Parser {
  /// Whether a name starts here: a word that is not reserved, or `['...']`.
  var atName: Bool { isName(after: 0) }

  func isName(after distance: Int) -> Bool {
    let token = token(after: distance)
    switch token.kind {
    case .word: return !ReservedWords.all.contains(token.text)
    case .leftBracket:
      return self.token(after: distance + 1).kind == .string
        && self.token(after: distance + 2).kind == .rightBracket
    default: return false
    }
  }

  /// The number of tokens of the name `distance` ahead; 0 if there is no name.
  func nameLength(after distance: Int) -> Int {
    guard isName(after: distance) else { return 0 }
    return token(after: distance).kind == .word ? 1 : 3
  }

  mutating func parseName(_ purpose: String = "a name") throws(SyntaxFailure) -> NameSyntax {
    let start = index
    guard atName else {
      if token.kind == .word {
        throw fail(
          "reserved-word", "`\(token.text)` is a KQL word, but \(purpose) is expected here",
          at: token.span, help: "to use it as a name, write ['\(token.text)']")
      }
      throw unexpected(purpose)
    }
    if at(.word) {
      let token = advance()
      return NameSyntax(text: token.text, span: token.span, isQuoted: false)
    }
    advance()
    let (text, _) = readString(advance())
    advance()
    return NameSyntax(text: text, span: span(from: start), isQuoted: true)
  }

  /// `a, b, c`
  mutating func parseNameList() throws(SyntaxFailure) -> [NameSyntax] {
    var names = [try parseName("a column")]
    while skip(.comma) { names.append(try parseName("a column")) }
    return names
  }

  /// `*`, `a*`, `*b*c`, `*1`: words, stars and digits after a star, without space between.
  mutating func parseNamePattern(_ purpose: String = "a column") throws(SyntaxFailure) -> NamePatternSyntax {
    if at(.leftBracket) {
      let name = try parseName(purpose)
      return NamePatternSyntax(text: name.text, span: name.span, isQuoted: true)
    }
    let start = index
    guard atName || at(.star) else {
      _ = try parseName(purpose)
      throw SyntaxFailure()
    }
    repeat {
      advance()
    } while (at(.word) || at(.star) || (at(.long) && token(before: 1).kind == .star))
      && token(after: 0).lower == span(from: start).upper
    let span = span(from: start)
    return NamePatternSyntax(text: text(in: span), span: span, isQuoted: false)
  }

  mutating func parseNamePatternList() throws(SyntaxFailure) -> [NamePatternSyntax] {
    var patterns = [try parseNamePattern()]
    while skip(.comma) { patterns.append(try parseNamePattern()) }
    return patterns
  }

  mutating func parseType() throws(SyntaxFailure) -> TypeSyntax {
    guard at(.word) else { throw unexpected("a type", help: "such as long, string or datetime") }
    guard let type = TypeName.types[token.text] else {
      throw fail(
        "unknown-type", "unknown type `\(token.text)`", at: token.span,
        help: Suggestion.nearest(to: token.text, in: ScalarTypeSyntax.allCases.map(\.rawValue))
          ?? "the types are \(ScalarTypeSyntax.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return TypeSyntax(type: type, span: advance().span)
  }

  /// `typeof(long)`
  mutating func parseTypeOf() throws(SyntaxFailure) -> TypeSyntax {
    try expectWord("typeof", "and a type", help: "write `to typeof(long)`")
    let nesting = try enter(.leftParen, "after `typeof`")
    let type = try parseType()
    try leave(nesting)
    return type
  }

  /// A quoted name appears wherever a word would be read as something else.
  var operatorWord: (text: String, span: SourceSpan)? {
    guard at(.word) else { return nil }
    var length = 1
    // `project-away`: words and dashes without space between.
    while token(after: length).kind == .minus, isAdjacent(after: length),
      token(after: length + 1).kind == .word, isAdjacent(after: length + 1),
      OperatorDeclaration.isPrefix(joinedWord(length + 2))
    {
      length += 2
    }
    return (joinedWord(length), SourceSpan.joining(token.span, token(after: length - 1).span))
  }

  private func joinedWord(_ length: Int) -> String {
    length == 1 ? token.text : text(in: SourceSpan.joining(token.span, token(after: length - 1).span))
  }
}
