/// A search as Lucene, Kibana and Splunk write it, in KQL: `status:failed AND duration:[300 TO 600]`, `status=failed host=a*`.
///
/// Texts that it does not understand in full have no translation.
struct SearchTranslation {
  private var reader: TextReader
  private var depth = 0

  /// - Parameter lower: the first byte of the search, which ends at the next `|` or `;` outside quotes.
  init(_ bytes: [UInt8], from lower: Int) { reader = TextReader(bytes, from: lower) }

  /// The condition in KQL; nil if a part of it has no counterpart here.
  var condition: String? {
    var copy = self
    guard let text = copy.alternatives() else { return nil }
    copy.reader.skipBlanks()
    return copy.reader.isAtEnd && !parse("t | where " + text).hasErrors ? text : nil
  }

  private mutating func alternatives() -> String? {
    guard var text = conjunction() else { return nil }
    while reader.skipWord("OR") || reader.skip("||") {
      guard let next = conjunction() else { return nil }
      text += " or " + next
    }
    return text
  }

  private mutating func conjunction() -> String? {
    guard var text = negation() else { return nil }
    while true {
      reader.skipBlanks()
      if reader.isAtEnd || reader.isAt(")") || reader.isAtWord("OR") || reader.isAt("||") { return text }
      _ = reader.skipWord("AND") || reader.skip("&&")
      guard let next = negation() else { return nil }
      text += " and " + next
    }
  }

  private mutating func negation() -> String? {
    depth += 1
    defer { depth -= 1 }
    guard depth < 20 else { return nil }
    if reader.skipWord("NOT") || reader.skip("-") || reader.skip("!") {
      guard let inner = negation() else { return nil }
      return "not(\(inner))"
    }
    _ = reader.skip("+")
    if reader.skip("(") {
      guard let inner = alternatives(), reader.skip(")") else { return nil }
      return "(\(inner))"
    }
    return term()
  }

  private mutating func term() -> String? {
    reader.skipBlanks()
    if let text = reader.quoted() { return "* has \(text)" }
    guard let word = reader.word(of: { $0.isNameByte || $0 == UInt8(ascii: "@") || $0 == .fullStop }) else { return nil }
    for sign in [":>=", ":<=", ":>", ":<", "!=", ">=", "<=", "==", ">", "<", ":", "="] where sign.hasPrefix(":") ? reader.skipTight(sign) : reader.skip(sign) {
      return test(of: word, String(sign.filter { $0 != ":" }))
    }
    return "* has \"\(word)\""
  }

  private mutating func test(of field: String, _ sign: String) -> String? {
    if field == "_exists_", let name = reader.word(of: \.isNameByte) { return "isnotempty(\(KQLName.inQuery(name)))" }
    let name = KQLName.inQuery(field)
    let comparison = sign.isEmpty || sign == "=" ? "==" : sign
    if comparison == "==", reader.skipTight("[") {
      guard let low = reader.value(), reader.skipWord("TO"), let high = reader.value(), reader.skip("]") else { return nil }
      return "\(name) between (\(low.literal) .. \(high.literal))"
    }
    if comparison == "==", reader.skipTight("(") {
      var values: [String] = []
      repeat {
        guard let value = reader.value(), !value.isPattern else { return nil }
        values.append(value.literal)
      } while reader.skipWord("OR")
      return reader.skip(")") ? "\(name) in (\(values.joined(separator: ", ")))" : nil
    }
    if comparison == "==", reader.skipTight("/") {
      guard let pattern = reader.word(of: { $0 != .slash && $0 != .quote && $0 != .backslash && $0 != .newline }), reader.skipTight("/") else { return nil }
      return "\(name) matches regex \"\(pattern)\""
    }
    guard let value = reader.value() else { return nil }
    let isNegated = comparison == "!="
    // Splunk's limits of time, whose column only the user knows.
    if field.lowercased() == "earliest" || field.lowercased() == "latest" {
      let sign = field.lowercased() == "earliest" ? ">" : "<"
      let span = value.text.drop { $0 == "-" }.prefix { $0 != "@" }
      if value.text == "now" { return "t \(sign)= now()" }
      return value.text.hasPrefix("-") && ScalarText.isNumber(String(span)) ? "t \(sign) ago(\(span))" : nil
    }
    if value.text == "*" { return isNegated ? "isempty(\(name))" : "isnotempty(\(name))" }
    guard value.isPattern else { return "\(name) \(comparison) \(value.literal)" }
    guard comparison == "==" || isNegated else { return nil }
    let core = value.text.filter { $0 != "*" }
    let isInside = value.text.dropFirst().dropLast().contains("*")
    let word = value.text.hasPrefix("*") ? value.text.hasSuffix("*") ? "contains" : "endswith" : "startswith"
    return isInside || core.isEmpty || !isNegated && value.text.contains("?") ? nil : "\(name) \(isNegated ? "!" : "")\(word) \"\(core)\""
  }
}

/// A selector and filters of LogQL or PromQL in KQL: `{status="failed", source=~"a|b"} |= "timeout"`.
struct LabelTranslation {
  private var reader: TextReader

  /// - Parameter lower: the byte of `{`, or of the first filter.
  init(_ bytes: [UInt8], from lower: Int) { reader = TextReader(bytes, from: lower, endsAtPipe: false) }

  /// The condition in KQL; nil if a part of it has no counterpart here.
  var query: String? {
    var copy = self
    return copy.translated()
  }

