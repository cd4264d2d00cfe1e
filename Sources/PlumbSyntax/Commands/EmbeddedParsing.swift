import PlumbDiagnostics

/// Queries, functions and scripts inside commands.
extension Parser {
  /// `let n = 5; T | take n`, or a command that has rows.
  ///
  /// - Parameter stops: words after which the command goes on.
  mutating func parseEmbeddedQuery(
    stops: [String] = [], of declaration: CommandDeclaration
  ) throws(SyntaxFailure) -> EmbeddedQuerySyntax {
    let start = index
    var statements: [StatementSyntax] = []
    while atBinding {
      statements.append(try parseStatement())
      try expect(.semicolon, ";", "after the statement")
      while skip(.semicolon) {}
    }
    if at(.end) || at(.semicolon) { throw unexpected("a query", help: "write `\(declaration.usage)`") }
    if at(.dot), token(after: 1).kind == .word, isAdjacent(after: 1) {
      let known = CommandDeclaration.beginning(with: "." + token(after: 1).text.lowercased())
      guard known.contains(where: { $0.traits.contains(.isTabular) }) else {
        throw fail("no-query", "a query belongs here, not a command", at: SourceSpan.joining(token.span, token(after: 1).span))
      }
      joinCommandName()
    }
    let result: StatementSyntax
    endQuery(atLast: stops)
    if at(.command) {
      let command = try parseCommand()
      guard command.declaration?.traits.contains(.isTabular) == true else {
        throw fail(
          "no-query", "a query belongs here, and `\(command.name)` is a command without rows", at: command.nameSpan)
      }
      result = .command(command)
    } else {
      result = .query(try parseQueryStatement())
    }
    let span = span(from: start)
    // The word after which the command goes on was read as the end of the query.
    if at(.semicolon), stops.contains(token.text) { turn(into: .word) }
    return EmbeddedQuerySyntax(
      statements: statements, result: result, comments: comments(in: span), text: text(in: span))
  }

  private func comments(in span: SourceSpan) -> [CommentSyntax] {
    var (low, high) = (0, comments.count)
    while low < high {
      let middle = (low + high) / 2
      if comments[middle].span.lower < span.lower { low = middle + 1 } else { high = middle }
    }
    return Array(comments[low...].prefix { $0.span.upper <= span.upper })
  }

  /// Makes the last of these words in the query its end, as a `;` is.
  private mutating func endQuery(atLast stops: [String]) {
    if stops.isEmpty { return }
    var depth = 0
    var distance = at(.command) ? 1 : 0
    var last: Int?
    scan: while true {
      let token = token(after: distance)
      switch token.kind {
      case .leftParen, .leftBracket, .leftBrace: depth += 1
      case .rightParen, .rightBracket, .rightBrace: depth -= 1
      case .end, .command: break scan
      case .semicolon where depth <= 0: break scan
      case .word where depth <= 0 && stops.contains(token.text): last = distance
      default: break
      }
      distance += 1
    }
    if let last, last > 0 { turn(into: .semicolon, after: last) }
  }

  /// `(x: long) { x + 1 }`
  mutating func parseEmbeddedFunction() throws(SyntaxFailure) -> EmbeddedFunctionSyntax {
    let start = index
    let parameters = try parseFunctionParameterList()
    let parameterText = text(in: span(from: start))
    let function = try parseFunctionBody(of: parameters, from: start)
    return EmbeddedFunctionSyntax(
      function: function, parameters: parameterText, body: text(in: function.bodySpan))
  }

  /// Statements up to the end of the text; those with mistakes are left out and reported.
  mutating func parseEmbeddedScript() -> EmbeddedScriptSyntax {
    var script = EmbeddedScriptSyntax(statements: [], texts: [])
    for part in readStatements() {
      guard let statement = part.statement else { continue }
      script.statements.append(statement)
      script.texts.append(text(in: statement.span))
    }
    return script
  }
}
