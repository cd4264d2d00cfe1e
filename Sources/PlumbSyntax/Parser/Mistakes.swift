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
      let isFirst = (index == 1 || index > 1 && token(before: 2).kind == .semicolon) && token(before: 1).text != "let"
      let name = token(before: 1).text
      let word = ForeignWord.named(name, .start)?.advice
      let value = token(after: 1)
      if isFirst, word?.contains("TABLE") != true, value.kind == .word, token(after: 2).kind == .end || token(after: 2).kind == .semicolon {
        return fail(
          "unexpected-text", "`=` is not allowed here", at: span,
          help: "write `let \(name) = \(value.text);` to name it, or `TABLE | where \(name) == \"\(value.text)\"` with the name of a table")
      }
      // `index=runs status=failed`, `status=failed`
      let isSearch = index == 2 && token(before: 2).text == "search"
      if isFirst || isSearch, let search = searchHint(from: token(before: 1).lower) {
        return fail("unexpected-text", "`=` is not allowed here", at: span, help: search)
      }
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
      if let hint = tableThenHint { return fail("unexpected-text", "\(found) cannot follow here", at: span, help: hint) }
    case .plus, .minus, .star, .slash, .percent, .equal, .notEqual, .less, .lessOrEqual, .greater,
      .greaterOrEqual, .equalTilde, .bangTilde:
      if let hint = redirectHint ?? lineFilterHint { return fail("unexpected-text", "\(found) cannot follow a table", at: span, help: hint) }
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
    if at(.plus) || at(.minus), token(after: 1).kind == .word, token(after: 2).kind == .colon, let test = SearchTranslation(bytes, from: token.lower).condition {
      return unexpected("a table", help: "write `table | where \(test)`")
    }
    if let hint = foreignHint, !at(.word) { return unexpected("a table", help: hint) }
    switch token.kind {
    case .minus where token(after: 1).kind == .minus || token(after: 1).kind == .word && isAdjacent(after: 1) && token(after: 2).kind == .end:
      return fail(
        "missing-source", "a query starts with a table, not with an option", at: token.span,
        help: "`.help` explains the shell; options such as `--help` follow `plumb` in your own shell")
    case .long, .real, .timespan, .string, .typedLiteral, .minus, .plus:
      let name = text(in: token.span).filter { $0 != "\"" && $0 != "'" }
      let isName = at(.string) && token(after: 1).kind == .pipe && Alphabet.isName(name)
      return fail(
        "missing-source", "a query starts with a table, not with a value", at: token.span,
        help: isName ? "write `\(name)`, without quotes" : "use `print ...` to compute a value")
    case .colon:
      let word = ForeignWord.named(":" + token(after: 1).text, .start)
      return unexpected("a table", help: word?.advice ?? "commands start with a dot, as `.quit`; `.help` lists them")
    case .pipe:
      return fail(
        "missing-source", "expected a table before this `|`", at: token.span,
        help: "write `table | ...`")
    default:
      return unexpected("a table")
    }
  }

  /// What follows a word of another language, up to the end of the step.
  private func operands(after lower: Int) -> ForeignOperands {
    var tokens: [Token] = []
    var distance = 0
    while tokens.count < 100 {
      let next = token(after: distance)
      if [.end, .pipe, .semicolon].contains(next.kind) { break }
      if next.lower >= lower { tokens.append(next) }
      distance += 1
    }
    return ForeignOperands(tokens[...], in: self)
  }

  /// The failure for an unknown operator.
  mutating func unknownOperator(_ word: (text: String, span: SourceSpan)) -> SyntaxFailure {
    let help =
      OperatorDeclaration.named(word.text.lowercased()).map { "KQL's words are lower case: `\($0.keyword)`" }
      ?? ForeignWord.named(word.text, .step).map { step in
        translation(of: step, operandsAfter: word.span.upper).map { "write `\($0)`" } ?? step.advice(operands(after: word.span.upper))
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
        "unexpected-text", "`=` is not allowed here", at: span,
        help: declaration.operands == .join ? joinHint : optionHint(declaration) ?? testHint(declaration) ?? "use `==` to compare")
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

  /// `top limit=5 a` of Splunk.
  private func optionHint(_ declaration: OperatorDeclaration) -> String? {
    guard declaration.keyword == "top", token(before: 2).text == "top" else { return nil }
    return "write `" + operands(after: token(before: 2).upper).filling("summarize count() by a | top 10 by count_") + "`"
  }

  /// `where pipeline = office*`, `search status=failed`.
  private func testHint(_ declaration: OperatorDeclaration) -> String? {
    guard ["where", "search", "filter"].contains(declaration.keyword), [.word, .star].contains(token(after: 1).kind),
      let test = SearchTranslation(bytes, from: token(before: 1).lower).condition, !test.contains("* has"), !test.hasPrefix("t "), test.utf8.count <= 100
    else { return nil }
    return test.contains("== \"") ? "use `==` to compare, and quotes for a text: `\(test)`" : "write `\(test)`"
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

  /// `runs status:failed`, `runs head 5`, `runs schema`: what follows a table without a pipe.
  private var tableThenHint: String? {
    guard index == 1 || index > 1 && token(before: 2).kind == .semicolon, token(before: 1).kind == .word else { return nil }
    let table = token(before: 1).text
    if atWord("by") || atWord("BY") || atWord("without") { return nil }
    if table.lowercased() == "not", let test = SearchTranslation(bytes, from: token(before: 1).lower).condition { return "write `table | where \(test)`" }
    if [.colon, .assign].contains(token(after: 1).kind), let test = SearchTranslation(bytes, from: token.lower).condition {
      return "write `\(table) | where \(test)`"
    }
    guard let step = ForeignWord.named(token.text, .step), step.kql != nil else { return nil }
    return step.advice(operands(after: token.upper), after: table + " | ")
  }

  /// `index=runs status=failed`: the conditions of Splunk, with the table that `index` names.
  private func searchHint(from lower: Int) -> String? {
    let search = SearchTranslation(bytes, from: lower)
    guard let condition = search.condition else { return nil }
    var tests = condition.components(by: " and ")
    var table = "table"
    if let place = tests.firstIndex(where: { $0.hasPrefix("index == \"") || $0.hasPrefix("sourcetype == \"") }) {
      table = String(tests.remove(at: place).split(separator: "\"")[1])
    }
    return tests.isEmpty ? "write `\(table) | take 10`" : "write `\(table) | where \(tests.joined(separator: " and "))`"
  }

  /// `runs > file.csv`, `runs < file.csv`.
  private var redirectHint: String? {
    guard at(.greater) || at(.less) else { return nil }
    let isAppended = at(.greater) && token(after: 1).kind == .greater && isAdjacent(after: 1)
    let rest = bytes[min(token(after: isAppended ? 1 : 0).upper, bytes.count)...].drop { $0 == .space }
    let path = String(decoding: rest.prefix { $0 > .space && $0 != .semicolon }, as: UTF8.self)
    guard path.contains(".") || path.contains("/") else { return nil }
    return at(.greater) ? "write `.once \(path)` before the query; on the command line use `-o \(path)`" : "write `.load NAME=\(path)`"
  }

  /// `runs |= "text"`, `runs != "text"`: filters of lines in LogQL.
  var lineFilterHint: String? {
    guard at(.notEqual) || at(.bangTilde) || at(.assign), let test = LabelTranslation(bytes, from: at(.assign) ? token(before: 1).lower : token.lower).query else { return nil }
    return "write `| where \(test)`"
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

extension String {
  /// The parts between a text.
  fileprivate func components(by separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.ranges(of: separator).first {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
