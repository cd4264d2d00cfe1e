/// A piece of a query's text with its own colour while it is typed.
package struct Highlight: Sendable, Hashable {
  package enum Kind: UInt8, Sendable, CaseIterable {
    /// Operators, clauses and word operators: `where`, `by`, `and`.
    case keyword = 1
    /// Functions, and the names of types.
    case function
    case string
    /// Numbers, times, spans and truth values.
    case number
    case comment
    /// A bracket that closes nothing, or a character that is not part of KQL.
    case mistake
    /// The name of a command, with its dot.
    case command
  }

  package var kind: Kind
  /// Bytes of the text.
  package var lower: Int
  package var upper: Int

  package init(kind: Kind, lower: Int, upper: Int) {
    self.kind = kind
    self.lower = lower
    self.upper = upper
  }
}

/// The pieces of a text that have colours, in order; the text may be incomplete or wrong.
package func highlights(in text: String) -> [Highlight] {
  var highlighter = Highlighter(text)
  highlighter.readTokens()
  return highlighter.found.sorted { $0.lower < $1.lower }
}

/// Scans the tokens of a text once and records for each open bracket in which step it is.
private struct Highlighter {
  /// A bracket that is open, or the statement itself.
  struct Frame {
    var closer: Token.Kind?
    /// The token that opened it.
    var opener = 0
    /// Whether it contains values, as in a call, rather than a query.
    var holdsArguments = false
    /// The operator or source to which the words belong.
    var step = ""
    /// Whether a source or a statement begins at the next token.
    var begins = true
  }

  private let tokens: [Token]
  private let bytes: [UInt8]
  private var frames = [Frame()]
  private(set) var found: [Highlight] = []

  init(_ text: String) {
    let lexer = Lexer(text)
    tokens = lexer.tokens
    bytes = lexer.bytes
    found = lexer.comments.map { Highlight(kind: .comment, lower: $0.span.lower, upper: $0.span.upper) }
  }

  private var frame: Frame {
    get { frames[frames.count - 1] }
    set { frames[frames.count - 1] = newValue }
  }

  private func kind(_ index: Int) -> Token.Kind { tokens.indices.contains(index) ? tokens[index].kind : .end }

  private mutating func mark(_ kind: Highlight.Kind, _ lower: Int, _ upper: Int) {
    found.append(Highlight(kind: kind, lower: lower, upper: upper))
  }

  private mutating func mark(_ kind: Highlight.Kind, _ index: Int) {
    mark(kind, tokens[index].lower, tokens[index].upper)
  }

  mutating func readTokens() {
    var i = 0
    while i < tokens.count {
      let begins = frame.begins
      frame.begins = false
      switch tokens[i].kind {
      case .word:
        i = readWord(at: i, begins: begins)
        continue
      case .string: mark(.string, i)
      case .long, .real, .timespan, .typedLiteral: mark(.number, i)
      case .command:
        mark(.command, i)
        frames = [Frame()]
        // Of these commands the text is a query; others say so by `<|`.
        frame.begins = CommandDeclaration.beginning(with: tokens[i].text).contains { command in
          command.parts.parts.contains { Self.isQuery($0) }
        }
      case .timespan where begins && i > 0 && kind(i - 1) == .command:
        mark(.number, i)
        frame.begins = true
      case .pipe where kind(i - 1) == .less && tokens[i - 1].upper == tokens[i].lower:
        frame.step = ""
        frame.begins = true
      case .leftParen: open(.rightParen, at: i)
      case .leftBracket: open(.rightBracket, at: i)
      case .leftBrace: open(.rightBrace, at: i)
      case .rightParen, .rightBracket, .rightBrace: close(at: i)
      case .pipe:
        frame.step = "|"
        frame.holdsArguments = false
      case .semicolon:
        frame.step = ""
        frame.begins = true
      case .assign: frame.begins = frame.step == "let"
      // An unclosed `datetime(2024` is not an error.
      case .unknown: mark(Alphabet.startsWord(bytes[tokens[i].lower]) ? .number : .mistake, i)
      case .commandText, .comma, .dot, .dotDot, .colon, .fatArrow, .equal, .notEqual, .equalTilde, .bangTilde, .less, .lessOrEqual,
        .greater, .greaterOrEqual, .plus, .minus, .star, .slash, .percent, .ampersands, .bars, .end:
        break
      }
      i += 1
    }
  }

  private static func isQuery(_ part: Usage.Part) -> Bool {
    switch part {
    case .value(let place, _): place == .query
    case .optional(let inner): inner.contains { isQuery($0) }
    case .word, .either, .hidden: false
    }
  }

  private mutating func open(_ closer: Token.Kind, at i: Int) {
    guard frames.count < 1000 else { return }
    let isCall = i > 0 && kind(i - 1) == .word && kind(i - 2) != .pipe
      && !Self.beforeQueries.contains(tokens[i - 1].text)
    frames.append(
      Frame(
        closer: closer, opener: i, holdsArguments: isCall || closer == .rightBracket, step: isCall ? "" : frame.step,
        begins: closer != .rightBracket))
  }

