import PlumbDiagnostics

/// Help for what users of other languages, and tired users of this one, write.
extension Parser {
  /// A help line that the token here suggests, whatever was expected.
  var mistakeHint: String? {
    if let hint = missingOperandsHint ?? foreignHint { return hint }
    switch token.kind {
    case .assign: return "use `==` to compare"
    case .ampersands: return "KQL uses `and`"
    case .bars: return "KQL uses `or`"
    case .semicolon: return "a `;` ends the statement; remove it if the query continues"
    case .word:
      if token.text == "AND" || token.text == "OR" || token.text == "IN" {
        return "KQL's words are lower case: `\(token.text.lowercased())`"
      }
      return operatorHint
    case .long, .real, .timespan, .string, .typedLiteral, .command, .commandText, .leftParen, .rightParen, .leftBracket,
      .rightBracket, .leftBrace, .rightBrace, .pipe, .comma, .dot, .dotDot, .colon, .fatArrow, .equal,
      .notEqual, .equalTilde, .bangTilde, .less, .lessOrEqual, .greater, .greaterOrEqual, .plus, .minus,
      .star, .slash, .percent, .unknown, .end:
      return nil
    }
  }

  /// A hint if an operator's name is here: its `|` is missing.
  var operatorHint: String? {
    guard let word = operatorWord, let declaration = OperatorDeclaration.named(word.text), declaration.isSupported else { return nil }
    // `count()` is a call.
    if declaration.operands == .nothing, token(after: 1).kind == .leftParen { return nil }
    return "a `|` is missing before `\(word.text)`"
  }

