import PlumbDiagnostics

/// An expression in KQL.
struct SQLText {
  var text: String
  /// The calls of aggregates in it.
  var aggregates: [String] = []
  var isAggregate: Bool { !aggregates.isEmpty }
}

extension SQLReader {
  private static let aggregates: Set<String> = [
    "count", "sum", "avg", "min", "max", "stdev", "stddev", "variance", "dcount", "median", "array_agg", "percentile", "any_value", "string_agg", "group_concat", "mean",
    "stddev_samp", "var_samp", "approx_count_distinct", "count_if", "countif",
  ]

  /// Words that only statements have, or whose meaning is another.
  private static let foreign: Set<String> = ["select", "exists", "any", "all", "some", "over", "filter", "within", "collate", "escape", "similar", "rlike", "regexp", "array", "row"]

  /// An expression with KQL's operators and functions; nil where one has none.
  func expression(_ tokens: ArraySlice<Token>, _ scope: SQLScope) -> SQLText? {
    var result = SQLText(text: "")
    var words: [String] = []
    var place = tokens.startIndex
    func token(_ distance: Int) -> Token? { place + distance < tokens.endIndex ? tokens[place + distance] : nil }
    /// The tokens between the bracket at a distance and the one that closes it.
    func bracketed(_ distance: Int) -> ArraySlice<Token>? {
      guard token(distance)?.kind == .leftParen, let length = Parser.closing(tokens[(place + distance)...]) else { return nil }
      return tokens[(place + distance + 1)..<(place + distance + length - 1)]
    }
    while let now = token(0) {
      let word = now.kind == .word ? now.text.lowercased() : ""
      let isCall = now.kind == .word && token(1)?.kind == .leftParen
      switch now.kind {
      case .unknown, .leftBrace, .semicolon, .pipe: return nil
      case .assign: words.append("==")
      case .notEqual: words.append("!=")
      case .string: words.append(literal(now))
      case .colon where token(1)?.kind == .colon:
        guard let operand = words.popLast(), let type = token(2), let function = Parser.conversion(to: type.text) else { return nil }
        words.append("\(function)(\(operand))")
        place += 2
      case .word where word == "not" && ["in", "like", "ilike", "between"].contains(token(1)?.text.lowercased() ?? ""):
        place += 1
        guard let made = test(tokens[place...], isNegated: true, scope) else { return nil }
        words.append(made.text)
        place += made.length - 1
      case .word where ["in", "like", "ilike", "between"].contains(word):
        guard let made = test(tokens[place...], isNegated: false, scope) else { return nil }
        words.append(made.text)
        place += made.length - 1
      case .word where word == "not":
        guard let inside = bracketed(1), let made = expression(inside, scope) else { return nil }
        words.append("not(\(made.text))")
        result.aggregates += made.aggregates
        place += inside.count + 2
      case .word where word == "is":
        guard let operand = words.popLast() else { return nil }
        let isNegated = isWord(token(1), "not")
        guard let value = token(isNegated ? 2 : 1), value.kind == .word else { return nil }
        switch value.text.lowercased() {
        case "null": words.append("\(isNegated ? "isnotempty" : "isempty")(\(operand))")
        case "true", "false": words.append("\(operand) \(isNegated ? "!=" : "==") \(value.text.lowercased())")
        default: return nil
        }
        place += isNegated ? 2 : 1
      case .word where word == "case":
        guard let made = choice(tokens[place...], scope) else { return nil }
        words.append(made.text)
        result.aggregates += made.aggregates
        place += made.length - 1
      case .word where word == "interval":
        guard let (text, length) = interval(tokens[(place + 1)...]) else { return nil }
        words.append(text)
        place += length
      case .word where ["date", "timestamp", "timestamptz", "datetime"].contains(word) && token(1)?.kind == .string:
        words.append("datetime(\(token(1).map(parser.plain) ?? ""))")
        place += 1
      case .word where ["current_date", "current_timestamp", "localtimestamp"].contains(word) && !isCall:
        words.append(word == "current_date" ? "startofday(now())" : "now()")
        // Days are added to dates as numbers.
        if word == "current_date", let sign = token(1), sign.kind == .minus || sign.kind == .plus, let days = token(2), days.kind == .long {
          words.append(sign.kind == .minus ? "-" : "+")
          words.append("\(days.text)d")
          place += 2
        }
      case .word where Self.foreign.contains(word): return nil
      case .word where word == "and" || word == "or": words.append(word)
      case .typedLiteral:
        // `date(x)` of a column is its day.
        let text = parser.text(in: now.span)
        let inner = text.lowercased().hasPrefix("date(") ? String(text.dropFirst(5).dropLast()) : ""
        words.append(Alphabet.isName(inner) ? "bin(\(inner), 1d)" : text)
      case .word where isCall:
        guard let inside = bracketed(1), let made = call(now, inside, scope) else { return nil }
        words.append(made.text)
        result.aggregates += made.aggregates
        place += inside.count + 2
      case .word where token(1)?.kind == .dot && token(2)?.kind == .word && scope.aliases.contains(word):
        let column = token(2)?.text ?? ""
        words.append(scope.renamed["\(word).\(column)"] ?? KQLName.inQuery(column))
        place += 2
      case .word where word == "true" || word == "false": words.append(word)
      case .word: words.append(KQLName.inQuery(now.text))
      default: words.append(parser.text(in: now.span))
      }
      place += 1
    }
    if words.isEmpty { return nil }
    for word in words {
      let isTight = result.text.isEmpty || result.text.hasSuffix("(") || result.text.hasSuffix(".") || [")", ",", "."].contains(word)
      result.text += (isTight ? "" : " ") + word
    }
    return result
  }

