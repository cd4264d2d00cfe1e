/// Escapes, which begin with a backslash.
extension RegexTranslation {
  mutating func translateEscape() throws(RegularExpression.Failure) {
    guard at < source.count else { throw .init(sentence: "the pattern ends with a backslash") }
    let start = at - 1
    switch source[at] {
    case "A":
      at += 1
      writeEdges()
      pattern += "\\A"
    case "z":
      at += 1
      writeEnd("\\z")
    case "b", "B", "<", ">": try translateEdge()
    default:
      if let content = try parseClassEscape() {
        write(content)
      } else {
        writeLiteral(try parseCharacter(from: start))
      }
    }
  }

  private mutating func translateEdge() throws(RegularExpression.Failure) {
    let start = at - 1
    let sign = source[at]
    at += 1
    var kind = sign == "<" ? "start" : sign == ">" ? "end" : ""
    if sign == "b", at < source.count, source[at] == "{", repetitionEnd == nil {
      let end = source[at...].firstIndex(of: "}") ?? source.count
      kind = text(from: at + 1, to: end)
      at = Swift.min(end + 1, source.count)
    }
    if kind.isEmpty {
      if !flags.isUnicode || texts != .edged {
        if flags.isUnicode { hasEdges = true }
        writeEdges()
        if texts == .edged { throw .init(sentence: "edges of ASCII words and of other words cannot be in one pattern") }
        pattern += sign == "b" ? "\\b" : "\\B"
      } else {
        hasEdges = true
        require(sign == "b" ? [.start, .end] : [.inside, .outside])
      }
      return
    }
    hasOneSidedEdges = true
    switch kind {
    case "start": require([.start])
    case "end": require([.end])
    case "start-half": require([.start, .outside])
    case "end-half": require([.end, .outside])
    default:
      throw .init(
        sentence: "`\(text(from: start, to: at))` is not an edge of a word: write `\\b`, `\\b{start}`, `\\b{end}`, `\\b{start-half}` or `\\b{end-half}`")
    }
  }

  /// Where a count such as `{2}` at this place ends.
  private var repetitionEnd: Int? {
    var copy = self
    copy.at += 1
    return copy.repetition() == nil ? nil : copy.at
  }

  /// A class of a letter, such as `\d` or `\pL`, after its backslash; nil for anything else.
  mutating func parseClassEscape() throws(RegularExpression.Failure) -> ParsedClass? {
    let letter = source[at]
    let isASCII = texts == .ascii || !flags.isUnicode
    let content: CharacterClass
    switch letter {
    case "d", "D": content = isASCII ? .asciiDigits : .digits
    case "s", "S": content = isASCII ? .asciiSpace : .space
    case "w", "W": content = isASCII ? .asciiWord : .word
    case "p", "P": return try parseProperty()
    default: return nil
    }
    at += 1
    if flags.isUnicode { isSensitive = true }
    return ParsedClass(content: content, isNegated: letter.properties.isUppercase)
  }

  private mutating func parseProperty() throws(RegularExpression.Failure) -> ParsedClass {
    let start = at - 1
    var isNegated = source[at] == "P"
    at += 1
    guard at < source.count else { throw .init(sentence: "a letter or `{name}` is missing after `\(text(from: start, to: at))`") }
    var name = String(source[at])
    at += 1
    if name == "{" {
      let end = source[at...].firstIndex(of: "}") ?? source.count
      name = text(from: at, to: end)
      at = Swift.min(end + 1, source.count)
      if name.hasPrefix("^") {
        isNegated.toggle()
        name.removeFirst()
      }
    }
    guard let content = NamedClasses.named(name) else {
      throw .init(sentence: "`\(text(from: start, to: at))` is not a class of Unicode")
    }
    return ParsedClass(content: content, isNegated: isNegated)
  }

  /// The character of an escape such as `\n`, `\x41` or `\*`, after its backslash.
  mutating func parseCharacter(from start: Int) throws(RegularExpression.Failure) -> Unicode.Scalar {
    let letter = source[at]
    at += 1
    switch letter {
    case "a": return "\u{07}"
    case "f": return "\u{0C}"
    case "t": return "\t"
    case "n": return "\n"
    case "r": return "\r"
    case "v": return "\u{0B}"
    case "x": return try parseCode(from: start, digits: 2)
    case "u": return try parseCode(from: start, digits: 4)
    case "U": return try parseCode(from: start, digits: 8)
    case "0"..."9":
      var end = at
      while end < source.count, end - at < 2, ("0"..."7").contains(source[end]) { end += 1 }
      let digits = text(from: at - 1, to: end)
      guard letter == "0" || digits.count > 1, let value = UInt32(digits, radix: 8), let scalar = Unicode.Scalar(value) else {
        throw .init(sentence: "a pattern cannot refer to what a group matched, as `\(text(from: start, to: at))` does")
      }
      at = end
      return scalar
    default:
      if letter.isASCII, UInt8(truncatingIfNeeded: letter.value).isASCIILetter {
        throw .init(sentence: "`\\\(letter)` has no meaning in a pattern")
      }
      return letter
    }
  }

  private mutating func parseCode(from start: Int, digits: Int) throws(RegularExpression.Failure) -> Unicode.Scalar {
    var end = Swift.min(at + digits, source.count)
    var code = text(from: at, to: end)
    if at < source.count, source[at] == "{" {
      let close = source[at...].firstIndex(of: "}") ?? source.count
      code = text(from: at + 1, to: close)
      end = Swift.min(close + 1, source.count)
    } else if code.count < digits {
      code = ""
    }
    guard let value = UInt32(code, radix: 16), let scalar = Unicode.Scalar(value) else {
      throw .init(sentence: "`\(text(from: start, to: end))` is not a character")
    }
    at = end
    return scalar
  }
}
