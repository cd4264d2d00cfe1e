import PlumbDiagnostics

/// The value of a string token: without quotes, escapes resolved.
extension Parser {
  mutating func readString(_ token: Token) -> (text: String, isHidden: Bool) {
    var lower = token.lower
    let isHidden = bytes[lower] | 0x20 == UInt8(ascii: "h")
    if isHidden { lower += 1 }
    let isVerbatim = lower < token.upper && bytes[lower] == UInt8(ascii: "@")
    if isVerbatim { lower += 1 }
    guard lower < token.upper else { return ("", isHidden) }
    let quote = bytes[lower]
    if quote == UInt8(ascii: "`") || quote == UInt8(ascii: "~") {
      return (fenced(lower, token.upper, quote), isHidden)
    }
    lower += 1
    let isClosed = token.upper > lower && bytes[token.upper - 1] == quote
    let content = bytes[lower..<max(lower, isClosed ? token.upper - 1 : token.upper)]
    if isVerbatim { return (verbatim(content, quote), isHidden) }
    if !content.contains(UInt8(ascii: "\\")) { return (String(decoding: content, as: UTF8.self), isHidden) }
    return (escaped(content), isHidden)
  }

  private func fenced(_ lower: Int, _ upper: Int, _ quote: UInt8) -> String {
    let start = min(lower + 3, upper)
    let isClosed = upper - start >= 3 && bytes[(upper - 3)..<upper].allSatisfy { $0 == quote }
    return String(decoding: bytes[start..<(isClosed ? upper - 3 : upper)], as: UTF8.self)
  }

  private func verbatim(_ content: ArraySlice<UInt8>, _ quote: UInt8) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(content.count)
    var isSecond = false
    for byte in content {
      isSecond = byte == quote && !isSecond
      if byte != quote || isSecond { result.append(byte) }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private mutating func escaped(_ content: ArraySlice<UInt8>) -> String {
    var result = String.UnicodeScalarView()
    var plain = content.startIndex
    var i = content.startIndex
    func flush(upTo end: Int) {
      result.append(contentsOf: String(decoding: content[plain..<end], as: UTF8.self).unicodeScalars)
    }
    while i < content.endIndex {
      guard content[i] == UInt8(ascii: "\\") else {
        i += 1
        continue
      }
      flush(upTo: i)
      let (scalar, end) = escape(at: i, in: content)
      if let scalar {
        result.append(scalar)
      } else {
        report(
          Diagnostic(
            "unknown-escape", "`\(text(in: SourceSpan(i, end, in: token.source)))` is not a KQL escape sequence",
            at: SourceSpan(i, end, in: token.source), help: "write a backslash as `\\\\`, or the string as @\"...\""))
      }
      i = end
      plain = end
    }
    flush(upTo: content.endIndex)
    return String(result)
  }

  /// The character that the escape at `start` means, and where the escape ends.
  private func escape(at start: Int, in content: ArraySlice<UInt8>) -> (Unicode.Scalar?, Int) {
    let next = start + 1
    guard next < content.endIndex else { return (nil, content.endIndex) }
    func simple(_ value: UInt32) -> (Unicode.Scalar?, Int) { (Unicode.Scalar(value), next + 1) }
    switch content[next] {
    case UInt8(ascii: "n"): return simple(10)
    case UInt8(ascii: "t"): return simple(9)
    case UInt8(ascii: "r"): return simple(13)
    case UInt8(ascii: "a"): return simple(7)
    case UInt8(ascii: "b"): return simple(8)
    case UInt8(ascii: "f"): return simple(12)
    case UInt8(ascii: "v"): return simple(11)
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "/"):
      return simple(UInt32(content[next]))
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      var value: UInt32 = 0
      var end = next
      while end < content.endIndex, end < next + 3, (0x30...0x37).contains(content[end]) {
        value = value * 8 + UInt32(content[end] - 0x30)
        end += 1
      }
      return (Unicode.Scalar(value), end)
    case UInt8(ascii: "x"): return hexadecimal(at: next + 1, digits: 2, in: content)
    case UInt8(ascii: "u"):
      let (first, end) = hexadecimal(at: next + 1, digits: 4, in: content)
      if first != nil { return (first, end) }
      return surrogates(at: start, in: content) ?? (nil, end)
    case UInt8(ascii: "U"): return hexadecimal(at: next + 1, digits: 8, in: content)
    default:
      var end = next + 1
      while end < content.endIndex, content[end] & 0xC0 == 0x80 { end += 1 }
      return (nil, end)
    }
  }

  private func hexadecimal(
    at start: Int, digits: Int, in content: ArraySlice<UInt8>
  ) -> (Unicode.Scalar?, Int) {
    guard let value = hexValue(at: start, digits: digits, in: content) else {
      return (nil, min(start, content.endIndex))
    }
    return (Unicode.Scalar(value), start + digits)
  }

  private func hexValue(at start: Int, digits: Int, in content: ArraySlice<UInt8>) -> UInt32? {
    guard start + digits <= content.endIndex else { return nil }
    var value: UInt32 = 0
    for byte in content[start..<(start + digits)] {
      guard let digit = Alphabet.hexValue(byte) else { return nil }
      value = value << 4 | digit
    }
    return value
  }

  /// `\uD83D\uDE00`: one character in two halves.
  private func surrogates(at start: Int, in content: ArraySlice<UInt8>) -> (Unicode.Scalar?, Int)? {
    let second = start + 6
    guard let high = hexValue(at: start + 2, digits: 4, in: content), (0xD800...0xDBFF).contains(high),
      second + 6 <= content.endIndex, content[second] == UInt8(ascii: "\\"),
      content[second + 1] == UInt8(ascii: "u"),
      let low = hexValue(at: second + 2, digits: 4, in: content), (0xDC00...0xDFFF).contains(low)
    else { return nil }
    return (Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)), second + 6)
  }
}
