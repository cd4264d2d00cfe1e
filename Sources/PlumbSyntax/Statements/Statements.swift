import PlumbDiagnostics

/// Consecutive statements, and recovery after an error in one.
extension Parser {
  mutating func parseScript() -> ParseResult {
    let ofLexer = diagnostics.filter { $0.severity == .error }
    var parts = readStatements()
    let script = ScriptSyntax(
      statements: parts.compactMap(\.statement), comments: comments, span: SourceSpan(0, bytes.count, in: token.source))
    give(ofLexer, to: &parts)
    return ParseResult(
      script: script, diagnostics: inTextOrder(diagnostics), parts: parts, endsTooEarly: endsTooEarly)
  }

  /// Statements up to the end of the text.
  mutating func readStatements() -> [ScriptPart] {
    var parts: [ScriptPart] = []
    while true {
      while skip(.semicolon) {}
      if at(.end) || hasManyDiagnostics { return parts }
      let start = index
      let before = diagnostics.count
      let kind = token.kind
      var statement: StatementSyntax?
      do throws(SyntaxFailure) {
        let read = try parseStatement()
        statement = read
        if !endsStatement(read), !hasManyDiagnostics { throw unexpectedAfterStatement() }
      } catch {
        reset(depth: 0, tallest: 0)
        // The text that is left to a command is passed already.
        if kind != .command || token(before: 1).kind != .commandText && !endsCommandLine(from: start) {
          recover(from: start, stopsAtPipe: false, stopsAtEmptyLine: kind == .command)
        }
      }
      let mistakes = diagnostics[before...].filter { $0.severity == .error }
      parts.append(ScriptPart(statement: statement, span: span(from: start), mistakes: mistakes))
    }
  }

  /// Whether a command of one line was given up at its end.
  private func endsCommandLine(from start: Int) -> Bool {
    index == start + 1 && CommandDeclaration.beginning(with: token(before: 1).text.lowercased()).allSatisfy(\.isLine)
  }

  /// Whether a statement may end here. A `;` ends each of them; a command may end with its line or before another
  /// one, a query before a command or an empty line.
  private func endsStatement(_ statement: StatementSyntax) -> Bool {
    if at(.semicolon) || at(.end) || at(.command) { return true }
    switch statement {
    case .query: return isAfterEmptyLine
    case .command(let command):
      if command.isLine || isAfterEmptyLine { return true }
      if case .query? = command.places.last?.value { return false }
      return !isOnSameLine && command.pipes.isEmpty
    case .letBinding, .setOption, .declareQueryParameters, .declarePattern, .aliasDatabase, .restrictAccess: return false
    }
  }

  /// Whether a statement may begin here without a `;` before it, by where the lines end.
  var mayBeginStatement: Bool {
    at(.command) || isAfterEmptyLine || !isOnSameLine || token(before: 1).kind == .commandText
  }

  /// Gives each mistake of the lexer to the statement in which it is, or to the one before it.
  private func give(_ mistakes: [Diagnostic], to parts: inout [ScriptPart]) {
    guard !mistakes.isEmpty else { return }
    if parts.isEmpty { parts = [ScriptPart(statement: nil, span: SourceSpan(0, bytes.count, in: token.source))] }
    var place = 0
    for mistake in mistakes {
      let lower = mistake.span?.lower ?? 0
      while place + 1 < parts.count, parts[place + 1].span.lower <= lower { place += 1 }
      parts[place].mistakes.append(mistake)
    }
    for place in parts.indices { parts[place].mistakes = inTextOrder(parts[place].mistakes) }
  }

  private func inTextOrder(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    diagnostics.enumerated().sorted { a, b in
      let (aLower, bLower) = (a.element.span?.lower ?? 0, b.element.span?.lower ?? 0)
      return aLower == bLower ? a.offset < b.offset : aLower < bLower
    }.map(\.element)
  }

  mutating func parseStatement() throws(SyntaxFailure) -> StatementSyntax {
    switch token.kind {
    case .command: return .command(try parseCommand())
    case .word:
      let declaration = StatementDeclaration.named(token.text).first { $0.starts(self) }
      if let declaration { return try declaration.parse(&self) }
      return .query(try parseQueryStatement())
    default: return .query(try parseQueryStatement())
    }
  }

  /// Whether a statement starts here that prepares for a query.
  var atBinding: Bool {
    atWord("let") && isName(after: 1) || atWord("set") && token(after: 1).kind == .word
      || atWord("declare") && token(after: 1).kind == .word
  }

  /// Statements inside `{ }`, up to what the function returns.
  mutating func parseBody() throws(SyntaxFailure) -> (statements: [StatementSyntax], result: ExpressionSyntax) {
    var statements: [StatementSyntax] = []
    while true {
      while skip(.semicolon) {}
      guard atBinding else { break }
      statements.append(try parseStatement())
      try expect(.semicolon, ";", "after the statement")
    }
    let result = try parseValue()
    while skip(.semicolon) {}
    return (statements, result)
  }
}
