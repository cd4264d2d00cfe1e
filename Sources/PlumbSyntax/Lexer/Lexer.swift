import PlumbDiagnostics

/// Splits a text into tokens in one pass; reports and skips invalid characters.
struct Lexer {
  let bytes: [UInt8]
  var tokens: [Token] = []
  var comments: [CommentSyntax] = []
  var diagnostics: [Diagnostic] = []
  var offset = 0
  var braceDepth = 0
  /// Brackets of all kinds that are open.
  var depth = 0
  var lineStart = 0
  /// Whether the last tokens belong to a command, which has neither a `;` nor an empty line after it.
  var isInCommand = false
  /// Whether a command is being read whose rows follow `<|` or a bracket.
  var expectsRows = false

  private let mistakeLimit: Int
  /// The text, as spans identify it.
  let source: SourceText

  init(_ text: String, as source: SourceText = .script, mistakeLimit: Int = Lexer.maximumDiagnostics) {
    self.source = source
    self.mistakeLimit = mistakeLimit
    bytes = Array(text.utf8)
    tokens.reserveCapacity(bytes.count / 4 + 4)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    while offset < bytes.count { scanToken() }
    append(.end, from: bytes.count)
  }

  static let maximumDiagnostics = 50
  /// The help for a `?` after which nothing follows.
  static let questionHelp = "leave out the `?`"

  func byte(at index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

  func text(_ lower: Int, _ upper: Int) -> String {
    String(decoding: bytes[lower..<max(lower, upper)], as: UTF8.self)
  }

  mutating func append(_ kind: Token.Kind, from lower: Int, text: String = "") {
    tokens.append(Token(kind: kind, lower: lower, upper: offset, text: text, source: source))
  }

  mutating func report(_ code: String, _ message: String, _ lower: Int, _ upper: Int, help: String?) {
    guard diagnostics.count < mistakeLimit else { return }
    diagnostics.append(Diagnostic(code, message, at: SourceSpan(lower, upper, in: source), help: help))
  }

  // MARK: Dispatch

  mutating func scanToken() {
    let start = offset
    let byte = bytes[start]
    switch byte {
    case UInt8(ascii: "\n"):
      if isBlank(from: lineStart, to: start) { isInCommand = false }
      offset += 1
      lineStart = offset
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x0B, 0x0C:
      offset += 1
    case UInt8(ascii: "/") where self.byte(at: start + 1) == UInt8(ascii: "/"):
      scanComment()
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      scanString(prefixLength: 0)
    case UInt8(ascii: "`"), UInt8(ascii: "~"):
      if isFence(at: start) { scanString(prefixLength: 0) } else { scanUnknown() }
    case UInt8(ascii: "@") where isQuote(self.byte(at: start + 1)):
      scanString(prefixLength: 1)
    case UInt8(ascii: "h"), UInt8(ascii: "H"):
      let next = self.byte(at: start + 1)
      if isQuote(next) || isFence(at: start + 1) {
        scanString(prefixLength: 1)
      } else if next == UInt8(ascii: "@"), isQuote(self.byte(at: start + 2)) {
        scanString(prefixLength: 2)
      } else {
        scanWord()
      }
    case UInt8(ascii: ".") where startsCommand:
      scanCommand()
    case UInt8(ascii: "!"):
      scanBang()
    case _ where Alphabet.startsWord(byte):
      scanWord()
    case _ where Alphabet.isDigit(byte):
      scanNumber()
    case _ where byte >= 0x80:
      scanUnicode()
    default:
      scanSymbol()
    }
  }

  func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

  /// Three backticks or tildes.
  func isFence(at index: Int) -> Bool {
    let first = byte(at: index)
    guard first == UInt8(ascii: "`") || first == UInt8(ascii: "~") else { return false }
    return byte(at: index + 1) == first && byte(at: index + 2) == first
  }

  // MARK: Comments

  mutating func scanComment() {
    let start = offset
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
    var end = offset
    while end > start, bytes[end - 1] <= UInt8(ascii: " ") { end -= 1 }
    let isTrailing = (tokens.last?.upper ?? 0) > lineStart
    comments.append(
      CommentSyntax(text: text(start, end), span: SourceSpan(start, end, in: source), isTrailing: isTrailing))
  }

  // MARK: Strings

  mutating func scanString(prefixLength: Int) {
    let start = offset
    let open = start + prefixLength
    let quote = bytes[open]
    if isFence(at: open) {
      offset = open + 3
      while offset < bytes.count, !(bytes[offset] == quote && isFence(at: offset)) { offset += 1 }
      if offset >= bytes.count {
        let fence = quote == UInt8(ascii: "`") ? "```" : "~~~"
        report(
          "unclosed-string", "this text is opened with \(fence) and never closed", start, open + 3,
          help: "close it with \(fence)")
      } else {
        offset += 3
      }
      offset = min(offset, bytes.count)
      append(.string, from: start)
      return
    }
    let isVerbatim = prefixLength > 0 && bytes[open - 1] == UInt8(ascii: "@")
    offset = open + 1
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\n") { break }
      if byte == UInt8(ascii: "\\"), !isVerbatim, self.byte(at: offset + 1) != UInt8(ascii: "\n") {
        offset += 2
        continue
      }
      if byte == quote {
        if isVerbatim, self.byte(at: offset + 1) == quote {
          offset += 2
          continue
        }
        offset += 1
        append(.string, from: start)
        return
      }
      offset += 1
    }
    offset = min(offset, bytes.count)
    let mark = String(UnicodeScalar(quote))
    report(
      "unclosed-string", "this string is not closed", start, open + 1,
      help: "close it with \(mark) before the end of the line")
    if bytes[offset - 1] == UInt8(ascii: "\r") { offset -= 1 }
    append(.string, from: start)
  }

