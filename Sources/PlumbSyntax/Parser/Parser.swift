import PlumbDiagnostics

/// Parses a text as KQL. Always returns a tree; the diagnostics report what could not be parsed.
///
/// - Parameters:
///   - source: the text, as the spans of the tree name it.
///   - throughMistakes: whether the text is read to its end however many mistakes are in it, for those who run what is
///     right of it.
package func parse(_ text: String, as source: SourceText = .script, throughMistakes: Bool = false) -> ParseResult {
  var parser = Parser(text, as: source, mistakeLimit: throughMistakes ? .max : Lexer.maximumDiagnostics)
  return parser.parseScript()
}

/// Thrown to abandon a position that cannot be parsed; the diagnostic is already recorded.
package struct SyntaxFailure: Error {}

/// A recursive-descent parser over the tokens of one text.
///
/// Every function called `parse...` parses the rule of Grammar/plumb.ebnf that has its name. Each
/// starts at its first token, which its caller has only inspected.
package struct Parser {
  private var tokens: [Token]
  let bytes: [UInt8]
  let comments: [CommentSyntax]
  private(set) var diagnostics: [Diagnostic]
  private(set) var index = 0
  /// Whether the first error is that the text ends.
  private(set) var endsTooEarly: Bool

  /// Brackets, signs and pipes-in-brackets open at this point.
  private(set) var depth = 0
  /// Levels of nodes below the last expression. A chain such as `1+1+1` is deep without brackets.
  var height = 0
  /// The largest `height` since the innermost bracket was opened.
  var tallest = 0

  /// Inside `search`, where `a: "x"` is short for `a has "x"`.
  var isInSearch = false

  /// Where to note the words that are looked for at the end of the text; nil unless somebody wants to know.
  var expected: ExpectedWords?

  static let maximumDepth = 250
  static let queryDepth = 4
  static let maximumHeight = 2_000
  static let maximumOperators = 5_000

  /// Mistakes that are reported at most.
  private let mistakeLimit: Int

  init(_ text: String, as source: SourceText = .script, mistakeLimit: Int = Lexer.maximumDiagnostics) {
    self.mistakeLimit = mistakeLimit
    let lexer = Lexer(text, as: source, mistakeLimit: mistakeLimit)
    tokens = lexer.tokens
    bytes = lexer.bytes
    comments = lexer.comments
    diagnostics = lexer.diagnostics
    // A text between fences may have many lines; other strings end with theirs.
    endsTooEarly = lexer.diagnostics.first.map {
      $0.code == "unclosed-string" && ($0.span.map { $0.upper - $0.lower } ?? 0) >= 3
    } ?? false
  }

  /// Takes back the mistake of a `?` at the end: a question has a greater one.
  mutating func forgiveQuestionMark() {
    diagnostics.removeAll { $0.help == Lexer.questionHelp }
  }

  /// The same text, read from another token on.
  func moved(to index: Int) -> Parser {
    var copy = self
    copy.index = min(index, tokens.count - 1)
    return copy
  }

  // MARK: Looking

  var token: Token { tokens[index] }

  /// The token `distance` ahead; the last one also represents everything beyond the end.
  func token(after distance: Int) -> Token {
    tokens[min(index + distance, tokens.count - 1)]
  }

  /// The token `distance` back from here.
  func token(before distance: Int) -> Token { tokens[max(0, index - distance)] }

  func at(_ kind: Token.Kind) -> Bool { tokens[index].kind == kind }

  func atWord(_ word: String) -> Bool {
    if let expected, tokens[index].kind == .end { expected.note(word) }
    return tokens[index].kind == .word && tokens[index].text == word
  }

  func atWord(_ word: String, after distance: Int) -> Bool {
    let token = token(after: distance)
    return token.kind == .word && token.text == word
  }

  /// Whether the token `distance` ahead starts directly where the previous one ends.
  func isAdjacent(after distance: Int) -> Bool {
    distance > 0 && token(after: distance - 1).upper == token(after: distance).lower
  }

  /// From the token at `start` to the last one read.
  func span(from start: Int) -> SourceSpan {
    let token = tokens[start]
    return SourceSpan(token.lower, index > start ? tokens[index - 1].upper : token.lower, in: token.source)
  }

  func text(in span: SourceSpan) -> String {
    let lower = min(max(0, span.lower), bytes.count)
    return String(decoding: bytes[lower..<min(max(lower, span.upper), bytes.count)], as: UTF8.self)
  }

  // MARK: Moving

  @discardableResult
  mutating func advance() -> Token {
    let token = tokens[index]
    if index < tokens.count - 1 { index += 1 }
    return token
  }

  mutating func skip(_ kind: Token.Kind) -> Bool {
    guard at(kind) else { return false }
    advance()
    return true
  }

  mutating func skipWord(_ word: String) -> Bool {
    guard atWord(word) else { return false }
    advance()
    return true
  }

  /// Advances past `kind`; `spelling` and `purpose` make the sentence if something else is found.
  mutating func expect(_ kind: Token.Kind, _ spelling: String, _ purpose: String) throws(SyntaxFailure) {
    if skip(kind) { return }
    throw unexpected("`\(spelling)` \(purpose)")
  }

  mutating func expectWord(_ word: String, _ purpose: String, help: String? = nil) throws(SyntaxFailure) {
    if skipWord(word) { return }
    throw unexpected("`\(word)` \(purpose)", help: help)
  }

  // MARK: Brackets and depth

  /// The state before a bracket was entered.
  struct Nesting {
    fileprivate var depth: Int
    fileprivate var tallest: Int
    fileprivate var opening: SourceSpan
    fileprivate var closing: Token.Kind
  }

  /// Advances past an opening bracket, or counts a prefix operator, one level deeper.
  mutating func enter(_ kind: Token.Kind, _ purpose: String = "") throws(SyntaxFailure) -> Nesting {
    let opening = token.span
    let (spelling, closing): (String, Token.Kind) =
      switch kind {
      case .leftParen: ("(", .rightParen)
      case .leftBracket: ("[", .rightBracket)
      default: ("{", .rightBrace)
      }
    guard at(kind) else { throw unexpected("`\(spelling)` \(purpose)") }
    if depth >= Self.maximumDepth {
      throw fail(
        "nested-too-deeply", "nested too deeply: the limit is \(Self.maximumDepth) levels",
        at: opening, help: "name inner parts with `let`")
    }
    let nesting = Nesting(depth: depth, tallest: tallest, opening: opening, closing: closing)
    depth += 1
    tallest = 0
    advance()
    return nesting
  }

  /// A query within brackets counts as several levels: parsing one needs that much more of the stack.
  mutating func enterQuery() throws(SyntaxFailure) -> Int {
    let outer = depth
    guard depth > 0 else { return outer }
    if depth + Self.queryDepth > Self.maximumDepth {
      throw fail(
        "nested-too-deeply", "queries are nested too deeply here", at: token.span,
        help: "name inner queries with `let`")
    }
    depth += Self.queryDepth
    return outer
  }

  mutating func leaveQuery(_ outer: Int) { depth = outer }

  /// Advances past the closing bracket that `enter` expects.
  mutating func leave(_ nesting: Nesting) throws(SyntaxFailure) {
    guard at(nesting.closing) else { throw unclosed(nesting) }
    advance()
    height = tallest + 1
    depth = nesting.depth
    tallest = max(nesting.tallest, height)
  }

  /// Whether the bracket's list continues; also if a comma is missing, so that it is reported.
  func isClosing(_ nesting: Nesting) -> Bool { at(nesting.closing) }

  private mutating func unclosed(_ nesting: Nesting) -> SyntaxFailure {
    let close: String
    let open: String
    switch nesting.closing {
    case .rightParen: (open, close) = ("(", ")")
    case .rightBracket: (open, close) = ("[", "]")
    default: (open, close) = ("{", "}")
    }
    switch token.kind {
    case .end, .semicolon, .pipe, .rightParen, .rightBracket, .rightBrace:
      let reach = token.kind == .end ? "the text ends" : "\(found) comes"
      return fail(
        "unclosed-bracket", "this `\(open)` is not closed", at: nesting.opening,
        help: "\(reach) where `\(close)` is missing")
    default:
      let isList = at(.comma) && OperatorDeclaration.named(token(at: nesting.opening, before: 1).text) != nil
      return unexpected(
        "`\(close)`", help: isList ? "write the list without brackets" : foreignHint ?? operatorHint ?? "or add a `,` before \(found)")
    }
  }

  /// The token before the one at a span.
  private func token(at span: SourceSpan, before distance: Int) -> Token {
    let place = tokens.firstIndex { $0.lower >= span.lower } ?? 0
    return tokens[max(0, place - distance)]
  }

  /// Records that the last expression is `height` levels deep.
  mutating func rise(to height: Int, span: SourceSpan) throws(SyntaxFailure) {
    if height > Self.maximumHeight {
      throw fail(
        "too-long-chain",
        "this expression is too long: the limit is \(Self.maximumHeight) consecutive operators",
        at: SourceSpan(span.upper, span.upper, in: span.text), help: "name parts of it with `let` or `extend`")
    }
    self.height = height
    tallest = max(tallest, height)
  }

  // MARK: Errors

  mutating func report(_ diagnostic: Diagnostic) {
    if diagnostics.count < mistakeLimit { diagnostics.append(diagnostic) }
  }

  var hasManyDiagnostics: Bool { diagnostics.count >= mistakeLimit }

  /// Makes a token one of another kind, for the rest of the reading.
  mutating func turn(into kind: Token.Kind, after distance: Int = 0) {
    tokens[min(index + distance, tokens.count - 1)].kind = kind
  }

  /// Makes a dot and the word that touches it the beginning of a command.
  mutating func joinCommandName() {
    let dot = advance()
    tokens[index] = Token(
      kind: .command, lower: dot.lower, upper: token.upper, text: "." + token.text, source: dot.source)
  }

  /// Says that the end of the text is where the mistake is, rather than where more is waited for.
  mutating func forgetEarlyEnd() { endsTooEarly = false }

  /// Whether the token here is on the line of the one before it.
  var isOnSameLine: Bool { lineFeedsBefore == 0 }

  /// Whether an empty line comes before the token here.
  var isAfterEmptyLine: Bool { lineFeedsBefore > 1 }

  /// Line feeds between the token here and the one before it, 2 for more; lines of comments are not empty.
  private var lineFeedsBefore: Int {
    var lower = token(before: 1).upper
    var count = 0
    while lower < token.lower, count < 2 {
      switch bytes[lower] {
      case UInt8(ascii: "\n"): count += 1
      case 0...UInt8(ascii: " "): break
      default: count = 0
        while lower + 1 < token.lower, bytes[lower + 1] != UInt8(ascii: "\n") { lower += 1 }
      }
      lower += 1
    }
    return count
  }

  mutating func fail(
    _ code: String, _ message: String, at span: SourceSpan, help: String? = nil
  ) -> SyntaxFailure {
    if diagnostics.isEmpty && token.kind == .end { endsTooEarly = true }
    report(Diagnostic(code, message, at: span, help: help))
    return SyntaxFailure()
  }

  /// What is found here, for a sentence that starts with it.
  var found: String {
    switch token.kind {
    case .end: return "the end of the text"
    case .string: return "a string"
    default:
      let shown = text(in: token.span)
      return shown.utf8.count <= 40 ? "`\(shown)`" : "`\(shown.prefix(37))…`"
    }
  }

  /// The failure for an unexpected token; `wanted` continues "expected".
  mutating func unexpected(_ wanted: String, help: String? = nil) -> SyntaxFailure {
    // The lexer has already reported what it could not read.
    if token.kind == .unknown { return SyntaxFailure() }
    let code = token.kind == .end ? "unexpected-end" : "unexpected-text"
    let message =
      token.kind == .end
      ? "the text ends where \(wanted) should follow" : "found \(found) where \(wanted) should be"
    return fail(code, message, at: token.span, help: help ?? mistakeHint)
  }

  // MARK: Recovery after an error

  /// Advances to the next `|` or `;` outside brackets opened after `start`.
  ///
  /// - Parameter stopsAtEmptyLine: whether an empty line ends what was given up, as it ends a command.
  mutating func recover(from start: Int, stopsAtPipe: Bool = true, stopsAtEmptyLine: Bool = false) {
    let failed = index
    var brackets: [Token.Kind] = []
    // The steps of `scan` are separated by `;` within brackets.
    let isScan = tokens[min(start + 1, tokens.count - 1)].text == "scan"
    index = start
    while !at(.end) {
      switch token.kind {
      case .leftParen, .leftBracket, .leftBrace: brackets.append(token.kind)
      case .rightParen, .rightBracket, .rightBrace: _ = brackets.popLast()
      case .pipe where stopsAtPipe && index >= failed && index > start && brackets.isEmpty: return
      case .command where index >= failed && index > start: return
      case _ where stopsAtEmptyLine && index >= failed && index > start && isAfterEmptyLine: return
      case .semicolon where index >= failed && !brackets.contains(.leftBrace):
        if !isScan || brackets.isEmpty { return }
      default: break
      }
      advance()
    }
  }

  /// Forgets what was open when a statement or operator was abandoned.
  mutating func reset(depth: Int, tallest: Int) {
    self.depth = depth
    self.tallest = tallest
    isInSearch = false
  }
}
