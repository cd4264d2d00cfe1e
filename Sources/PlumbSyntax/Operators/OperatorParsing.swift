import PlumbDiagnostics

/// The parsing of an operator, from its word to its own function.
extension Parser {
  /// What follows a `|`, up to the next.
  mutating func parseOperator() throws(SyntaxFailure) -> any OperatorNode {
    let start = index
    guard let word = operatorWord else {
      if at(.pipe) || at(.end) || at(.semicolon) {
        throw fail(
          "missing-operator", "expected an operator after this `|`", at: token(before: 1).span,
          help: "such as `where`, `summarize` or `take`")
      }
      throw unexpected("an operator", help: lineFilterHint ?? foreignHint ?? "such as `where`, `summarize` or `take`")
    }
    guard let declaration = OperatorDeclaration.named(word.text) else { throw unknownOperator(word) }
    while index == start || token.lower < word.span.upper { advance() }
    let node = try declaration.parse(&self, start)
    switch token.kind {
    case .pipe, .end, .command: break
    case .semicolon where depth == 0: break
    case _ where depth == 0 && isAfterEmptyLine: break
    case .semicolon, .rightParen, .rightBrace, .rightBracket, .comma:
      if depth == 0 { throw unexpectedAfterOperator(declaration) }
    default:
      throw unexpectedAfterOperator(declaration)
    }
    return node
  }

  /// The number of rows that an operator requires.
  mutating func readCount(_ keyword: String) throws(SyntaxFailure) -> ExpressionSyntax {
    switch token.kind {
    case .pipe, .end, .semicolon, .rightParen:
      throw unexpected("the number of rows", help: "write `\(keyword) 10`")
    default: return try parseExpression()
    }
  }

  /// What is wrong with a direction that is written as in other languages.
  var mistakenDirection: (message: String, help: String?)? {
    let directions = ["descending": "desc", "ascending": "asc", "DESC": "desc", "ASC": "asc"]
    guard at(.word), let short = directions[token.text] else { return nil }
    return ("found `\(token.text)` where `\(short)` should be", "write `\(short)`")
  }

  /// `kind=inner hint.strategy=shuffle`: the declared settings, and any hint.
  mutating func readSettings(
    _ settings: [OperatorDeclaration.Setting]
  ) throws(SyntaxFailure) -> [ParameterSyntax] {
    try readParameters(settings.map(\.name))
  }
}
