import PlumbDiagnostics

/// Literal values in the text.
extension Parser {
  var atLiteral: Bool {
    switch token.kind {
    case .long, .real, .timespan, .string, .typedLiteral: true
    case .word:
      ReservedWords.booleans[token.text] != nil
        || (token.text == "dynamic" || token.text == "typeof") && token(after: 1).kind == .leftParen
    default: false
    }
  }

  mutating func parseLiteral() throws(SyntaxFailure) -> LiteralSyntax {
    let start = index
    height = 1
    tallest = max(tallest, 1)
    let value: LiteralValue
    switch token.kind {
    case .long: value = .long(readLong(advance()))
    case .real: value = .real(readReal(advance()))
    case .timespan: value = readTimespan(advance())
    case .typedLiteral: value = readTypedLiteral(advance())
    case .string: return try parseStringLiteral()
    case .word where atWord("dynamic"):
      value = .dynamic(try parseDynamic())
    case .word where atWord("typeof"):
      let isSchema = token(after: 2).kind == .star || token(after: 2 + nameLength(after: 2)).kind == .colon
      if isSchema {
        advance()
        value = .schemaOf(try parseSchema())
      } else {
        value = .typeOf(try parseTypeOf())
      }
    case .word where ReservedWords.booleans[token.text] != nil:
      value = .bool(ReservedWords.booleans[advance().text] ?? false)
    default:
      throw unexpected("a value")
    }
    return LiteralSyntax(value: value, span: span(from: start))
  }

  /// Adjacent strings are one string.
  mutating func parseStringLiteral() throws(SyntaxFailure) -> LiteralSyntax {
    let start = index
    guard at(.string) else { throw unexpected("a string") }
    var text = ""
    var isHidden = false
    while at(.string) {
      let piece = readString(advance())
      text += piece.text
      isHidden = isHidden || piece.isHidden
    }
    return LiteralSyntax(value: .string(text, isHidden: isHidden), span: span(from: start))
  }

  // MARK: Numbers

  private mutating func readLong(_ token: Token) -> Int64 {
    let digits = token.text.hasPrefix("0x") || token.text.hasPrefix("0X") ? token.text.dropFirst(2) : nil
    if let value = digits.map({ Int64($0, radix: 16) }) ?? Int64(token.text) { return value }
    if isNegatedMinimum(token) { return .min }
    report(
      Diagnostic(
        "number-too-large", "`\(shortened(token.text))` is too large for a long", at: token.span,
        help: "use `decimal(...)` or `real(...)` for more digits"))
    return 0
  }

  /// The most negative long has no positive counterpart; `parseUnary` includes the sign.
  func isNegatedMinimum(_ token: Token) -> Bool {
    token.text == "9223372036854775808" && index >= 2 && self.token(before: 2).kind == .minus
  }

  private mutating func readReal(_ token: Token) -> Double {
    let text = token.text.hasSuffix(".") ? token.text + "0" : token.text
    if let value = Double(text), value.isFinite { return value }
    report(
      Diagnostic(
        "number-too-large", "`\(shortened(token.text))` is too large for a real", at: token.span))
    return 0
  }

  private func readTimespan(_ token: Token) -> LiteralValue {
    var number = token.text
    var suffix = ""
    while let last = number.unicodeScalars.last, !("0"..."9" ~= last), last != "." {
      suffix = String(last) + suffix
      number.unicodeScalars.removeLast()
    }
    return .timespan(number: number, unit: TimespanSuffix.units[suffix] ?? .tick)
  }

  private func shortened(_ text: String) -> String {
    text.utf8.count <= 30 ? text : "\(text.prefix(27))…"
  }

