import PlumbDiagnostics

/// A statement of SQL in KQL, for the help line of the mistake: `WITH`, joins on columns, conditions, groups, order, limit, unions.
///
/// Texts that it does not understand in full have no translation.
struct SQLTranslation {
  private let tokens: [Token]
  private let parser: Parser

  /// - Parameter parser: at the first word.
  init(_ parser: Parser) {
    var tokens: [Token] = []
    var ahead = parser
    while !ahead.at(.end), !ahead.at(.semicolon), tokens.count < 400 {
      tokens.append(ahead.advance())
    }
    // `\G` of MySQL.
    if tokens.count > 2, tokens[tokens.count - 2].kind == .unknown, tokens[tokens.count - 1].text.lowercased() == "g" { tokens.removeLast(2) }
    self.tokens = tokens
    self.parser = parser
  }

  /// The query in KQL; nil if a part of the statement has no counterpart here.
  var query: String? {
    guard !tokens.isEmpty, let text = SQLReader(parser).statement(tokens[...]) else { return nil }
    return parse(text).hasErrors ? nil : text
  }

  /// The steps that a statement without a translation needs.
  var outline: String {
    let hasJoin = tokens.contains { $0.kind == .word && $0.text.lowercased() == "join" }
    return hasJoin ? "table | join kind=inner (other) on $left.a == $right.b | where ... | project ..." : "table | where ... | project ..."
  }
}

/// Reads statements of SQL; each function returns nil for what has no counterpart.
struct SQLReader {
  let parser: Parser
  private let depth: Int

  init(_ parser: Parser, depth: Int = 0) {
    self.parser = parser
    self.depth = depth
  }

  /// A reader for a statement within one; nil if they are nested too deeply.
  var inner: SQLReader? { depth < 6 ? SQLReader(parser, depth: depth + 1) : nil }

  /// `EXPLAIN`, `WITH name AS (...)` and what follows.
  func statement(_ tokens: ArraySlice<Token>) -> String? {
    var rest = tokens
    if isWord(rest.first, "explain") {
      rest = rest.dropFirst()
      if isWord(rest.first, "analyze") { rest = rest.dropFirst() }
      return compound(rest).map { "explain " + $0 }
    }
    var names = ""
    if isWord(rest.first, "with") {
      rest = rest.dropFirst()
      repeat {
        if rest.first?.kind == .comma { rest = rest.dropFirst() }
        guard rest.count > 4, let name = rest.first, name.kind == .word, isWord(rest[rest.startIndex + 1], "as"),
          let length = Parser.closing(rest.dropFirst(2)), let query = inner?.compound(rest.dropFirst(3).prefix(max(0, length - 2)))
        else { return nil }
        names += "let \(KQLName.inQuery(name.text)) = \(query); "
        rest = rest.dropFirst(2 + length)
      } while rest.first?.kind == .comma
    }
    return compound(rest).map { names + $0 }
  }

  /// Selections joined by `UNION`.
  func compound(_ tokens: ArraySlice<Token>) -> String? {
    var legs: [ArraySlice<Token>] = []
    var start = tokens.startIndex
    var brackets = 0
    var keepsAll = true
    for place in tokens.indices {
      switch tokens[place].kind {
      case .leftParen: brackets += 1
      case .rightParen: brackets -= 1
      case .word where brackets == 0 && isWord(tokens[place], "union"):
        legs.append(tokens[start..<place])
        start = place + 1
        if start < tokens.endIndex, isWord(tokens[start], "all") { start += 1 } else { keepsAll = false }
      default: break
      }
    }
    legs.append(tokens[start...])
    let texts = legs.map { leg -> String? in
      let isWhole = leg.first?.kind == .leftParen && Parser.closing(leg) == leg.count
      // Order and limit are those of the whole.
      if legs.count > 1, !isWhole, leg.contains(where: { isWord($0, "limit") || isWord($0, "order") }) { return nil }
      return isWhole ? inner?.compound(leg.dropFirst().dropLast()) : selection(leg)
    }
    guard texts.allSatisfy({ $0 != nil }), let first = texts[0] else { return nil }
    if texts.count == 1 { return first }
    return first + " | union " + texts.dropFirst().map { "(\($0 ?? ""))" }.joined(separator: ", ") + (keepsAll ? "" : " | distinct *")
  }

  func isWord(_ token: Token?, _ word: String) -> Bool { token?.kind == .word && token?.text.lowercased() == word }

  /// The parts between commas outside brackets.
  func list(_ tokens: ArraySlice<Token>) -> [ArraySlice<Token>] {
    var parts: [ArraySlice<Token>] = []
    var start = tokens.startIndex
    var depth = 0
    for place in tokens.indices {
      switch tokens[place].kind {
      case .leftParen: depth += 1
      case .rightParen: depth -= 1
      case .comma where depth == 0:
        parts.append(tokens[start..<place])
        start = place + 1
      default: break
      }
    }
    parts.append(tokens[start...])
    return parts
  }
}
