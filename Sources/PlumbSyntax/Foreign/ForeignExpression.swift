import PlumbDiagnostics

/// Expressions of other languages, token by token.
extension Parser {
  /// The tokens as KQL writes them, with the blanks between them: functions that have another name, `=` in brackets,
  /// `count(*)`, `AND`, `1 hour`.
  func rewritten(_ tokens: ArraySlice<Token>) -> String {
    var text = ""
    var depth = 0
    var place = tokens.startIndex
    var end = tokens.first?.lower ?? 0
    func token(_ distance: Int) -> Token? { place + distance < tokens.endIndex ? tokens[place + distance] : nil }
    func put(_ piece: String, _ taken: Int = 1) {
      guard let first = token(0), let last = token(taken - 1) else { return }
      text += self.text(in: SourceSpan(end, max(end, first.lower), in: first.source)) + piece
      end = last.upper
      place += taken
    }
    while let now = token(0) {
      let shown = self.text(in: now.span)
      let lower = now.kind == .word ? now.text.lowercased() : ""
      let isCall = now.kind == .word && token(1)?.kind == .leftParen
      switch now.kind {
      case .leftParen, .leftBracket: depth += 1; put(shown)
      case .rightParen, .rightBracket: depth -= 1; put(shown)
      case .assign where depth > 0 && token(1)?.kind != .assign: put(token(1)?.lower == now.upper ? " == " : "==")
      case .ampersands: put("and")
      case .bars: put("or")
      case .long where token(1)?.kind == .word && token(1).map { TimespanSuffix.units[$0.text.lowercased()] != nil } == true:
        put(shown + Self.suffix(token(1)?.text ?? ""), 2)
      case .word where ["and", "or", "in", "by"].contains(lower) && !isCall: put(lower)
      case .word where isCall && ["true", "false"].contains(lower) && token(2)?.kind == .rightParen: put(lower, 3)
      case .word where isCall && lower == "count" && token(2)?.kind == .star && token(3)?.kind == .rightParen: put("count()", 4)
      case .word where isCall && lower == "count" && token(2)?.text.lowercased() == "eval" && token(3)?.kind == .leftParen:
        guard let length = Self.closing(tokens[(place + 3)...]) else { put(shown); continue }
        let inner = rewritten(tokens[(place + 3)..<(place + 3 + length)])
        put("countif" + inner, 3 + length)
        // The bracket of `count` closes where that of `eval` did.
        if let next = token(0), next.kind == .rightParen { end = next.upper; place += 1 }
      // `col("a")` of Polars and Spark
      case .word where isCall && lower == "col" && token(2)?.kind == .string && token(3)?.kind == .rightParen:
        put(KQLName.inQuery(token(2).map(plain) ?? ""), 4)
      case .word where isCall && lower == "n" && token(2)?.kind == .rightParen: put("count()", 3)
      case .word where isCall: put(renamed(tokens[place...]) ?? shown)
      default: put(shown)
      }
    }
    return text
  }

  /// The number of tokens to the bracket that closes the first one, both included.
  static func closing(_ tokens: ArraySlice<Token>) -> Int? {
    var depth = 0
    for (length, token) in tokens.enumerated() {
      if token.kind == .leftParen { depth += 1 }
      if token.kind == .rightParen { depth -= 1 }
      if depth == 0 { return length + 1 }
    }
    return nil
  }

  /// The name of the function of KQL for the call here; nil if its arguments differ.
  private func renamed(_ tokens: ArraySlice<Token>) -> String? {
    guard let first = tokens.first, let word = ForeignWord.named(first.text, .function), let other = word.counterpart else { return nil }
    return other.count == Self.arguments(tokens.dropFirst()) ? other.name : nil
  }

  /// The number of arguments of a call, from its bracket on.
  private static func arguments(_ tokens: ArraySlice<Token>) -> Int {
    var depth = 0
    var commas = 0
    var isEmpty = true
    for token in tokens {
      switch token.kind {
      case .leftParen, .leftBracket, .leftBrace:
        if depth > 0 { isEmpty = false }
        depth += 1
      case .rightParen, .rightBracket, .rightBrace:
        depth -= 1
        if depth == 0 { return isEmpty ? 0 : commas + 1 }
      case .comma where depth == 1: commas += 1
      default: isEmpty = false
      }
    }
    return isEmpty ? 0 : commas + 1
  }

  /// The short form of a unit of time.
  static func suffix(_ unit: String) -> String {
    switch TimespanSuffix.units[unit.lowercased()] {
    case .day: "d"
    case .hour: "h"
    case .minute: "m"
    case .second: "s"
    case .millisecond: "ms"
    case .microsecond: "microsecond"
    case .nanosecond: "nanosecond"
    case .tick: "tick"
    case nil: unit
    }
  }
}
