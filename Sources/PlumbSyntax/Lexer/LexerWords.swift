import PlumbDiagnostics

/// Words, numbers and typed literals such as `datetime(2024-01-31)`.
extension Lexer {
  mutating func scanWord() {
    let start = offset
    offset += 1
    skipWordCharacters()
    // `in~` is one word.
    if offset - start == 2, byte(at: offset) == UInt8(ascii: "~"), bytes[start] == UInt8(ascii: "i"),
      bytes[start + 1] == UInt8(ascii: "n"), !isFence(at: offset)
    {
      offset += 1
    }
    let word = text(start, offset)
    if TypedLiteralKeyword.types[word] != nil, scanTypedLiteral(from: start, word) { return }
    append(.word, from: start, text: word)
  }

  mutating func skipWordCharacters() {
    while offset < bytes.count {
      if Alphabet.continuesWord(bytes[offset]) {
        offset += 1
      } else if bytes[offset] >= 0x80, let (scalar, length) = decodeScalar(at: offset),
        scalar.properties.isAlphabetic
      {
        offset += length
      } else {
        return
      }
    }
  }

  /// The bracketed part of `datetime(...)`: anything up to the first `)` outside quotes.
  mutating func scanTypedLiteral(from start: Int, _ word: String) -> Bool {
    var end = offset
    while byte(at: end) == .space || byte(at: end) == .tab { end += 1 }
    guard byte(at: end) == UInt8(ascii: "(") else { return false }
    end += 1
    let limit = min(bytes.count, end + 512)
    var quote: UInt8 = 0
    while end < limit {
      let byte = bytes[end]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if isQuote(byte) {
        quote = byte
      } else if byte == UInt8(ascii: ")") {
        offset = end + 1
        append(.typedLiteral, from: start, text: word)
        return true
      } else if byte == UInt8(ascii: ";") || byte == UInt8(ascii: "|") {
        break
      }
      end += 1
    }
    report(
      "unclosed-bracket", "this `\(word)(` is not closed", start, offset, help: "close it with `)`")
    offset = min(end, bytes.count)
    append(.unknown, from: start)
    return true
  }

  mutating func scanNumber() {
    let start = offset
    if bytes[start] == UInt8(ascii: "0"), byte(at: start + 1) | 0x20 == UInt8(ascii: "x"),
      Alphabet.hexValue(byte(at: start + 2)) != nil
    {
      offset += 2
      while Alphabet.hexValue(byte(at: offset)) != nil { offset += 1 }
      if !Alphabet.continuesWord(byte(at: offset)) {
        append(.long, from: start, text: text(start, offset))
        return
      }
    }
    offset = start
    skipDigits()
    var kind = Token.Kind.long
    if byte(at: offset) == UInt8(ascii: "."), byte(at: offset + 1) != UInt8(ascii: "."),
      !Alphabet.startsWord(byte(at: offset + 1))
    {
      kind = .real
      offset += 1
      skipDigits()
    }
    let numberEnd = offset
    skipWordCharacters()
    let suffix = text(numberEnd, offset)
    if suffix.isEmpty {
      append(kind, from: start, text: text(start, offset))
    } else if TimespanSuffix.units[suffix] != nil {
      append(.timespan, from: start, text: text(start, offset))
    } else if let end = exponentEnd(at: numberEnd) {
      offset = end
      append(.real, from: start, text: text(start, offset))
    } else if kind == .long {
      append(.word, from: start, text: text(start, offset))
    } else {
      report(
        "malformed-number", "`\(text(start, offset))` is not a number", start, offset,
        help: "a timespan ends in one of d, h, m, s, ms, microsecond, tick")
      append(.unknown, from: start)
    }
  }

  mutating func skipDigits() {
    while Alphabet.isDigit(byte(at: offset)) { offset += 1 }
  }

  /// Where `e+5` ends, if it is at `start` and no letter follows.
  func exponentEnd(at start: Int) -> Int? {
    guard byte(at: start) | 0x20 == UInt8(ascii: "e") else { return nil }
    var end = start + 1
    if byte(at: end) == UInt8(ascii: "+") || byte(at: end) == UInt8(ascii: "-") { end += 1 }
    guard Alphabet.isDigit(byte(at: end)) else { return nil }
    while Alphabet.isDigit(byte(at: end)) { end += 1 }
    return Alphabet.continuesWord(byte(at: end)) ? nil : end
  }
}
