import PlumbDiagnostics

/// A simple `SELECT` in KQL, for the help line of the mistake: one table, conditions, groups, order and limit.
///
/// Texts that it does not understand in full have no translation.
struct SQLTranslation {
  private let tokens: [Token]
  private let parser: Parser

  /// - Parameter parser: at `SELECT`.
  init(_ parser: Parser) {
    var tokens: [Token] = []
    var ahead = parser
    while !ahead.at(.end), !ahead.at(.semicolon), tokens.count < 400 {
      tokens.append(ahead.advance())
    }
    self.tokens = tokens
    self.parser = parser
  }

  private static let aggregates: Set<String> = ["count", "sum", "avg", "min", "max", "stdev", "variance", "dcount"]

  /// The words with which the parts of a statement begin, in their order.
  private static let parts = ["select", "from", "where", "group", "having", "order", "limit", "offset"]

  /// The query in KQL; nil if a part of the statement has no counterpart here.
  var query: String? {
    guard let parts = split(), let from = parts["from"], from.count == 1, from[0].kind == .word else { return nil }
    var items = parts["select"] ?? []
    let isDistinct = items.first.map { isWord($0, "distinct") } ?? false
    if isDistinct { items.removeFirst() }
    var limit = parts["limit"]
    if items.count > 2, isWord(items[0], "top"), items[1].kind == .long, limit == nil {
      limit = [items[1]]
      items.removeFirst(2)
    }
    var steps = [KQLName.inQuery(from[0].text)]
    if let condition = parts["where"] {
      guard let text = expression(condition[...]) else { return nil }
      steps.append("where \(text)")
    }
    var columns: [(name: String?, text: String, isAggregate: Bool)] = []
    let isEverything = items.count == 1 && items[0].kind == .star
    if !isEverything {
      for item in list(items[...]) {
        guard let column = self.column(item) else { return nil }
        columns.append(column)
      }
      if columns.isEmpty { return nil }
    }
    var keys: [String] = []
    if let group = parts["group"] {
      for key in list(group[...]) {
        guard let text = expression(key) else { return nil }
        keys.append(text)
      }
    }
    let groups = !keys.isEmpty || columns.contains(where: \.isAggregate)
    if groups {
      if isEverything { return nil }
      for i in columns.indices where columns[i].isAggregate && columns[i].name == nil { columns[i].name = i == 0 || columns.filter(\.isAggregate).count == 1 ? "n" : "n\(i)" }
      guard columns.allSatisfy({ $0.isAggregate || keys.contains($0.text) && $0.name == nil }) else { return nil }
      let aggregates = columns.filter(\.isAggregate).map { "\($0.name ?? "n") = \($0.text)" }.joined(separator: ", ")
      let by = keys.isEmpty ? "" : "by " + keys.joined(separator: ", ")
      steps.append("summarize " + [aggregates, by].filter { !$0.isEmpty }.joined(separator: " "))
    }
    /// The name under which a result of the groups goes on.
    func named(_ text: String) -> String { columns.first { $0.isAggregate && $0.text == text }?.name ?? text }
    if let having = parts["having"] {
      guard groups, let text = expression(having[...]) else { return nil }
      var renamed = text
      for column in columns where column.isAggregate { renamed = renamed.replacing(column.text, with: column.name ?? column.text) }
      steps.append("where \(renamed)")
    }
    if isDistinct, !groups { steps.append("distinct " + (isEverything ? "*" : columns.map(\.text).joined(separator: ", "))) }
    // One row needs no order.
    if let order = parts["order"], !groups || !keys.isEmpty {
      var sorted: [String] = []
      for var key in list(order[...]) {
        var direction = "asc"
        if let last = key.last, isWord(last, "desc") || isWord(last, "asc") {
          direction = last.text.lowercased()
          key = key.dropLast()
        }
        guard let text = expression(key), key.first?.kind != .long else { return nil }
        // Only the results of the groups are left to sort by.
        if groups, !keys.contains(text), !columns.contains(where: { $0.name == text || $0.isAggregate && $0.text == text }) { return nil }
        sorted.append("\(named(text)) \(direction)")
      }
      steps.append("sort by " + sorted.joined(separator: ", "))
    }
    if let offset = parts["offset"] {
      guard offset.count == 1, offset[0].kind == .long else { return nil }
      steps.append("serialize | where row_number() > \(offset[0].text)")
    }
    if let limit {
      guard limit.count == 1, limit[0].kind == .long else { return nil }
      steps.append("take \(limit[0].text)")
    }
    if !groups, !isDistinct, !isEverything {
      steps.append("project " + columns.map { ($0.name.map { $0 + " = " } ?? "") + $0.text }.joined(separator: ", "))
    }
    let text = steps.joined(separator: " | ")
    return parse(text).hasErrors ? nil : text
  }

  /// The steps that a statement without a translation needs.
  var outline: String {
    let hasJoin = tokens.contains { isWord($0, "join") }
    return hasJoin ? "table | join kind=inner (other) on $left.a == $right.b | where ... | project ..." : "table | where ... | project ..."
  }