  /// The failure for text after a complete statement.
  mutating func unexpectedAfterStatement() -> SyntaxFailure {
    if token.kind == .unknown { return SyntaxFailure() }
    let span = token.span
    switch token.kind {
    case .assign:
      let isFirst = index == 1 || index > 1 && token(before: 2).kind == .semicolon
      let name = token(before: 1).text
      let word = ForeignWord.named(name, .start)?.advice
      let value = token(after: 1)
      let isTest = value.kind == .word && !isAdjacent(after: 2) || value.kind == .string
      let test = "`TABLE | where \(name) == \(value.kind == .string ? text(in: value.span) : "\"\(value.text)\"")`"
      let help = !isFirst ? nil : word.flatMap { $0.contains("TABLE") ? $0 : nil }
        ?? (isTest ? "write \(test), with the name of a table, or `let \(name) = ...;` to name a value" : nil)
      return fail(
        "unexpected-text", "`=` is not allowed here", at: span,
        help: help ?? "use `let name = value` to name a value, and `==` to compare")
    case .rightParen, .rightBracket, .rightBrace:
      return fail("unexpected-text", "this \(found) closes nothing", at: span)
    case .word:
      if let hint = operatorHint {
        return fail("missing-pipe", "\(found) cannot follow here", at: span, help: hint)
      }
    case .plus, .minus, .star, .slash, .percent, .equal, .notEqual, .less, .lessOrEqual, .greater,
      .greaterOrEqual, .equalTilde, .bangTilde:
      if let hint = symbolBeforeOperatorHint { return fail("missing-pipe", "\(found) cannot follow a table", at: span, help: hint) }
      return fail(
        "unexpected-text", "\(found) cannot follow a table", at: span,
        help: "use `print ...` to compute a value, and `| where ...` to filter")
    case .bars:
      return fail("unexpected-text", "found `||` where `|` should be", at: span, help: "write `|`")
    case .comma where index == 1 && token(after: 1).kind == .word && token(before: 1).kind == .word:
      return fail(
        "unexpected-text", "\(found) cannot follow here", at: span, help: "write `union \(token(before: 1).text), \(token(after: 1).text)`")
    case .leftBrace where tableMethodHint != nil || foreignHint != nil: break
    case .leftBrace:
      return fail(
        "unexpected-text", "`{` cannot follow here", at: span,
        help: "a function's parameters have types: `let f = (a: long) { ... }`")
    case .long, .real, .timespan, .string, .typedLiteral, .command, .commandText, .leftParen, .leftBracket,
      .pipe, .semicolon, .comma, .dot, .dotDot, .colon, .fatArrow, .ampersands, .unknown, .end:
      break
    }
    return fail(
      "unexpected-text", "\(found) cannot follow here", at: span,
      help: tableMethodHint ?? mistakeHint ?? judgementHint ?? "write `|` before the next operator, or `;` before the next statement")
  }

  /// The failure for a statement that does not start with a table.
  mutating func unexpectedSource() -> SyntaxFailure {
    if let word = operatorWord, token.kind == .word {
      let lowered = word.text.lowercased()
      if lowered == "select" {
        return fail(
          "sql-statement", "KQL starts with the table, not with `\(word.text)`", at: word.span,
          help: "write `\(SQLTranslation(self).query ?? SQLTranslation(self).outline)`")
      }
      if let declaration = OperatorDeclaration.named(word.text), !declaration.traits.contains(.isWord) {
        return fail(
          "missing-source", "a query starts with a table, not with `\(word.text)`", at: word.span,
          help: "write `table | \(word.text) ...`")
      }
    }
    if let hint = foreignHint, !at(.word) { return unexpected("a table", help: hint) }
    switch token.kind {
    case .long, .real, .timespan, .string, .typedLiteral, .minus, .plus:
      let name = text(in: token.span).filter { $0 != "\"" && $0 != "'" }
      let isName = at(.string) && token(after: 1).kind == .pipe && Alphabet.isName(name)
      return fail(
        "missing-source", "a query starts with a table, not with a value", at: token.span,
        help: isName ? "write `\(name)`, without quotes" : "use `print ...` to compute a value")
    case .colon: return unexpected("a table", help: "commands start with a dot, as `.quit`; `.help` lists them")
    case .pipe:
      return fail(
        "missing-source", "expected a table before this `|`", at: token.span,
        help: "write `table | ...`")
    default:
      return unexpected("a table")
    }
  }

  /// The failure for an unknown operator.
  mutating func unknownOperator(_ word: (text: String, span: SourceSpan)) -> SyntaxFailure {
    let help =
      OperatorDeclaration.named(word.text.lowercased()).map { "KQL's words are lower case: `\($0.keyword)`" }
      ?? ForeignWord.named(word.text, .step).map { step in
        translation(of: step, operandsAfter: word.span.upper).map { "write `\($0)`" } ?? step.advice
      }
      ?? (SourceDeclaration.named(word.text) == nil
        ? Suggestion.nearest(to: word.text, in: OperatorDeclaration.all.map(\.keyword))
        : "`\(word.text)` starts a query and cannot follow a pipe")
      ?? "such as `where`, `summarize`, `project` or `take`; `.help` lists them"
    return fail("unknown-operator", "unknown operator `\(word.text)`", at: word.span, help: help)
  }

  /// The failure if the operands of an operator are followed by something else.
  mutating func unexpectedAfterOperator(_ declaration: OperatorDeclaration) -> SyntaxFailure {
    if token.kind == .unknown { return SyntaxFailure() }
    let span = token.span
    if token.kind == .assign {
      return fail(
        "unexpected-text", "`=` is not allowed here", at: span, help: declaration.operands == .join ? joinHint : "use `==` to compare")
    }
    if let mistake = declaration.mistake?(self) {
      return fail("unexpected-text", mistake.message, at: span, help: mistake.help)
    }
    if let hint = foreignHint, !atWord("limit"), !atWord("take"), !atWord("top") {
      return fail("unexpected-text", "\(found) cannot follow here in `\(declaration.keyword)`", at: span, help: hint)
    }
    if let hint = operatorHint {
      return fail("missing-pipe", "\(found) cannot follow here", at: span, help: hint)
    }
    return fail(
      "unexpected-text", "\(found) cannot follow here in `\(declaration.keyword)`", at: span,
      help: mistakeHint ?? (depth > 0 && !atName ? "is a `)` missing before it?" : missingCommaHint(declaration) ?? endOfStepHint(declaration)))
  }

  /// For text after an operator that nothing else explains.
  private func endOfStepHint(_ declaration: OperatorDeclaration) -> String? {
    switch token.kind {
    case .leftParen where declaration.operands == .nothing: "write `\(declaration.usage)`, without brackets"
    case .comma: "write `\(declaration.usage)`"
    case .rightParen, .rightBracket, .rightBrace: "this \(found) closes nothing; remove it"
    default: "write `\(declaration.usage)`, and `|` before the next operator"
    }
  }

  /// `->`, `>` and the like before an operator's name.
  private var symbolBeforeOperatorHint: String? {
    for distance in 1...3 {
      let next = token(after: distance)
      if next.kind == .word, let step = OperatorDeclaration.named(next.text), step.isSupported {
        return "write `| \(next.text)`"
      }
    }
    return nil
  }

  /// `runs.pipeline = pipelines.name` and `type=left` in a join.
  private var joinHint: String {
    let last = token(before: 1)
    if ["type", "how", "mode"].contains(last.text.lowercased()) { return "write `kind=leftouter`, or another kind such as `inner`" }
    guard last.kind == .word, token(after: 1).kind == .word else { return "use `==` to compare" }
    if last.text.hasPrefix("$") || token(before: 3).text.hasPrefix("$") { return "use `==` to compare" }
    let right = token(after: 2).kind == .dot ? token(after: 3).text : token(after: 1).text
    return "write `on $left.\(last.text) == $right.\(right)`"
  }

  /// The text up to the next space: `office-audit-eastus`.
  private var dashedWord: String {
    var upper = token.lower
    while upper < bytes.count, bytes[upper] > UInt8(ascii: " "), bytes[upper] != UInt8(ascii: "|"), bytes[upper] != UInt8(ascii: "?") { upper += 1 }
    return String(decoding: bytes[token.lower..<upper], as: UTF8.self).filter { $0 != "\"" && $0 != "'" }
  }

  /// After `slow`, `stale` or `volume`, which take nothing, and words about a pipeline where they cannot be.
  private var judgementHint: String? {
    if index > 0, at(.word) || at(.string) {
      let ahead = atWord("of") || atWord("for") ? moved(to: index + 1) : self
      if token(before: 1).text == "risk", token(before: 2).text == "predict" { return "write `predict risk | where pipeline == \"\(ahead.dashedWord)\"`" }
      if token(before: 1).text == "radius" || token(before: 1).text == "impact", token(before: 2).text == "blast" { return "write `blast \(ahead.dashedWord)`" }
    }
    guard index > 0, at(.long) || at(.word) || at(.timespan) || at(.real), let word = WordDeclaration.named(token(before: 1).text) else { return nil }
    return "write `\(word.keyword) | where ...` to choose rows; `\(word.keyword) | getschema` lists its columns"
  }
}
