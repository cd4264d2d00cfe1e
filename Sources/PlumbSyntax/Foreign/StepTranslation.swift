import PlumbDiagnostics

extension Parser {
  /// What to write for a step of another language, with the operands that follow its name at `lower`; nil if they do
  /// not make a step of KQL.
  func translation(of word: ForeignWord, operandsAfter lower: Int) -> String? {
    guard let keyword = word.keyword else { return nil }
    var ahead = self
    var operands: [Token] = []
    var brackets = 0
    while !ahead.at(.end), !ahead.at(.semicolon), brackets > 0 || !ahead.at(.pipe), operands.count < 100 {
      let token = ahead.advance()
      if token.kind == .leftParen { brackets += 1 }
      if token.kind == .rightParen { brackets -= 1 }
      if token.lower >= lower { operands.append(token) }
    }
    // `mutate(x = 1)`: the brackets around all of them.
    if operands.first?.kind == .leftParen, Self.closing(operands[...]) == operands.count { operands = Array(operands.dropFirst().dropLast()) }
    // Options such as `-r`.
    while operands.count > 1, operands[0].kind == .minus, operands[1].kind == .word, operands[1].text.count == 1, operands[0].upper == operands[1].lower, keyword != "sort by" {
      operands.removeFirst(2)
    }
    guard let first = operands.first else { return nil }
    let written = rewritten(operands[...])
    let candidates: [String] =
      switch keyword {
      case "summarize": summaries(operands, written).map { "summarize " + $0 }
      case "sort by": ["sort by " + orders(operands)]
      case "take": operands.first { $0.kind == .long }.map { ["take " + text(in: $0.span)] } ?? []
      // `fields - a`
      case "project" where first.kind == .minus: ["project-away " + items(operands[1...])]
      case "project" where first.kind == .plus: ["project " + items(operands[1...])]
      default: ["\(keyword) \(items(operands[...]))", "\(keyword) \(written)"]
      }
    return candidates.first { !parse("t | " + $0).hasErrors }
  }

  /// `-a`, `desc(a)`, `a desc` and `a` as the operands of `sort by`.
  private func orders(_ operands: [Token]) -> String {
    split(operands[...]).map { item in
      var item = item
      var direction = " asc"
      if item.first?.kind == .minus || item.first?.kind == .plus {
        direction = item.first?.kind == .minus ? " desc" : " asc"
        item = item.dropFirst()
      } else if let first = item.first, ["desc", "asc"].contains(first.text.lowercased()), item.dropFirst().first?.kind == .leftParen {
        direction = " " + first.text.lowercased()
        item = item.dropFirst(2).dropLast()
      } else if let last = item.last, ["desc", "asc", "descending", "ascending"].contains(last.text.lowercased()) {
        direction = last.text.lowercased().hasPrefix("d") ? " desc" : " asc"
        item = item.dropLast()
      }
      return rewritten(item) + direction
    }.joined(separator: ", ")
  }

  /// `count as n by source` and `source` alone as the operands of `summarize`.
  private func summaries(_ operands: [Token], _ written: String) -> [String] {
    let links = operands.indices.filter { operands[$0].kind == .word && ["by", "over"].contains(operands[$0].text.lowercased()) }
    if operands.contains(where: { $0.text.lowercased() == "where" }) { return [] }
    guard let by = links.first else {
      let aggregates = items(operands[...], callsCount: true)
      let isCalled = operands.contains { $0.kind == .leftParen } || aggregates.hasSuffix("count()")
      return isCalled ? [aggregates] : ["count() by \(items(operands[...]))", "count() by \(written)"]
    }
    // `count over a by b`, `summarise(n = n(), .by = a)`
    let keys = zip(links, links.dropFirst() + [operands.count]).compactMap { lower, upper in
      var part = operands[(lower + 1)..<upper]
      if part.first?.kind == .assign { part = part.dropFirst() }
      return part.isEmpty ? nil : items(part)
    }
    var heads = operands[..<by]
    while let last = heads.last, [.dot, .comma].contains(last.kind) { heads = heads.dropLast() }
    let aggregates = items(heads, callsCount: true)
    return [(aggregates.isEmpty ? "count()" : aggregates) + " by " + keys.joined(separator: ", ")]
  }

  /// The operands between commas, with `value as name` turned round.
  private func items(_ operands: ArraySlice<Token>, callsCount: Bool = false) -> String {
    split(operands).filter { !$0.isEmpty }.map { item in
      var item = item
      var name = ""
      if item.count > 2, let last = item.last, last.kind == .word, item[item.endIndex - 2].text.lowercased() == "as" {
        name = last.text + " = "
        item = item.dropLast(2)
      }
      let value = item.count == 1 && item.first?.kind == .string ? column(item) : rewritten(item)
      return name + (callsCount && value.lowercased() == "count" ? "count()" : value)
    }.joined(separator: ", ")
  }

  /// The parts between commas outside brackets, or between blanks where two values meet.
  private func split(_ operands: ArraySlice<Token>) -> [ArraySlice<Token>] {
    var parts: [ArraySlice<Token>] = []
    var start = operands.startIndex
    var brackets = 0
    for place in operands.indices {
      let token = operands[place]
      switch token.kind {
      case .leftParen: brackets += 1
      case .rightParen: brackets -= 1
      case .comma where brackets == 0:
        parts.append(operands[start..<place])
        start = place + 1
      case .word where brackets == 0 && place > start && meets(operands[place - 1], token):
        parts.append(operands[start..<place])
        start = place
      default: break
      }
    }
    parts.append(operands[start...])
    return parts
  }

  /// Whether a value ends before a word that begins another: `dc(a) values(b)`, `a b`.
  private func meets(_ last: Token, _ next: Token) -> Bool {
    let links = ["as", "by", "over", "and", "or", "in", "desc", "asc", "descending", "ascending", "between"]
    guard last.kind == .rightParen || last.kind == .word && !links.contains(last.text.lowercased()) else { return false }
    return last.upper < next.lower && !links.contains(next.text.lowercased()) && ReservedWords.stringOperators[next.text] == nil
      && ReservedWords.stringOperators[last.text] == nil && ReservedWords.membershipOperators[next.text] == nil && next.text.lowercased() != "matches"
      && last.text.lowercased() != "not"
  }

  /// A column whose name is in quotes.
  private func column(_ item: ArraySlice<Token>) -> String {
    let name = text(in: item.first?.span ?? token.span).filter { $0 != "\"" && $0 != "'" }
    return Alphabet.isName(name) ? KQLName.inQuery(name) : rewritten(item)
  }

  /// What to write for `sort -started`, `sort started desc` and `sort desc by started`.
  var sortHint: String {
    var ahead = self
    var direction = ""
    if ahead.at(.minus) { direction = " desc" }
    if ahead.atWord("desc") || ahead.atWord("asc") { direction = ahead.atWord("asc") ? " asc" : " desc" }
    while ahead.at(.minus) || ahead.at(.plus) || ahead.atWord("desc") || ahead.atWord("asc") || ahead.atWord("by") || ahead.atWord("on") { ahead.advance() }
    guard ahead.at(.word) else { return "write `sort by column`" }
    // `sort -r` and `sort -n` of other shells.
    if ahead.index == index + 1, at(.minus), ahead.token.text.count == 1, ahead.token(after: 1).kind == .end || ahead.token(after: 1).kind == .pipe {
      return "write `sort by column\(ahead.token.text == "r" ? " desc" : " asc")`"
    }
    let column = ahead.advance().text
    for word in ["asc", "desc"] where ahead.atWord(word) { direction = " " + word }
    return "write `sort by \(column)\(direction)`"
  }
}
