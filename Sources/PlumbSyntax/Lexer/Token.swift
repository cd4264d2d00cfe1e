import PlumbDiagnostics

/// The smallest piece of text that means something.
struct Token: Sendable {
  enum Kind: Hashable, Sendable {
    /// Names and keywords; also `!has`, `in~`, `$left` and names that start with digits.
    case word
    case long, real, timespan, string
    /// `datetime(...)`, `int(...)` and the like, as one piece.
    case typedLiteral
    /// The first word of a command, with its dot.
    case command
    /// What is left to a command: the rest of its line, or a path.
    case commandText
    case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
    case pipe, semicolon, comma, dot, dotDot, colon
    case assign, fatArrow, equal, notEqual, equalTilde, bangTilde
    case less, lessOrEqual, greater, greaterOrEqual
    case plus, minus, star, slash, percent
    /// `&&` and `||`, which KQL spells `and` and `or`.
    case ampersands, bars
    /// Text that is not part of KQL, already reported.
    case unknown
    case end
  }

  var kind: Kind
  var lower: Int
  var upper: Int
  /// The spelling; empty if the kind determines it.
  var text: String

  /// The text that contains the token.
  let source: SourceText

  var span: SourceSpan { SourceSpan(lower, upper, in: source) }
}

/// Character classes of KQL's words.
enum Alphabet {
  static func startsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
      UInt8(ascii: "$"):
      true
    default: false
    }
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  static func continuesWord(_ byte: UInt8) -> Bool {
    byte != UInt8(ascii: "$") && startsWord(byte) || isDigit(byte)
  }

  static func hexValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  /// Whether the lexer reads `text` as one word, so that it can be a name without quotes.
  static func isName(_ text: String) -> Bool {
    let tokens = Lexer(text).tokens
    return tokens.count == 2 && tokens[0].kind == .word && tokens[0].text == text
  }
}
