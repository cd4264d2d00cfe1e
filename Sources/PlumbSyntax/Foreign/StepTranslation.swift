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
    guard let first = operands.first, let last = operands.last else { return nil }
    let written = text(in: SourceSpan.joining(first.span, last.span))
    let candidates =
      keyword == "summarize" ? summaries(operands, written)
      : keyword == "sort by" && first.kind == .minus ? ["\(written.dropFirst()) desc"]
      : keyword == "sort by" ? ["desc", "asc"].contains(last.text.lowercased()) ? [written] : [written + " asc"]
      : [items(operands[...]), written]
    return candidates.map { "\(keyword) \($0)" }.first { !parse("t | " + $0).hasErrors }
  }

  /// `count as n by source` and `source` alone as the operands of `summarize`.
  private func summaries(_ operands: [Token], _ written: String) -> [String] {
    let by = operands.firstIndex { $0.kind == .word && $0.text.lowercased() == "by" }
    let keys = by.map { $0 + 1 < operands.count ? " by " + items(operands[($0 + 1)...]) : "" } ?? ""
    let aggregates = items(operands[..<(by ?? operands.count)], callsCount: true)
    let isCalled = operands.contains { $0.kind == .leftParen } || aggregates.hasSuffix("count()")
    return isCalled ? [aggregates + keys] : by == nil ? ["count() by \(written)"] : []
  }

  /// The operands between commas, with `value as name` turned round.
  private func items(_ operands: ArraySlice<Token>, callsCount: Bool = false) -> String {
    var parts: [ArraySlice<Token>] = []
    var start = operands.startIndex
    var brackets = 0
    for place in operands.indices {
      switch operands[place].kind {
      case .leftParen: brackets += 1
      case .rightParen: brackets -= 1
      case .comma where brackets == 0:
        parts.append(operands[start..<place])
        start = place + 1
      default: break
      }
    }
    parts.append(operands[start...])
    return parts.map { item in
      var item = item
      var name = ""
      if item.count > 2, let last = item.last, last.kind == .word, item[item.endIndex - 2].text.lowercased() == "as" {
        name = last.text + " = "
        item = item.dropLast(2)
      }
      guard let first = item.first, let last = item.last else { return "" }
      let value = text(in: SourceSpan.joining(first.span, last.span))
      return name + (callsCount && value.lowercased() == "count" ? "count()" : value)
    }.joined(separator: ", ")
  }

  /// What to write for `sort -started`, `sort started desc` and `sort desc by started`.
  var sortHint: String {
    var ahead = self
    var direction = ""
    if ahead.at(.minus) { direction = " desc" }
    if ahead.atWord("desc") || ahead.atWord("asc") { direction = ahead.atWord("asc") ? " asc" : " desc" }
    while ahead.at(.minus) || ahead.at(.plus) || ahead.atWord("desc") || ahead.atWord("asc") || ahead.atWord("by") || ahead.atWord("on") { ahead.advance() }
    guard ahead.at(.word) else { return "write `sort by column`" }
    let column = ahead.advance().text
    for word in ["asc", "desc"] where ahead.atWord(word) { direction = " " + word }
    return "write `sort by \(column)\(direction)`"
  }
}