  // MARK: Symbols

  mutating func scanBang() {
    let start = offset
    offset += 1
    if byte(at: offset) == UInt8(ascii: "=") {
      offset += 1
      append(.notEqual, from: start)
    } else if byte(at: offset) == UInt8(ascii: "~") {
      offset += 1
      append(.bangTilde, from: start)
    } else if Alphabet.startsWord(byte(at: offset)) {
      skipWordCharacters()
      if byte(at: offset) == UInt8(ascii: "~"), text(start, offset) == "!in" { offset += 1 }
      let word = text(start, offset)
      if !ReservedWords.operators.contains(word) {
        let name = String(word.dropFirst())
        report(
          "unknown-word", "`\(word)` is not a KQL operator", start, offset,
          help: Suggestion.nearest(to: word, in: ReservedWords.operators.sorted())
            ?? "to negate a condition write `not(\(name))`")
        append(.unknown, from: start)
      } else {
        append(.word, from: start, text: word)
      }
    } else {
      report(
        "unexpected-character", "`!` alone has no meaning in KQL", start, offset,
        help: "to negate a condition write `not(...)`")
      append(.unknown, from: start)
    }
  }

  mutating func scanSymbol() {
    let start = offset
    let next = byte(at: start + 1)
    let pair: Token.Kind? =
      switch (bytes[start], next) {
      case (UInt8(ascii: "="), UInt8(ascii: "=")): .equal
      case (UInt8(ascii: "="), UInt8(ascii: "~")): .equalTilde
      case (UInt8(ascii: "="), UInt8(ascii: ">")): .fatArrow
      case (UInt8(ascii: "<"), UInt8(ascii: ">")): .notEqual
      case (UInt8(ascii: "<"), UInt8(ascii: "=")): .lessOrEqual
      case (UInt8(ascii: ">"), UInt8(ascii: "=")): .greaterOrEqual
      case (UInt8(ascii: "."), UInt8(ascii: ".")): .dotDot
      case (UInt8(ascii: "&"), UInt8(ascii: "&")): .ampersands
      case (UInt8(ascii: "|"), UInt8(ascii: "|")): .bars
      default: nil
      }
    if let pair {
      offset += 2
      append(pair, from: start)
      return
    }
    let single: Token.Kind? =
      switch bytes[start] {
      case UInt8(ascii: "("): .leftParen
      case UInt8(ascii: ")"): .rightParen
      case UInt8(ascii: "["): .leftBracket
      case UInt8(ascii: "]"): .rightBracket
      case UInt8(ascii: "{"): .leftBrace
      case UInt8(ascii: "}"): .rightBrace
      case UInt8(ascii: "|"): .pipe
      case UInt8(ascii: ";"): .semicolon
      case UInt8(ascii: ","): .comma
      case UInt8(ascii: "."): .dot
      case UInt8(ascii: ":"): .colon
      case UInt8(ascii: "="): .assign
      case UInt8(ascii: "<"): .less
      case UInt8(ascii: ">"): .greater
      case UInt8(ascii: "+"): .plus
      case UInt8(ascii: "-"): .minus
      case UInt8(ascii: "*"): .star
      case UInt8(ascii: "/"): .slash
      case UInt8(ascii: "%"): .percent
      default: nil
      }
    guard let single else { return scanUnknown() }
    switch single {
    case .leftParen, .leftBracket, .leftBrace: depth += 1
    case .rightParen, .rightBracket, .rightBrace: depth = max(0, depth - 1)
    case .semicolon where braceDepth == 0:
      isInCommand = false
      expectsRows = false
    default: break
    }
    if single == .leftBrace { braceDepth += 1 }
    if single == .rightBrace { braceDepth = max(0, braceDepth - 1) }
    if single == .leftBracket, startsBracketedRows {
      depth -= 1
      return scanRows()
    }
    offset += 1
    append(single, from: start)
    if single == .pipe, expectsRows, isAfterArrow { scanRows() }
  }

