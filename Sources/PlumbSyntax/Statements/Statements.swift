import PlumbDiagnostics

/// Statements one after another, and the way back after a mistake in one.
extension Parser {
  mutating func parseScript() -> ParseResult {
    var statements: [StatementSyntax] = []
    var places: [SourceSpan] = []
    while true {
      while skip(.semicolon) {}
      if at(.end) || hasManyDiagnostics { break }
      let start = index
      defer { places.append(span(from: start)) }
      do throws(SyntaxFailure) {
        let statement = try parseStatement()
        statements.append(statement)
        if !at(.semicolon), !at(.end), !hasManyDiagnostics { throw unexpectedAfterStatement() }
      } catch {
        reset(depth: 0, tallest: 0)
        recover(from: start, stopsAtPipe: false)
      }
    }
    let script = ScriptSyntax(
      statements: statements, comments: comments, span: SourceSpan(0, bytes.count, in: token.source))
    return ParseResult(
      script: script, diagnostics: inTextOrder(diagnostics), broken: broken(places), endsTooEarly: endsTooEarly)
  }

  /// Those of the statements in which a mistake begins or behind which something is missing, with the mistakes.
  private func broken(_ places: [SourceSpan]) -> [SourceSpan] {
    var broken: [Int: SourceSpan] = [:]
    for mistake in diagnostics where mistake.severity == .error {
      guard let span = mistake.span else { continue }
      guard let place = places.lastIndex(where: { $0.lower <= span.lower }) ?? places.indices.first else { continue }
      // After many mistakes the rest is not read, and what the lexer found there is in none of these statements.
      if !at(.end), place == places.count - 1, span.lower > places[place].upper { continue }
      broken[place] = SourceSpan.joining(broken[place] ?? places[place], span)
    }
    return broken.sorted { $0.key < $1.key }.map(\.value)
  }

  private func inTextOrder(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    diagnostics.enumerated().sorted { a, b in
      let (aLower, bLower) = (a.element.span?.lower ?? 0, b.element.span?.lower ?? 0)
      return aLower == bLower ? a.offset < b.offset : aLower < bLower
    }.map(\.element)
  }

  private mutating func parseStatement() throws(SyntaxFailure) -> StatementSyntax {
    switch token.kind {
    case .command: return .command(parseCommand())
    case .word:
      let declaration = StatementDeclaration.named(token.text).first { $0.starts(self) }
      if let declaration { return try declaration.parse(&self) }
      return .query(try parseQueryStatement())
    default: return .query(try parseQueryStatement())
    }
  }

  /// Statements inside `{ }`, up to what the function returns.
  mutating func parseBody() throws(SyntaxFailure) -> (statements: [StatementSyntax], result: ExpressionSyntax) {
    var statements: [StatementSyntax] = []
    while true {
      while skip(.semicolon) {}
      let isBinding =
        atWord("let") && isName(after: 1) || atWord("set") && token(after: 1).kind == .word
        || atWord("declare") && token(after: 1).kind == .word
      guard isBinding else { break }
      statements.append(try parseStatement())
      try expect(.semicolon, ";", "after the statement")
    }
    let result = try parseValue()
    while skip(.semicolon) {}
    return (statements, result)
  }
}