  /// Words before brackets that contain queries or clauses rather than values.
  private static let beforeQueries: Set<String> = [
    "by", "fork", "in", "join", "lookup", "materialize", "of", "on", "partition", "toscalar", "union", "view", "with",
  ]

  private mutating func close(at i: Int) {
    guard frames.count > 1, let closer = frame.closer else { return mark(.mistake, i) }
    // The inner bracket is the wrong one if this one closes the outer one.
    if closer != tokens[i].kind {
      guard frames.dropLast().contains(where: { $0.closer == tokens[i].kind }) else { return mark(.mistake, i) }
      while frames.count > 1, frame.closer != tokens[i].kind {
        mark(.mistake, frame.opener)
        frames.removeLast()
      }
    }
    if frames.count > 1 { frames.removeLast() }
  }

  // MARK: Words

  /// Marks the word at `i`; returns the token after it.
  private mutating func readWord(at i: Int, begins: Bool) -> Int {
    let token = tokens[i]
    let isJoined = i > 0 && tokens[i - 1].upper == token.lower && [.minus, .dot].contains(kind(i - 1))
    if isJoined && kind(i - 1) == .minus { return i + 1 }
    if kind(i - 1) == .pipe || frame.step == "|" {
      let (name, next) = dashedWord(at: i)
      if OperatorDeclaration.named(name)?.isSupported == true {
        mark(.keyword, token.lower, tokens[next - 1].upper)
        frame.step = name
        return next
      }
      frame.step = ""
    }
    if begins, isSourceOrStatement(i) {
      mark(.keyword, i)
      frame.step = token.text
      frame.begins = QueryStatementSyntax.Mode(rawValue: token.text) != nil
      return i + 1
    }
    if isJoined {
      if kind(i + 1) == .leftParen { mark(.function, i) }
    } else if ReservedWords.booleans[token.text] != nil || token.text == "null" {
      mark(.number, i)
    } else if ReservedWords.operators.contains(token.text) || isClause(i) {
      mark(.keyword, i)
    } else if kind(i + 1) == .leftParen || kind(i - 1) == .colon && TypeName.types[token.text] != nil {
      mark(.function, i)
    }
    return i + 1
  }

  /// Words joined by dashes as one, as in `project-away`, with the token after it.
  private func dashedWord(at i: Int) -> (name: String, next: Int) {
    var name = tokens[i].text
    var next = i + 1
    while kind(next) == .minus, kind(next + 1) == .word, tokens[next].lower == tokens[next - 1].upper,
      tokens[next + 1].lower == tokens[next].upper, next - i < 8
    {
      name += "-" + tokens[next + 1].text
      next += 2
    }
    return (name, next)
  }

  private func isSourceOrStatement(_ i: Int) -> Bool {
    let next = kind(i + 1)
    let text = tokens[i].text
    if next == .assign { return false }
    guard let source = SourceDeclaration.named(text) else {
      return next != .leftParen && !StatementDeclaration.named(text).isEmpty
    }
    if !source.isWord || frames.count == 1 { return next != .leftParen || source.takesBracket }
    // Inside brackets it may be a column.
    return next == .word || next == .pipe
  }

  private static let everywhere: Set<String> = ["by", "on"]

  /// The words that belong to a step, and its settings, by the step's keyword.
  private static let parts: [String: (clauses: Set<String>, settings: Set<String>)] = {
    var parts: [String: (clauses: Set<String>, settings: Set<String>)] = [:]
    func add(_ names: [String], _ clauses: [String], _ settings: [OperatorDeclaration.Setting]) {
      for name in names {
        parts[name, default: ([], [])].clauses.formUnion(clauses)
        parts[name, default: ([], [])].settings.formUnion(settings.map(\.name))
      }
    }
    for step in OperatorDeclaration.all { add([step.keyword] + step.aliases, step.clauses, step.settings) }
    for source in SourceDeclaration.all { add([source.keyword] + source.aliases, source.clauses, source.settings) }
    for statement in StatementDeclaration.all { add([statement.keyword], statement.clauses, []) }
    return parts
  }()

  /// Whether the word belongs to its step rather than to the data.
  private func isClause(_ i: Int) -> Bool {
    if frame.holdsArguments || frame.step.isEmpty { return false }
    let text = tokens[i].text
    if frame.step == "render", i > 0, tokens[i - 1].text == "render" { return true }
    if kind(i - 1) == .assign, kind(i - 2) == .word, tokens[i - 2].text == "kind" { return true }
    let parts = Self.parts[frame.step]
    if kind(i + 1) == .assign { return parts?.settings.contains(text) == true }
    if text == "hint", kind(i + 1) == .dot { return parts != nil }
    return Self.everywhere.contains(text) || parts?.clauses.contains(text) == true
  }
}
