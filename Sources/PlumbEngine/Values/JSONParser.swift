/// A recursive parser of JSON, bounded in depth, that writes the compact form as it goes.
struct JSONParser {
  private let text: Bytes
  private let lenient: Bool
  private let asEmitted: Bool
  var at = 0

  init(_ text: Bytes, lenient: Bool, asEmitted: Bool = false) {
    self.text = text
    self.lenient = lenient
    self.asEmitted = asEmitted
  }

  func failure(_ reason: String) -> JSONText.Failure { JSONText.Failure(position: at, reason: reason) }

  @inline(__always) mutating func skipSpace() {
    if at < text.count && text[at] > 0x20 { return }
    while at < text.count, text[at] == .space || text[at] == .newline || text[at] == .carriageReturn || text[at] == .tab { at &+= 1 }
  }

  mutating func value(depth: Int, to out: inout ByteBuffer) throws(JSONText.Failure) {
    skipSpace()
    guard at < text.count else { throw failure("a value is missing") }
    switch text[at] {
    case .openBrace: try object(depth: depth, to: &out)
    case .openBracket: try array(depth: depth, to: &out)
    case .quote: try string(to: &out)
    case .apostrophe where lenient: try string(to: &out)
    case .minus, 0x30...0x39: try number(to: &out)
    case UInt8(ascii: "t"):
      try word("true")
      out.append(true)
    case UInt8(ascii: "f"):
      try word("false")
      out.append(false)
    case UInt8(ascii: "n"):
      try word("null")
      out.appendNull()
    case UInt8(ascii: "N") where asEmitted:
      try word("NaN")
      out.appendReal(.nan)
    case UInt8(ascii: "I") where asEmitted:
      try word("Infinity")
      out.appendReal(.infinity)
    default: throw failure("this is not the start of a value")
    }
  }

  private mutating func word(_ word: StaticString) throws(JSONText.Failure) {
    let end = at &+ word.utf8CodeUnitCount
    guard text.part(from: at, to: end).equals(Bytes(start: word.utf8Start, count: word.utf8CodeUnitCount)) else {
      throw failure("this is not the start of a value")
    }
    at = end
  }

  private mutating func array(depth: Int, to out: inout ByteBuffer) throws(JSONText.Failure) {
    guard depth < DynamicBytes.depthLimit else { throw failure("values nest too deeply") }
    let mark = out.beginArray()
    at &+= 1
    skipSpace()
    var count = 0
    if at < text.count && text[at] == .closeBracket {
      at &+= 1
    } else {
      while true {
        try value(depth: depth &+ 1, to: &out)
        count &+= 1
        skipSpace()
        guard at < text.count else { throw failure("an array is not closed") }
        let byte = text[at]
        guard byte == .comma || byte == .closeBracket else { throw failure("an array must continue with `,` or `]`") }
        at &+= 1
        if byte == .closeBracket { break }
        if asEmitted {
          skipSpace()
          if at < text.count, text[at] == .closeBracket {
            at &+= 1
            break
          }
        }
      }
    }
    out.end(mark, count: count)
  }

  private mutating func object(depth: Int, to out: inout ByteBuffer) throws(JSONText.Failure) {
    guard depth < DynamicBytes.depthLimit else { throw failure("values nest too deeply") }
    let mark = out.beginObject()
    at &+= 1
    skipSpace()
    var count = 0
    if at < text.count && text[at] == .closeBrace {
      at &+= 1
    } else {
      while true {
        skipSpace()
        guard at < text.count, text[at] == .quote || (lenient && text[at] == .apostrophe) else {
          throw failure("a slot's name must be a quoted string")
        }
        try characters(to: &out)
        skipSpace()
        guard at < text.count, text[at] == .colon else { throw failure("expected `:` after a slot's name") }
        at &+= 1
        try value(depth: depth &+ 1, to: &out)
        count &+= 1
        skipSpace()
        guard at < text.count else { throw failure("an object is not closed") }
        let byte = text[at]
        guard byte == .comma || byte == .closeBrace else { throw failure("an object must continue with `,` or `}`") }
        at &+= 1
        if byte == .closeBrace { break }
        if asEmitted {
          skipSpace()
          if at < text.count, text[at] == .closeBrace {
            at &+= 1
            break
          }
        }
      }
    }
    out.end(mark, count: count)
    if count > 1 { JSONParser.keepLastOfEachKey(from: mark.offset, in: &out) }
  }

  /// Drops slots whose key occurs again later in the bag at the end of `out`.
  static func keepLastOfEachKey(from start: Int, in out: inout ByteBuffer) {
    let kept: ByteBuffer? = out.withBytes { all in
      let bag = DynamicCursor(all.part(from: start))
      guard hasRepeatedKey(bag) else { return nil }
      var last: [String: Int] = [:]
      var index = 0
      bag.forEachMember { key, _ in
        last[String(key)] = index
        index += 1
      }
      var rebuilt = ByteBuffer()
      let mark = rebuilt.beginObject()
      index = 0
      bag.forEachMember { key, value in
        if last[String(key)] == index {
          rebuilt.appendKey(key)
          rebuilt.append(value.bytes)
        }
        index += 1
      }
      rebuilt.end(mark, count: last.count)
      return rebuilt
    }
    if let kept {
      out.truncate(to: start)
      out.append(kept.bytes)
    }
  }