  /// The text in the brackets, without white space and quotes around it.
  private func readTypedLiteral(_ token: Token) -> LiteralValue {
    let type = TypedLiteralKeyword.types[token.text] ?? .string
    var lower = token.lower
    while lower < token.upper, bytes[lower] != UInt8(ascii: "(") { lower += 1 }
    lower += 1
    var upper = max(lower, token.upper - 1)
    func trim() {
      while lower < upper, bytes[lower] <= 0x20 { lower += 1 }
      while upper > lower, bytes[upper - 1] <= 0x20 { upper -= 1 }
    }
    trim()
    if upper - lower >= 2, bytes[lower] == bytes[upper - 1],
      bytes[lower] == UInt8(ascii: "\"") || bytes[lower] == UInt8(ascii: "'")
    {
      lower += 1
      upper -= 1
      trim()
    }
    let span = SourceSpan(lower, upper, in: token.source)
    return .typed(type, text: text(in: span), textSpan: span)
  }

  // MARK: Dynamic

  /// `dynamic(...)`
  private mutating func parseDynamic() throws(SyntaxFailure) -> DynamicSyntax {
    advance()
    let nesting = try enter(.leftParen)
    let value = try parseDynamicValue()
    try leave(nesting)
    return value
  }

  mutating func parseDynamicValue() throws(SyntaxFailure) -> DynamicSyntax {
    let start = index
    if skipWord("null") { return .null(span(from: start)) }
    switch token.kind {
    case .leftBracket: return try parseDynamicArray()
    case .leftBrace: return try parseDynamicObject()
    case .minus:
      advance()
      guard at(.long) || at(.real) || at(.timespan) else { throw unexpected("a number after `-`") }
      return .scalar(LiteralSyntax(value: readDynamicNumber(isNegative: true), span: span(from: start)))
    case .long:
      return .scalar(LiteralSyntax(value: readDynamicNumber(isNegative: false), span: span(from: start)))
    case .string:
      let text = readString(advance()).text
      return .scalar(LiteralSyntax(value: .string(text, isHidden: false), span: span(from: start)))
    default:
      if atWord("dynamic"), token(after: 1).kind == .leftParen { return try parseDynamic() }
      guard atLiteral, !atWord("typeof") else {
        throw unexpected("a JSON value", help: "strings in dynamic(...) need double quotes")
      }
      return .scalar(try parseLiteral())
    }
  }

  /// JSON has one kind of number: a number too large for a long becomes a real.
  private mutating func readDynamicNumber(isNegative: Bool) -> LiteralValue {
    let token = advance()
    let text = (isNegative ? "-" : "") + token.text
    switch token.kind {
    case .timespan:
      if case .timespan(let number, let unit) = readTimespan(token) {
        return .timespan(number: (isNegative ? "-" : "") + number, unit: unit)
      }
      return .long(0)
    case .real:
      return .real(isNegative ? -readReal(token) : readReal(token))
    default:
      if let value = Int64(text) { return .long(value) }
      if let value = Double(text), value.isFinite, !text.utf8.contains(UInt8(ascii: "x")) {
        return .real(value)
      }
      return .long(readLong(token))
    }
  }

  private mutating func parseDynamicArray() throws(SyntaxFailure) -> DynamicSyntax {
    let start = index
    let nesting = try enter(.leftBracket)
    var values: [DynamicSyntax] = []
    if !isClosing(nesting) {
      repeat { values.append(try parseDynamicValue()) } while skip(.comma)
    }
    try leave(nesting)
    return .array(values, span(from: start))
  }

  private mutating func parseDynamicObject() throws(SyntaxFailure) -> DynamicSyntax {
    let start = index
    let nesting = try enter(.leftBrace)
    var properties: [DynamicPropertySyntax] = []
    if !isClosing(nesting) {
      repeat { properties.append(try parseDynamicProperty()) } while skip(.comma)
    }
    try leave(nesting)
    return .object(properties, span(from: start))
  }

  /// `"key": value`; a key that is a word needs no quotes.
  private mutating func parseDynamicProperty() throws(SyntaxFailure) -> DynamicPropertySyntax {
    guard at(.string) || at(.word) else { throw unexpected("a property's name in quotes") }
    let token = advance()
    let key = token.kind == .string ? readString(token).text : token.text
    try expect(.colon, ":", "after the property's name")
    return DynamicPropertySyntax(key: key, keySpan: token.span, value: try parseDynamicValue())
  }
}
