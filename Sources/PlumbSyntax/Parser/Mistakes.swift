import PlumbDiagnostics

/// Help for what users of other languages, and tired users of this one, write.
extension Parser {
  /// A help line that the token here suggests, whatever was expected.
  var mistakeHint: String? {
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
    guard let word = operatorWord, OperatorDeclaration.named(word.text)?.isSupported == true else { return nil }
    return "a `|` is missing before `\(word.text)`"
  }

  /// The failure for text after a complete statement.
  mutating func unexpectedAfterStatement() -> SyntaxFailure {
    if token.kind == .unknown { return SyntaxFailure() }
    let span = token.span
    switch token.kind {
    case .assign:
      return fail(
        "unexpected-text", "`=` is not allowed here", at: span,
        help: "use `let name = value` to name a value, and `==` to compare")
    case .rightParen, .rightBracket, .rightBrace:
      return fail("unexpected-text", "this \(found) closes nothing", at: span)
    case .word:
      if let hint = operatorHint {
        return fail("missing-pipe", "\(found) cannot follow here", at: span, help: hint)
      }
    case .plus, .minus, .star, .slash, .percent, .equal, .notEqual, .less, .lessOrEqual, .greater,
      .greaterOrEqual, .equalTilde, .bangTilde:
      return fail(
        "unexpected-text", "\(found) cannot follow a table", at: span,
        help: "use `print ...` to compute a value, and `| where ...` to filter")
    case .bars:
      return fail("unexpected-text", "found `||` where `|` should be", at: span)
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
      help: mistakeHint ?? "write `|` before the next operator, or `;` before the next statement")
  }

  /// The failure for a statement that does not start with a table.
  mutating func unexpectedSource() -> SyntaxFailure {
    if let word = operatorWord, token.kind == .word {
      let lowered = word.text.lowercased()
      if lowered == "select" {
        return fail(
          "sql-statement", "KQL starts with the table, not with `\(word.text)`", at: word.span,
          help: "write `table | where ... | project ...`")
      }
      if let declaration = OperatorDeclaration.named(word.text), !declaration.traits.contains(.isWord) {
        return fail(
          "missing-source", "a query starts with a table, not with `\(word.text)`", at: word.span,
          help: "write `table | \(word.text) ...`")
      }
    }
    switch token.kind {
    case .long, .real, .timespan, .string, .typedLiteral, .minus, .plus:
      return fail(
        "missing-source", "a query starts with a table, not with a value", at: token.span,
        help: "use `print ...` to compute a value")
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
    let help: String? =
      switch word.text.lowercased() {
      case "select": "use `project` to choose columns"
      case "group", "groupby", "group-by": "use `summarize count() by column` to group rows"
      case "orderby", "order-by": "use `sort by column` to sort rows"
      case "having": "use `where` after `summarize`"
      case "head", "first": "write `take`"
      case "unique", "dedup": "write `distinct`"
      case "rename": "use `project-rename new = old`"
      case "drop": "use `project-away column`"
      case "eval": "use `extend column = ...`"
      case "stats", "aggregate": "write `summarize`"
      default:
        SourceDeclaration.named(word.text) == nil
          ? Suggestion.nearest(to: word.text, in: OperatorDeclaration.all.map(\.keyword))
          : "`\(word.text)` starts a query and cannot follow a pipe"
      }
    return fail("unknown-operator", "unknown operator `\(word.text)`", at: word.span, help: help)
  }

  /// The failure if the operands of an operator are followed by something else.
  mutating func unexpectedAfterOperator(_ declaration: OperatorDeclaration) -> SyntaxFailure {
    if token.kind == .unknown { return SyntaxFailure() }
    let span = token.span
    if token.kind == .assign {
      return fail(
        "unexpected-text", "`=` is not allowed here", at: span, help: "use `==` to compare")
    }
    if let mistake = declaration.mistake?(self) {
      return fail("unexpected-text", mistake.message, at: span, help: mistake.help)
    }
    if let hint = operatorHint {
      return fail("missing-pipe", "\(found) cannot follow here", at: span, help: hint)
    }
    return fail(
      "unexpected-text", "\(found) cannot follow here in `\(declaration.keyword)`", at: span,
      help: mistakeHint ?? (depth > 0 && !atName ? "is a `)` missing before it?" : nil))
  }
}