  private static func hasRepeatedKey(_ bag: DynamicCursor) -> Bool {
    if bag.count > 24 {
      var seen = Set<String>()
      var isRepeated = false
      bag.forEachMember { key, _ in if !seen.insert(String(key)).inserted { isRepeated = true } }
      return isRepeated
    }
    return withUnsafeTemporaryAllocation(of: Bytes.self, capacity: 24) { keys in
      var count = 0
      var isRepeated = false
      bag.forEachMember { key, _ in
        for i in 0..<count where keys[i].count == key.count && keys[i].equals(key) { isRepeated = true }
        keys.initializeElement(at: count, to: key)
        count &+= 1
      }
      return isRepeated
    }
  }

  private mutating func string(to out: inout ByteBuffer) throws(JSONText.Failure) {
    out.append(DynamicBytes.Tag.string.rawValue)
    try characters(to: &out)
  }

  /// Appends the size and the characters of the quoted string at `at`.
  private mutating func characters(to out: inout ByteBuffer) throws(JSONText.Failure) {
    let quote = text[at]
    at &+= 1
    let sizeAt = out.count
    out.append(littleEndian: 0 as UInt32)
    var from = at
    while true {
      // A local position stays in a register.
      var i = at
      while i < text.count && text[i] != quote && text[i] != .backslash { i &+= 1 }
      at = i
      guard at < text.count else { throw failure("a string is not closed") }
      out.append(text.part(from: from, to: at))
      if text[at] == quote { break }
      try escape(to: &out)
      from = at
    }
    at &+= 1
    out.patch(UInt32(truncatingIfNeeded: out.count &- sizeAt &- 4), at: sizeAt)
  }

  private mutating func escape(to out: inout ByteBuffer) throws(JSONText.Failure) {
    guard at &+ 1 < text.count else { throw failure("a string is not closed") }
    let byte = text[at &+ 1]
    at &+= 2
    switch byte {
    case .quote, .backslash, .slash: out.append(byte)
    case .apostrophe where lenient: out.append(byte)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "n"): out.append(.newline)
    case UInt8(ascii: "r"): out.append(.carriageReturn)
    case UInt8(ascii: "t"): out.append(.tab)
    case UInt8(ascii: "u"):
      guard let unit = codeUnit() else { throw failure("`\\u` needs four hexadecimal digits") }
      var code = unit
      if unit & 0xFC00 == 0xD800, at &+ 1 < text.count, text[at] == .backslash, text[at &+ 1] == UInt8(ascii: "u") {
        let before = at
        at &+= 2
        guard let second = codeUnit() else { throw failure("`\\u` needs four hexadecimal digits") }
        if second & 0xFC00 == 0xDC00 {
          code = 0x10000 &+ (unit & 0x3FF) &<< 10 &+ (second & 0x3FF)
        } else {
          at = before
        }
      }
      out.append(Unicode.Scalar(code) ?? "\u{FFFD}")
    default:
      at &-= 1
      throw failure("unknown escape sequence")
    }
  }

  private mutating func codeUnit() -> UInt32? {
    guard at &+ 4 <= text.count else { return nil }
    var unit: UInt32 = 0
    for i in 0..<4 {
      guard let value = text[at &+ i].hexValue else { return nil }
      unit = unit &<< 4 | UInt32(value)
    }
    at &+= 4
    return unit
  }

  private mutating func number(to out: inout ByteBuffer) throws(JSONText.Failure) {
    let start = at
    if text[at] == .minus { at &+= 1 }
    if asEmitted, at > start, at < text.count, text[at] == UInt8(ascii: "I") {
      try word("Infinity")
      return out.appendReal(-.infinity)
    }
    guard at < text.count, text[at].isDigit else { throw failure("a number needs a digit") }
    let hasZero = text[at] == .digitZero
    at &+= 1
    if hasZero, at < text.count, text[at].isDigit { throw failure("a number must not start with 0") }
    skipDigits()
    var isWhole = true
    if at < text.count && text[at] == .fullStop {
      isWhole = false
      at &+= 1
      guard at < text.count, text[at].isDigit else { throw failure("expected a digit after the point") }
      skipDigits()
    }
    if at < text.count && text[at] | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      at &+= 1
      if at < text.count, text[at] == .plus || text[at] == .minus { at &+= 1 }
      guard at < text.count, text[at].isDigit else { throw failure("an exponent needs a digit") }
      skipDigits()
    }
    let digits = text.part(from: start, to: at)
    if isWhole, let long = NumberText.parseInt64(digits) {
      out.appendLong(long)
    } else if isWhole, asEmitted {
      if digits.count <= 34, let exact = Decimal128.parse(digits) { out.appendDecimal(exact) } else { out.appendString(digits) }
    } else {
      out.appendReal(NumberText.parseDouble(digits) ?? .nan)
    }
  }

  private mutating func skipDigits() { while at < text.count && text[at].isDigit { at &+= 1 } }
}