  // MARK: Tests

  /// `IN (...)`, `LIKE`, `BETWEEN` with what follows.
  private func test(_ tokens: ArraySlice<Token>, isNegated: Bool, _ scope: SQLScope) -> (text: String, length: Int)? {
    guard tokens.count > 1, let first = tokens.first else { return nil }
    let sign = isNegated ? "!" : ""
    switch first.text.lowercased() {
    case "in":
      guard let length = Parser.closing(tokens.dropFirst()) else { return nil }
      let inside = tokens.dropFirst(2).prefix(max(0, length - 2))
      let isQuery = isWord(inside.first, "select") || isWord(inside.first, "with")
      guard let text = isQuery ? inner?.compound(inside) : expression(inside, scope)?.text else { return nil }
      return ("\(sign)in (\(text))", length + 1)
    case "between":
      guard let middle = tokens.firstIndex(where: { isWord($0, "and") }), middle > tokens.startIndex + 1 else { return nil }
      let end = tokens[(middle + 1)...].firstIndex { isWord($0, "and") || isWord($0, "or") } ?? tokens.endIndex
      guard let low = expression(tokens[(tokens.startIndex + 1)..<middle], scope), let high = expression(tokens[(middle + 1)..<end], scope) else { return nil }
      return ("\(sign)between (\(low.text) .. \(high.text))", end - tokens.startIndex)
    default:
      let pattern = tokens[tokens.startIndex + 1]
      guard pattern.kind == .string, let text = likeTest(parser.plain(pattern)) else { return nil }
      return (text.hasPrefix("==") ? (isNegated ? "!=" : "==") + text.dropFirst(2) : sign + text, 2)
    }
  }

  /// The test for a pattern of `LIKE` with `%` at its ends only.
  private func likeTest(_ pattern: String) -> String? {
    let inner = pattern.drop { $0 == "%" }
    let start = pattern.hasPrefix("%"), end = pattern.hasSuffix("%")
    let core = end ? String(inner.reversed().drop { $0 == "%" }.reversed()) : String(inner)
    guard !core.isEmpty, !core.contains(where: { "%_\"\\".contains($0) }) else { return nil }
    switch (start, end) {
    case (true, true): return "contains \"\(core)\""
    case (false, true): return "startswith \"\(core)\""
    case (true, false): return "endswith \"\(core)\""
    case (false, false): return "== \"\(core)\""
    }
  }

  // MARK: Values

  /// `CASE WHEN c THEN a ELSE b END`, and `CASE x WHEN v THEN a END`.
  private func choice(_ tokens: ArraySlice<Token>, _ scope: SQLScope) -> (text: String, aggregates: [String], length: Int)? {
    var parts: [(word: String, tokens: ArraySlice<Token>)] = []
    var start = tokens.startIndex + 1
    var word = "case"
    var open = 0
    for place in tokens.indices.dropFirst() where tokens[place].kind == .word {
      let next = tokens[place].text.lowercased()
      if next == "case" { open += 1 }
      if next == "end", open > 0 { open -= 1; continue }
      guard open == 0, ["when", "then", "else", "end"].contains(next) else { continue }
      parts.append((word, tokens[start..<place]))
      (word, start) = (next, place + 1)
      if next == "end" { break }
    }
    guard word == "end" else { return nil }
    var subject: String?
    var arguments: [String] = []
    var aggregates: [String] = []
    for part in parts {
      if part.word == "case", part.tokens.isEmpty { continue }
      guard let made = expression(part.tokens, scope) else { return nil }
      aggregates += made.aggregates
      switch part.word {
      case "case": subject = made.text
      case "when": arguments.append(subject.map { "\($0) == \(made.text)" } ?? made.text)
      default: arguments.append(made.text)
      }
    }
    if arguments.count % 2 == 0 {
      // Without `ELSE` the result is null, in the type of the others.
      guard arguments.count >= 2 else { return nil }
      arguments.append(arguments[1].hasPrefix("\"") ? "\"\"" : arguments[1].first?.isNumber == true ? arguments[1].contains(".") ? "real(null)" : "long(null)" : "dynamic(null)")
      if arguments.last == "dynamic(null)" { return nil }
    }
    return ("\(arguments.count == 3 ? "iff" : "case")(\(arguments.joined(separator: ", ")))", aggregates, start - tokens.startIndex)
  }