  private mutating func translated() -> String? {
    var tests: [String] = []
    if reader.skip("{") {
      while !reader.skip("}") {
        reader.skipBlanks()
        guard let name = reader.word(of: \.isNameByte).map(KQLName.inQuery) else { return nil }
        guard let sign = ["=~", "!~", "!=", "="].first(where: { reader.skip($0) }), let text = reader.quotedAfterBlanks() else { return nil }
        switch sign {
        case "=~": tests.append("\(name) matches regex \(text)")
        case "!~": tests.append("not(\(name) matches regex \(text))")
        case "!=": tests.append("\(name) != \(text)")
        default: tests.append("\(name) == \(text)")
        }
        _ = reader.skip(",")
      }
    }
    while let sign = ["|=", "!=", "|~", "!~"].first(where: { reader.skip($0) }) {
      guard let text = reader.quotedAfterBlanks() else { return nil }
      switch sign {
      case "|=": tests.append("* contains \(text)")
      case "!=": tests.append("not(* contains \(text))")
      case "|~": tests.append("* matches regex \(text)")
      default: tests.append("not(* matches regex \(text))")
      }
    }
    let text = tests.joined(separator: " and ")
    return tests.isEmpty || parse("t | where " + text).hasErrors ? nil : text
  }
}

/// Reads a text of another language byte by byte.
private struct TextReader {
  private let bytes: ArraySlice<UInt8>
  private var place: Int

  /// - Parameter endsAtPipe: whether the text ends at a `|` outside quotes.
  init(_ bytes: [UInt8], from lower: Int, endsAtPipe: Bool = true) {
    let lower = min(max(0, lower), bytes.count)
    var upper = lower
    var quote: UInt8?
    while upper < min(bytes.count, lower + 2000) {
      let byte = bytes[upper]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == .quote || byte == .apostrophe {
        quote = byte
      } else if byte == .semicolon || byte == .newline || endsAtPipe && byte == .bar && (upper + 1 >= bytes.count || bytes[upper + 1] != .bar) {
        break
      }
      upper += 1
    }
    self.bytes = bytes[lower..<upper]
    place = lower
  }

  var isAtEnd: Bool { place >= bytes.endIndex }

  mutating func skipBlanks() { while place < bytes.endIndex, bytes[place] == .space || bytes[place] == .tab { place += 1 } }

  func isAt(_ text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

  /// Whether the word is here, in any case of letters, and ends here.
  func isAtWord(_ word: String) -> Bool {
    let end = place + word.utf8.count
    guard end <= bytes.endIndex, String(decoding: bytes[place..<end], as: UTF8.self).uppercased() == word else { return false }
    return end == bytes.endIndex || !bytes[end].isNameByte && bytes[end] != .colon && bytes[end] != .equalSign
  }

  mutating func skip(_ text: String) -> Bool {
    skipBlanks()
    return skipTight(text)
  }

  /// Skips what is just here, without blanks before it.
  mutating func skipTight(_ text: String) -> Bool {
    guard isAt(text) else { return false }
    place += text.utf8.count
    return true
  }

  mutating func skipWord(_ word: String) -> Bool {
    skipBlanks()
    guard isAtWord(word) else { return false }
    place += word.utf8.count
    return true
  }

  mutating func word(of isPart: (UInt8) -> Bool) -> String? {
    let start = place
    while place < bytes.endIndex, isPart(bytes[place]) { place += 1 }
    return start == place ? nil : String(decoding: bytes[start..<place], as: UTF8.self)
  }

  /// A text in quotes, as KQL writes it.
  mutating func quoted() -> String? {
    guard place < bytes.endIndex, bytes[place] == .quote || bytes[place] == .apostrophe || bytes[place] == .backtick else { return nil }
    let quote = bytes[place]
    guard let end = bytes[(place + 1)...].firstIndex(of: quote) else { return nil }
    let inner = String(decoding: bytes[(place + 1)..<end], as: UTF8.self)
    guard !inner.contains("\"") else { return nil }
    place = end + 1
    return inner.contains("\\") ? "@\"\(inner)\"" : "\"\(inner)\""
  }

  mutating func quotedAfterBlanks() -> String? {
    skipBlanks()
    return quoted()
  }

  struct Value {
    let text: String
    /// As KQL writes it.
    let literal: String
    var isPattern: Bool { literal.hasPrefix("\"") && text.contains("*") }
  }

  /// A value: a text in quotes, a number, a timespan, or a word.
  mutating func value() -> Value? {
    skipBlanks()
    if let text = quoted() { return Value(text: "", literal: text) }
    guard let text = word(of: { $0 > .space && $0 != .closeParenthesis && $0 != .closeBracket && $0 != .quote && $0 != .comma && $0 != .backslash }) else { return nil }
    let isNumber = text.first.map { $0.isNumber } == true && ScalarText.isNumber(text)
    return Value(text: text, literal: isNumber ? text : "\"\(text)\"")
  }
}

/// What a word of a search is.
private enum ScalarText {
  /// Whether KQL reads it as a number or a timespan.
  static func isNumber(_ text: String) -> Bool {
    let tokens = Lexer(text).tokens
    return tokens.count == 2 && [.long, .real, .timespan].contains(tokens[0].kind)
  }
}

extension UInt8 {
  /// Whether it is a letter, a digit or an underscore.
  fileprivate var isNameByte: Bool { Alphabet.continuesWord(self) }
}