  // MARK: Characters beyond ASCII, and invalid ones

  func decodeScalar(at index: Int) -> (Unicode.Scalar, Int)? {
    let lead = byte(at: index)
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    guard index + length <= bytes.count else { return nil }
    var value = UInt32(lead) & (0xFF >> UInt32(length + 1))
    for i in 1..<length { value = value << 6 | UInt32(bytes[index + i] & 0x3F) }
    return Unicode.Scalar(value).map { ($0, length) }
  }

  mutating func scanUnicode() {
    let start = offset
    guard let (scalar, length) = decodeScalar(at: start) else { return scanUnknown() }
    if scalar.properties.isWhitespace || scalar.value == 0xFEFF || scalar.value == 0x200B {
      offset += length
    } else if scalar.properties.isAlphabetic {
      scanWord()
    } else if "\u{201C}\u{201D}\u{201E}\u{2018}\u{2019}".unicodeScalars.contains(scalar) {
      scanCurlyString()
    } else {
      scanUnknown()
    }
  }

  /// A string in typographic quotes is read as one, and reported.
  mutating func scanCurlyString() {
    let start = offset
    let closers: Set<UInt8> = [0x98, 0x99, 0x9C, 0x9D, 0x9E]
    offset += 3
    while offset < bytes.count, bytes[offset] != .newline {
      if bytes[offset] == 0xE2, byte(at: offset + 1) == 0x80, closers.contains(byte(at: offset + 2)) { break }
      offset += 1
    }
    let isClosed = offset < bytes.count && bytes[offset] == 0xE2
    if isClosed { offset += 3 }
    report(
      "curly-quote", "KQL does not support curly quotes", start, isClosed ? offset : start + 3,
      help: "use straight quotes: \"...\" or '...'")
    append(.unknown, from: start)
  }

  mutating func scanUnknown() {
    let start = offset
    offset += 1
    while byte(at: offset) & 0xC0 == 0x80 { offset += 1 }
    let shown = text(start, offset)
    // A run of invalid characters is one error.
    if let last = tokens.last, last.kind == .unknown, last.upper == start { return }
    let help: String? =
      switch shown {
      case "&": "to combine conditions write `and`"
      case "?" where tokens.isEmpty: "write `.help`, or `.help where` for one word"
      case "?" where bytes[offset...].allSatisfy { $0 <= .space }: Self.questionHelp
      case "?": "to choose between values write `iff(condition, a, b)`"
      case "#": "a comment starts with `//`"
      case "`": "write a name with spaces as `['a name']`, and a text in quotes, as in `\"failed\"`"
      case "^": "for powers write `pow(a, b)`"
      case "~" where tokens.last?.kind == .pipe && tokens.last?.upper == start: "write `| where * matches regex \"pattern\"`"
      case "~": "write `=~` to compare without case, or `matches regex` for a pattern"
      case "\\": backslashHelp(start)
      case "@" where tokens.last?.kind == .timespan && tokens.last?.upper == start: "write `bin(t, 1h)` to round a moment down"
      case "@" where Alphabet.startsWord(byte(at: offset)): "names do not begin with `@`; TAB after `| where ` lists the columns"
      case "@": "write a text without escapes as `@\"...\"`"
      case "$": "write `$left` or `$right` in `join`, and parameters by their name"
      default: nil
      }
    report("unexpected-character", "`\(shown)` has no meaning in KQL", start, offset, help: help)
    append(.unknown, from: start)
  }

  /// What to write for a word of psql or MySQL such as `\d runs`.
  private func backslashHelp(_ start: Int) -> String {
    let rest = bytes[(start + 1)...].prefix { $0 != .newline && $0 != .semicolon }
    let words = String(decoding: rest.prefix(200), as: UTF8.self).split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    let usual = "commands start with a dot, as `.tables`; `.help` lists them"
    guard let first = words.first, rest.first.map({ $0 > .space }) == true else { return usual }
    // `\d+` and `\dt *` are as `\d` and `\dt`; upper case differs only in MySQL.
    let name = "\\" + first.lowercased().filter { $0 != "+" && $0 != "*" }
    let table = words.dropFirst().first { Alphabet.isName($0) }
    let word = (table == nil ? nil : ForeignWord.named(name + " table", .start)) ?? ForeignWord.named(name, .start)
    guard let word else { return usual }
    let operands = words.dropFirst().map { $0.filter { $0 != "'" && $0 != "\"" } }
    let path = operands.first { $0.contains(".") || $0.contains("/") } ?? operands.first
    return word.advice.replacing("TABLE", with: table ?? "TABLE").replacing("FILE", with: path ?? "FILE")
      .replacing("COMMAND", with: words.count > 1 ? words.dropFirst().joined(separator: " ") : "COMMAND")
  }
}