  /// The tokens of each part; nil for a statement of other parts.
  private func split() -> [String: [Token]]? {
    var result: [String: [Token]] = [:]
    var part = -1
    var depth = 0
    var skipsBy = false
    for token in tokens {
      switch token.kind {
      case .leftParen: depth += 1
      case .rightParen: depth -= 1
      case .pipe, .leftBrace, .command, .commandText: return nil
      default: break
      }
      if depth == 0, token.kind == .word {
        let word = token.text.lowercased()
        if skipsBy {
          guard word == "by" else { return nil }
          skipsBy = false
          continue
        }
        if let next = Self.parts.firstIndex(of: word) {
          guard next > part else { return nil }
          part = next
          result[word] = []
          skipsBy = word == "group" || word == "order"
          continue
        }
        if ["join", "union", "over", "intersect", "except", "qualify", "into"].contains(word) { return nil }
      }
      guard part >= 0 else { return nil }
      result[Self.parts[part], default: []].append(token)
    }
    return result["from"] == nil || result.values.contains { $0.isEmpty } ? nil : result
  }

  private func isWord(_ token: Token, _ word: String) -> Bool { token.kind == .word && token.text.lowercased() == word }

  /// The parts between commas outside brackets.
  private func list(_ tokens: ArraySlice<Token>) -> [ArraySlice<Token>] {
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

  /// `expression AS name`
  private func column(_ item: ArraySlice<Token>) -> (name: String?, text: String, isAggregate: Bool)? {
    var item = item
    var name: String?
    if item.count > 2, let last = item.last, last.kind == .word, isWord(item[item.endIndex - 2], "as") {
      name = KQLName.inQuery(last.text)
      item = item.dropLast(2)
    }
    guard let first = item.first, let text = expression(item) else { return nil }
    let isAggregate = first.kind == .word && Self.aggregates.contains(first.text.lowercased())
      && item.dropFirst().first?.kind == .leftParen
    return (name, text, isAggregate)
  }

  /// An expression with KQL's operators; nil where one has none.
  private func expression(_ tokens: ArraySlice<Token>) -> String? {
    var words: [String] = []
    var place = tokens.startIndex
    func token(_ distance: Int) -> Token? { place + distance < tokens.endIndex ? tokens[place + distance] : nil }
    while let now = token(0) {
      let shown = parser.text(in: now.span)
      let word = now.kind == .word ? now.text.lowercased() : ""
      switch now.kind {
      case .assign: words.append("==")
      case .unknown: return nil
      case .string: words.append(parser.quoted(now))
      case .word where ["and", "or", "in", "between"].contains(word):
        if word == "between" {
          guard let low = token(1), token(2).map({ isWord($0, "and") }) == true, let high = token(3) else { return nil }
          words.append("between (\(parser.literal(low)) .. \(parser.literal(high)))")
          place += 3
        } else {
          words.append(word)
        }
      case .word where word == "not" && token(1).map({ isWord($0, "in") }) == true:
        words.append("!in")
        place += 1
      case .word where word == "not" || word == "case" || word == "when" || word == "cast" || word == "interval" || word == "select": return nil
      case .word where word == "is":
        guard let operand = words.popLast() else { return nil }
        let isNegated = token(1).map { isWord($0, "not") } ?? false
        guard let null = token(isNegated ? 2 : 1), isWord(null, "null") else { return nil }
        words.append("\(isNegated ? "isnotempty" : "isempty")(\(operand))")
        place += isNegated ? 2 : 1
      case .word where word == "like":
        guard let pattern = token(1), pattern.kind == .string, let test = likeTest(parser.plain(pattern)) else { return nil }
        words.append(test)
        place += 1
      case .word where Self.aggregates.contains(word) && token(1)?.kind == .leftParen:
        if word == "count", token(2)?.kind == .star {
          words.append("count()")
          place += 3
        } else if word == "count", let inner = token(2), isWord(inner, "distinct"), let column = token(3), token(4)?.kind == .rightParen {
          words.append("dcount(\(column.text))")
          place += 4
        } else {
          words.append(word)
        }
      case .word: words.append(now.text)
      default: words.append(shown)
      }
      place += 1
    }
    if words.isEmpty { return nil }
    var text = ""
    for word in words {
      let isTight = text.isEmpty || text.hasSuffix("(") || text.hasSuffix(".") || [")", ",", ".", "("].contains(word) && !["in", "and", "or"].contains(text.split(separator: " ").last ?? "")
      text += (isTight ? "" : " ") + word
    }
    return text
  }

  /// The test for a pattern of `LIKE` with `%` at its ends only.
  private func likeTest(_ pattern: String) -> String? {
    let inner = pattern.drop { $0 == "%" }
    let start = pattern.hasPrefix("%"), end = pattern.hasSuffix("%")
    let core = end ? String(inner.reversed().drop { $0 == "%" }.reversed()) : String(inner)
    guard !core.isEmpty, !core.contains(where: { "%_\"\\".contains($0) }) else { return nil }
    switch (start, end) {
    case (true, true): return "contains \"\(core)\""
    case (false, true): return "startswith \"\(core)\""
    case (true, false): return "endswith \"\(core)\""
    case (false, false): return "== \"\(core)\""
    }
  }
}

extension Parser {
  /// A text between quotes without them.
  fileprivate func plain(_ token: Token) -> String { String(text(in: token.span).dropFirst().dropLast()) }

  /// A text as KQL writes it.
  fileprivate func quoted(_ token: Token) -> String { "\"" + plain(token).replacing("\"", with: "\\\"") + "\"" }

  /// A bound of `between`: texts that are moments become moments.
  fileprivate func literal(_ token: Token) -> String {
    guard token.kind == .string else { return text(in: token.span) }
    let value = plain(token)
    return value.utf8.count >= 10 && value.dropFirst(4).hasPrefix("-") ? "datetime(\(value))" : quoted(token)
  }
}
