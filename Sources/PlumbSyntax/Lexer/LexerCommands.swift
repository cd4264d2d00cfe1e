/// Commands: where one begins, and the text that is left to it.
extension Lexer {
  /// Whether the dot here begins a command: where a statement begins, after `<|`, or at the beginning of a line.
  ///
  /// Property names may follow a dot at the beginning of a line as well, so that there only known commands count, and
  /// further in only after a command or an empty line.
  var startsCommand: Bool {
    guard Alphabet.startsWord(byte(at: offset + 1)) else { return false }
    guard let last = tokens.last else { return true }
    if last.kind == .semicolon, braceDepth == 0 { return true }
    if last.kind == .commandText || isAfterArrow { return true }
    guard last.upper <= lineStart else { return false }
    let isKnown = !CommandDeclaration.beginning(with: text(offset, commandNameEnd).lowercased()).isEmpty
    if offset == lineStart { return isKnown || isInCommand && depth == 0 }
    return isKnown && depth == 0 && (isInCommand || isBlank(from: last.upper, to: lineStart))
  }

  /// Whether the last tokens are `<|`.
  var isAfterArrow: Bool {
    guard let last = tokens.last, last.kind == .pipe, let before = tokens.dropLast().last else { return false }
    return before.kind == .less && before.upper == last.lower
  }

  /// Whether there is an empty line between two places, or nothing but white space on one line.
  func isBlank(from lower: Int, to upper: Int) -> Bool {
    var lineFeeds = 0
    var isBare = true
    for byte in bytes[min(lower, upper)..<upper] {
      if byte == UInt8(ascii: "\n") { lineFeeds += 1 } else if byte > UInt8(ascii: " ") { isBare = false }
    }
    return isBare && (lineFeeds > 1 || lower == lineStart && lineFeeds == 0)
  }

  private var commandNameEnd: Int {
    var end = offset + 1
    while Alphabet.continuesWord(byte(at: end)) || byte(at: end) == UInt8(ascii: "-") && Alphabet.startsWord(byte(at: end + 1)) {
      end += 1
    }
    return end
  }

  mutating func scanCommand() {
    let start = offset
    let isAfterArrow = isAfterArrow
    offset = commandNameEnd
    // What was left open before the line does not reach into it.
    if start == lineStart { (depth, braceDepth) = (0, 0) }
    let name = text(start, offset)
    append(.command, from: start, text: name)
    isInCommand = true
    let next = bytes[offset...].drop { $0 <= UInt8(ascii: " ") }.prefix(6)
    expectsRows = name.lowercased() == ".ingest" && next.map { $0 | 0x20 } == Array("inline".utf8)
    let known = CommandDeclaration.beginning(with: name.lowercased())
    if let line = known.first(where: \.isLine) {
      scanCommandText(of: line)
    } else if known.isEmpty, !isAfterArrow {
      scanCommandText(of: nil)
    } else if case .value(.path, _)? = known.first?.parts.parts.first {
      scanCommandPath()
    }
  }

  /// Whether the bracket here contains rows rather than the name of a table.
  var startsBracketedRows: Bool {
    guard expectsRows, depth == 1, let last = tokens.last else { return false }
    return last.kind != .dot && !(last.kind == .word && last.text.lowercased() == "table")
  }

  /// Rows up to an empty line, a line that ends with `;`, a command at the beginning of a line, or the end of the text.
  mutating func scanRows() {
    expectsRows = false
    skipSpaces()
    if byte(at: offset) == UInt8(ascii: "\n") {
      offset += 1
      lineStart = offset
    }
    let lower = offset
    var upper = offset
    var begin = offset
    while begin < bytes.count {
      let end = bytes[begin...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      guard let last = bytes[begin..<end].lastIndex(where: { $0 > UInt8(ascii: " ") }) else { break }
      if begin > lower, bytes[begin] == UInt8(ascii: "."), startsKnownCommand(at: begin) { break }
      if bytes[last] == UInt8(ascii: ";") {
        upper = last
        break
      }
      upper = last + 1
      begin = end + 1
    }
    while upper > lower, bytes[upper - 1] <= UInt8(ascii: " ") { upper -= 1 }
    offset = upper
    lineStart = bytes[lower..<upper].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? lineStart
    if upper > lower { tokens.append(Token(kind: .commandText, lower: lower, upper: upper, text: text(lower, upper), source: source)) }
  }

  private func startsKnownCommand(at place: Int) -> Bool {
    guard Alphabet.startsWord(byte(at: place + 1)) else { return false }
    var end = place + 1
    while Alphabet.continuesWord(byte(at: end)) || byte(at: end) == UInt8(ascii: "-") { end += 1 }
    return !CommandDeclaration.beginning(with: text(place, end).lowercased()).isEmpty
  }

  /// The rest of the line, up to a `;` or a comment; where the command takes any text, all of it.
  private mutating func scanCommandText(of declaration: CommandDeclaration?) {
    skipSpaces()
    let lower = offset
    let isFree = declaration?.takesAnyText(beginning: byte(at: lower)) ?? false
    var quote: UInt8 = 0
    var previous = UInt8(ascii: " ")
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") {
      let byte = bytes[offset]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if isFree {
        // Nothing ends it but the line.
      } else if isQuote(byte) {
        // An apostrophe inside a word is not a quote.
        if !Alphabet.continuesWord(previous) { quote = byte }
      } else if byte == UInt8(ascii: ";") {
        break
      } else if byte == UInt8(ascii: "/"), previous <= UInt8(ascii: " "), self.byte(at: offset + 1) == byte {
        break
      }
      previous = byte
      offset += 1
    }
    var upper = offset
    while upper > lower, bytes[upper - 1] <= UInt8(ascii: " ") { upper -= 1 }
    if upper > lower { tokens.append(Token(kind: .commandText, lower: lower, upper: upper, text: text(lower, upper), source: source)) }
  }

  /// A path without quotes, up to white space.
  private mutating func scanCommandPath() {
    skipSpaces()
    if isQuote(byte(at: offset)) { return }
    let lower = offset
    while offset < bytes.count, bytes[offset] > UInt8(ascii: " "), bytes[offset] != UInt8(ascii: ";") { offset += 1 }
    if offset > lower { append(.commandText, from: lower, text: text(lower, offset)) }
  }

  private mutating func skipSpaces() {
    while byte(at: offset) == UInt8(ascii: " ") || byte(at: offset) == UInt8(ascii: "\t") || byte(at: offset) == UInt8(ascii: "\r") {
      offset += 1
    }
  }
}

extension CommandDeclaration {
  /// Whether neither a `;` nor a comment ends its text, which is a remark or a program.
  fileprivate func takesAnyText(beginning byte: UInt8) -> Bool {
    var part = parts.parts.first
    if case .optional(let inner)? = part { part = inner.first }
    guard case .value(let place, _)? = part else { return false }
    return place == .text || place == .target && byte == UInt8(ascii: "|")
  }
}
