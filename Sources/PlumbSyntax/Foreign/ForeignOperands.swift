import PlumbDiagnostics

/// What follows a word of another language, so that its advice shows the user's own columns, numbers and texts.
struct ForeignOperands {
  private var names: [String] = []
  /// Columns after `by`, `over` and the like.
  private var keys: [String] = []
  /// Calls such as `avg(duration)`.
  private var calls: [String] = []
  private var number: String?
  private var span: String?
  /// Texts in quotes, as KQL writes them.
  private var texts: [String] = []
  /// The value of an option `value=`.
  private var value: String?

  /// No operands: the advice is as it is written.
  init() {}

  init(names: [String]) { self.names = names }

  private static let links: Set<String> = [
    "by", "on", "over", "as", "with", "in", "to", "from", "asc", "desc", "using", "limit", "and", "or", "ascending", "descending", "field",
    "of", "false", "true", "output", "outputnew", "per", "where", "left_on", "right_on", "key", "subset", "columns", "inplace", "search",
  ]

  /// - Parameter quotesNames: whether a text in quotes can be a column, as in pandas.
  init(_ tokens: ArraySlice<Token>, in parser: Parser, quotesNames: Bool = false) {
    var place = tokens.startIndex
    var isAfterBy = false
    func token(_ distance: Int) -> Token? { place + distance < tokens.endIndex ? tokens[place + distance] : nil }
    func add(_ name: String, _ target: inout ForeignOperands) {
      if isAfterBy { target.keys.append(KQLName.inQuery(name)) } else { target.names.append(KQLName.inQuery(name)) }
    }
    while let now = token(0) {
      defer { place += 1 }
      switch now.kind {
      case .word:
        let lower = now.text.lowercased()
        if token(1)?.kind == .leftParen, token(1)?.lower == now.upper, !Self.links.contains(lower) {
          let start = place
          var depth = 0
          while let next = token(1) {
            place += 1
            if next.kind == .leftParen { depth += 1 }
            if next.kind == .rightParen { depth -= 1 }
            if depth == 0 { break }
          }
          calls.append(parser.rewritten(tokens[start...min(place, tokens.endIndex - 1)]))
        } else if token(1)?.kind == .assign {
          // An option: only some name a column.
          guard Self.links.contains(lower), token(2)?.kind == .word || token(2)?.kind == .string && quotesNames else {
            if let value = token(2), value.kind == .long || value.kind == .timespan { note(value, in: parser) }
            if lower == "value", let given = token(2), given.kind == .long || given.kind == .string { value = parser.text(in: given.span) }
            place += 2
            continue
          }
          place += 1
        } else if Self.links.contains(lower) {
          isAfterBy = isAfterBy || lower == "by" || lower == "over"
          // The new name of `avg(a) as b`.
          if lower == "as", !calls.isEmpty { place += 1 }
        } else if lower.hasPrefix("$") {
          // An operator of MongoDB.
        } else if lower == "count", !quotesNames {
          calls.append("count()")
        } else {
          add(now.text, &self)
        }
      case .string:
        let inner = String(parser.text(in: now.span).dropFirst().dropLast())
        if quotesNames, Alphabet.isName(inner) { add(inner, &self) }
        texts.append(inner.contains("\\") && !inner.contains("\"") ? "@\"\(inner)\"" : "\"\(inner.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"")
      // `-n`, `-i`
      case .minus where token(1)?.kind == .word && token(1)?.lower == now.upper && (token(1)?.text.count ?? 0) <= 2: place += 1
      default: note(now, in: parser)
      }
    }
  }

  private mutating func note(_ token: Token, in parser: Parser) {
    if token.kind == .long, number == nil { number = parser.text(in: token.span) }
    if token.kind == .timespan, span == nil { span = parser.text(in: token.span) }
  }

  /// The example with the operands in the places of its own.
  func filling(_ kql: String) -> String {
    let isOverTime = kql.contains("by bin(t")
    var names = names + (isOverTime || !calls.isEmpty && !kql.contains("count()") ? [] : keys)
    if kql.hasPrefix("extend code = extract("), let pattern = texts.first { return Self.extraction(pattern, of: names.first) }
    let others = kql.contains("other")
    var text = kql
    if others, !names.isEmpty { text = Self.replacing("other", with: names.removeFirst(), in: text) }
    if !names.isEmpty {
      if isOverTime {
        text = text.replacing("bin(t", with: "bin(\(names[0])")
      } else if text.contains("a, b") {
        text = text.replacing("a, b", with: names.joined(separator: ", "))
      } else {
        text = Self.replacing("a", with: names[0], in: text)
        if names.count > 1 { text = Self.replacing("b", with: names[1], in: text) }
      }
    }
    if let number, number != "0" { for example in ["10", "5"] { text = Self.replacing(example, with: number, in: text) } }
    if let span { text = Self.replacing("1h", with: span, in: text) }
    if texts.count > 1 { text = text.replacing("\"old\", \"new\"", with: "\(texts[0]), \(texts[1])") }
    if let value { text = text.replacing(", 0)", with: ", \(value))") }
    if let written = texts.first ?? names.first.map({ "\"\($0)\"" }) { text = text.replacing("\"x\"", with: written) }
    if !calls.isEmpty { text = text.replacing("count()", with: calls.joined(separator: ", ")) }
    if isOverTime, !keys.isEmpty, let end = text.range(of: ")", after: "by bin(") {
      text.replaceSubrange(end, with: "), " + keys.joined(separator: ", "))
    }
    return text
  }

  /// A pattern with a group that has a name, as `rex` takes it.
  private static func extraction(_ pattern: String, of column: String?) -> String {
    var name = "code"
    if let start = pattern.ranges(of: "(?<").first ?? pattern.ranges(of: "(?P<").first, let end = pattern[start.upperBound...].firstIndex(of: ">") {
      let group = String(pattern[start.upperBound..<end])
      if Alphabet.isName(group) { name = group }
    }
    let isPattern = pattern.contains("(") && !pattern.contains("%{")
    return "extend \(name) = extract(\(isPattern ? pattern : "@\"code=(\\d+)\""), 1, \(column ?? "text"))"
  }

  /// The text with a word of it replaced wherever it is a word of its own.
  private static func replacing(_ word: String, with other: String, in text: String) -> String {
    var result = ""
    var current = ""
    func flushed() -> String { current == word ? other : current }
    for character in text {
      if character.isLetter || character.isNumber || character == "_" {
        current.append(character)
      } else {
        result += flushed()
        current = ""
        result.append(character)
      }
    }
    return result + flushed()
  }
}

extension String {
  /// The first `text` after `start`.
  fileprivate func range(of text: Character, after start: String) -> Range<String.Index>? {
    guard let lead = ranges(of: start).first, let place = self[lead.upperBound...].firstIndex(of: text) else { return nil }
    return place..<index(after: place)
  }
}