  /// `'1 day'`, `1 DAY`, `'2' HOUR`.
  private func interval(_ tokens: ArraySlice<Token>) -> (text: String, length: Int)? {
    guard let first = tokens.first else { return nil }
    var parts = (first.kind == .string ? parser.plain(first) : first.text).split(separator: " ").map(String.init)
    var length = 1
    if parts.count == 1, let unit = tokens.dropFirst().first, unit.kind == .word {
      parts.append(unit.text)
      length = 2
    }
    guard parts.count == 2, let number = Int(parts[0]), number < 1_000_000 else { return nil }
    let unit = parts[1].lowercased()
    if unit.hasPrefix("week") { return ("\(number * 7)d", length) }
    guard TimespanSuffix.units[unit] != nil else { return nil }
    return ("\(number)\(Parser.suffix(unit))", length)
  }

  /// A call, by its name and what is in its brackets.
  private func call(_ name: Token, _ inside: ArraySlice<Token>, _ scope: SQLScope) -> SQLText? {
    let word = name.text.lowercased()
    let parts = inside.isEmpty ? [] : list(inside)
    switch word {
    case "count" where inside.isEmpty || inside.first?.kind == .star: return SQLText(text: "count()", aggregates: ["count()"])
    case "cast", "try_cast", "convert":
      guard let place = inside.lastIndex(where: { isWord($0, "as") }), place + 1 < inside.endIndex, let function = Parser.conversion(to: inside[place + 1].text),
        var made = expression(inside[..<place], scope)
      else { return nil }
      made.text = "\(function)(\(made.text))"
      return made
    case "extract":
      guard inside.count > 2, let part = inside.first, isWord(inside[inside.startIndex + 1], "from"), let made = expression(inside.dropFirst(2), scope) else { return nil }
      let unit = part.text.lowercased()
      guard ["year", "quarter", "month", "week", "day", "hour", "minute", "second"].contains(unit) else { return nil }
      return SQLText(text: "datetime_part(\"\(unit.prefix(1).uppercased())\(unit.dropFirst())\", \(made.text))", aggregates: made.aggregates)
    case "date_trunc", "datetrunc":
      guard parts.count == 2, let unit = parts[0].first, let made = expression(parts[1], scope) else { return nil }
      switch (unit.kind == .string ? parser.plain(unit) : unit.text).lowercased() {
      case "second": return SQLText(text: "bin(\(made.text), 1s)")
      case "minute": return SQLText(text: "bin(\(made.text), 1m)")
      case "hour": return SQLText(text: "bin(\(made.text), 1h)")
      case "day": return SQLText(text: "bin(\(made.text), 1d)")
      case "week": return SQLText(text: "startofweek(\(made.text))")
      case "month": return SQLText(text: "startofmonth(\(made.text))")
      case "year": return SQLText(text: "startofyear(\(made.text))")
      default: return nil
      }
    case "date", "day" where parts.count == 1:
      guard let made = expression(inside, scope) else { return nil }
      return SQLText(text: "bin(\(made.text), 1d)")
    default: break
    }
    let isDistinct = isWord(inside.first, "distinct")
    var aggregates: [String] = []
    var arguments: [String] = []
    for part in isDistinct ? list(inside.dropFirst()) : parts {
      guard let made = expression(part, scope) else { return nil }
      arguments.append(made.text)
      aggregates += made.aggregates
    }
    let isAggregate = Self.aggregates.contains(word)
    // Of an aggregate in another one there is nothing.
    if isDistinct && word != "count" || isAggregate && !aggregates.isEmpty { return nil }
    let list = arguments.joined(separator: ", ")
    let text: String
    switch word {
    case "count": text = isDistinct ? "dcount(\(list))" : "countif(isnotempty(\(list)))"
    case "median" where arguments.count == 1: text = "percentile(\(list), 50)"
    case "string_agg", "group_concat":
      guard arguments.count == 2 else { return nil }
      text = "strcat_array(make_list(\(arguments[0])), \(arguments[1]))"
    default:
      let other = ForeignWord.named(word, .function)?.counterpart
      text = "\(other.flatMap { $0.count == arguments.count ? $0.name : nil } ?? word)(\(list))"
    }
    return SQLText(text: text, aggregates: isAggregate ? [text] : aggregates)
  }

  /// A text; moments become such, since SQL compares columns of moments with texts.
  private func literal(_ token: Token) -> String {
    let value = parser.plain(token)
    let parts = value.prefix(10).split(separator: "-")
    let isMoment = value.count >= 10 && parts.count == 3 && parts[0].count == 4 && parts.allSatisfy { $0.allSatisfy(\.isNumber) }
    return isMoment ? "datetime(\(value))" : "\"" + value.replacing("\"", with: "\\\"") + "\""
  }
}

extension Parser {
  /// A text between quotes without them.
  func plain(_ token: Token) -> String { String(text(in: token.span).dropFirst().dropLast()) }
}
