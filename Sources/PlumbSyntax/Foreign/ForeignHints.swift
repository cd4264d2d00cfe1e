import PlumbDiagnostics

/// Advice for texts that were written as in another language, at the token where KQL cannot go on.
extension Parser {
  /// What to write instead of what is here; nil if it belongs to no language that is known.
  var foreignHint: String? {
    unitHint ?? literalHint ?? symbolHint ?? neighbourHint ?? phrase(.clause)?.advice
  }

  /// The words of a language in a row here, the longest first.
  func phrase(_ place: ForeignWord.Place) -> ForeignWord? {
    var words: [String] = []
    while words.count < 4, token(after: words.count).kind == .word { words.append(token(after: words.count).text.lowercased()) }
    while !words.isEmpty {
      if let word = ForeignWord.named(words.joined(separator: " "), place) { return word }
      words.removeLast()
    }
    return nil
  }

  /// `5 min`, `1 day`: a number and its unit are one word.
  var unitHint: String? {
    let last = token(before: 1)
    guard index > 0, at(.word), last.kind == .long || last.kind == .real else { return nil }
    return Self.timespan(text(in: last.span), token.text)
  }

  /// What KQL writes for a number of units of time.
  private static func timespan(_ number: String, _ unit: String) -> String? {
    var unit = unit.lowercased()
    if unit.hasPrefix("month") || unit == "mon" || unit.hasPrefix("year") || unit.hasPrefix("quarter") {
      unit = unit.hasPrefix("year") ? "year" : unit.hasPrefix("q") ? "quarter" : "month"
      return "months and years differ in length: write `datetime_add(\"\(unit)\", -\(number), now())`"
    }
    if unit.hasPrefix("week") || unit == "w" || unit == "wk", let weeks = Int(number), weeks < 100_000 { return "write `\(weeks * 7)d`" }
    guard let known = TimespanSuffix.units[unit] else { return nil }
    let short =
      switch known {
      case .day: "d"
      case .hour: "h"
      case .minute: "m"
      case .second: "s"
      case .millisecond: "ms"
      case .microsecond: "microsecond"
      case .nanosecond: "nanosecond"
      case .tick: "tick"
      }
    return "write `\(number)\(short)`, without a space"
  }

  /// `interval '1 day'`, `date '2026-03-31'`, `f"..."`: a word before a text.
  private var literalHint: String? {
    let last = token(before: 1)
    guard index > 0, at(.string), last.kind == .word else { return nil }
    let value = text(in: token.span).filter { $0 != "'" && $0 != "\"" }
    switch last.text.lowercased() {
    case "interval", "timedelta":
      let parts = value.split(separator: " ")
      if parts.count == 2, let help = Self.timespan(String(parts[0]), String(parts[1])) { return help }
      return "write a timespan such as `1d`, `2h` or `30m`"
    case "date", "timestamp", "timestamptz", "datetime", "time": return "write `datetime(\(value))`"
    case "f" where last.upper == token.lower: return "write `strcat(\"text\", value)`"
    case "r" where last.upper == token.lower, "b" where last.upper == token.lower: return "write `@\"...\"` for a text without escapes"
    default: return nil
    }
  }

  /// Signs that mean something elsewhere.
  private var symbolHint: String? {
    let (next, last) = (token(after: 1), token(before: 1))
    switch token.kind {
    case .colon where next.kind == .colon:
      let type = token(after: 2)
      let function = type.kind == .word ? Self.conversion(to: type.text) : nil
      return "write `\(function ?? "tostring")(x)`"
    case .colon where next.kind == .assign: return "write `=`"
    case .colon where last.kind == .word && next.kind == .string: return "write `\(last.text) == \(text(in: next.span))`"
    case .colon where last.kind == .word && next.kind == .word && depth == 0: return "write `\(last.text) == \"\(next.text)\"`"
    case .colon where depth > 0: return "write `substring(text, start, length)`, or `array_slice(list, start, end)`"
    case .slash where next.kind == .star && isAdjacent(after: 1): return "a comment starts with `//`, in each of its lines"
    case .slash where next.kind == .word && index == 0: return "commands start with a dot: write `.\(next.text)`"
    case .slash where next.kind == .word: return "write a regular expression as a text, as in `x matches regex \"pattern\"`"
    case .greater where last.kind == .minus && last.upper == token.lower && next.kind == .word: return "write `bag.\(next.text)` for a value in a bag"
    case .greater where last.kind == .pipe && last.upper == token.lower: return "write `|`, without the `>`"
    case .word where last.kind == .star && token(before: 2).kind == .star,
      .long where last.kind == .star && token(before: 2).kind == .star:
      return "for powers write `pow(a, b)`"
    case .word where last.kind == .rightParen && token(before: 3).kind == .leftParen && token(before: 2).kind == .word:
      return Self.conversion(to: token(before: 2).text).map { "write `\($0)(\(token.text))`" }
    case .dotDot: return "write `between (low .. high)`"
    case .leftBrace where last.kind == .word && last.upper == token.lower:
      let isTest = next.kind == .word && token(after: 3).kind == .string
      let test = isTest ? "\(next.text) == \(text(in: token(after: 3).span))" : "name == \"value\""
      return "write `\(last.text) | where \(test)`"
    default: return nil
    }
  }

  /// The function that makes a value of a type, by the type's name in this or another language.
  private static func conversion(to type: String) -> String? {
    switch type.lowercased() {
    case "string", "text", "varchar", "char", "nvarchar", "str": "tostring"
    case "int", "integer", "int32", "smallint": "toint"
    case "long", "bigint", "int64": "tolong"
    case "real", "float", "double", "float64", "numeric": "toreal"
    case "decimal": "todecimal"
    case "datetime", "date", "timestamp", "timestamptz": "todatetime"
    case "timespan", "interval", "time": "totimespan"
    case "bool", "boolean": "tobool"
    case "dynamic", "json", "jsonb": "todynamic"
    case "guid", "uuid": "toguid"
    default: nil
    }
  }

  /// Words before the place that explain it.
  private var neighbourHint: String? {
    guard index > 0 else { return nil }
    let last = token(before: 1)
    guard last.kind == .word else { return last.kind == .comma ? commaHint : nil }
    if atWord("from"), token(before: 2).kind == .leftParen, let part = ForeignWord.named(last.text, .function) { return part.advice }
    if token.kind == .word, token.text.lowercased() == "as", token(before: 2).kind == .leftParen, let cast = castHint { return cast }
    switch last.text.lowercased() {
    case "not" where at(.word) || at(.leftBracket):
      if ReservedWords.all.contains(token.text) { return "write `x !\(token.text) ...`, or `not(condition)`" }
      return "write `not(condition)`, with brackets"
    case "and", "or" where !at(.word) && !at(.string) && !at(.leftParen): return "write another condition, or remove `\(last.text)`"
    case "distinct" where at(.word) && token(before: 2).kind == .word && token(before: 2).text == "summarize":
      return "write `summarize dcount(\(token.text))`, or `distinct \(token.text)` as a step of its own"
    case "distinct" where depth > 0 && at(.word): return "write `dcount(\(token.text))`"
    case "distinct" where atWord("on"): return "write `summarize take_any(*) by a`"
    case "all" where at(.word): return "leave out `all`: `union` keeps every row"
    case "case" where atWord("when"): return "write `case(condition, a, condition, b, otherwise)`, or `iff(condition, a, b)`"
    case "lambda": return "write `let f = (x: long) { x + 1 };` before the query"
    default: return nil
    }
  }

  /// `cast(x as string)`
  private var castHint: String? {
    let (name, type) = (token(before: 3), token(after: 1))
    guard ["cast", "try_cast", "safe_cast", "convert"].contains(name.text.lowercased()), type.kind == .word || type.kind == .typedLiteral else { return nil }
    return Self.conversion(to: text(in: type.span)).map { "write `\($0)(\(token(before: 1).text))`" }
  }

  /// A comma that nothing follows.
  private var commaHint: String? {
    switch token.kind {
    case .word where ["by", "on", "asc", "desc"].contains(token.text): "remove the `,` before `\(token.text)`"
    case .end, .pipe, .semicolon, .rightParen: "remove the `,`, or write another value after it"
    default: nil
    }
  }

  /// A word such as `contains` that is called like a function.
  var calledOperatorHint: String? {
    guard at(.word), token(after: 1).kind == .leftParen else { return nil }
    if token.text.hasSuffix("between") { return "write `x \(token.text) (low .. high)`" }
    if ReservedWords.membershipOperators[token.text] != nil { return "write `x \(token.text) (\"a\", \"b\")`" }
    if ReservedWords.stringOperators[token.text] != nil { return "write `x \(token.text) \"text\"`" }
    if token.text == "and" || token.text == "or" { return "write `a \(token.text) b`" }
    return nil
  }

  /// What to write for a method that is called on a value.
  static func methodHint(_ name: String) -> String {
    if ReservedWords.stringOperators[name] != nil { return "write `x \(name) \"text\"`" }
    return ForeignWord.function(name) ?? "write `\(name)(value)`"
  }

  /// What to write for `table.name(`, `table[...]`, `table{...}` at the bracket, which follows the table.
  var tableMethodHint: String? {
    let last = token(before: 1)
    guard index > 0, last.kind == .word, last.upper == token.lower else { return nil }
    switch token.kind {
    case .leftParen where token(before: 2).kind == .dot:
      if let step = ForeignWord.named(last.text, .step) { return Self.piped(step.advice) }
      if let function = ForeignWord.named(last.text, .function), function.names.contains("read_csv") { return function.advice }
      if let declaration = OperatorDeclaration.named(last.text), declaration.isSupported { return "write `| \(declaration.usage)`" }
      return "KQL has no methods; steps follow a pipe, as in `| where a == \"x\" | summarize count() by b`"
    case .leftBracket where token(after: 1).kind == .string:
      return "write `\(last.text) | project \(text(in: token(after: 1).span).filter { $0 != "\"" && $0 != "'" })`"
    case .leftBracket where token(after: 1).kind == .long: return "write `\(last.text) | take 10`"
    case .leftBracket where token(after: 1).kind == .leftBracket: return "write `\(last.text) | project a, b`"
    case .leftBracket: return "write `\(last.text) | where a == \"x\"`"
    default: return nil
    }
  }

  /// The advice for a step with its pipe before it.
  private static func piped(_ advice: String) -> String {
    advice.hasPrefix("write `") ? "write `| " + advice.dropFirst("write `".count) : advice
  }

  /// What to write for a statement that begins with the words here; nil for those of KQL.
  var foreignStart: String? {
    // Another word, a text, a number or a star follows in each of them.
    switch token(after: 1).kind {
    case .word, .string, .long, .star: break
    default: return nil
    }
    guard at(.word) || at(.unknown), let word = phrase(.start) else { return nil }
    let length = word.names.contains(token.text.lowercased()) ? 1 : 2
    if length == 1 {
      // A table may have any name; only what follows shows whether the word is one.
      let next = token(after: 1)
      guard SourceDeclaration.named(token.text) == nil || !atSourceKeyword, !isAdjacent(after: 1) else { return nil }
      if let step = OperatorDeclaration.named(next.text), step.isSupported, next.text != token.text { return nil }
    }
    // The table that is named after the words, unless it is a word of that language as well.
    let count = (1...4).last { count in
      word.names.contains((0..<count).map { token(after: $0).text.lowercased() }.joined(separator: " "))
    } ?? length
    let named = token(after: count)
    guard named.kind == .word, named.text != named.text.uppercased() || named.text.count < 2 else { return word.advice }
    return word.advice.replacing("TABLE", with: named.text).replacing(", with the name of a table", with: ", without `\(token.text)`")
  }

  /// The operator whose keyword is just before the place, if its operands are missing.
  var missingOperandsHint: String? {
    guard at(.end) || at(.pipe) || at(.semicolon), index > 1, token(before: 2).kind == .pipe, token(before: 1).kind == .word,
      let declaration = OperatorDeclaration.named(token(before: 1).text), declaration.isSupported
    else { return nil }
    return "write `\(declaration.usage)`"
  }

  /// `summarize by source count()`: the aggregates come before the groups.
  private var keysBeforeAggregates: String? {
    var distance = 1
    while distance < 20, distance <= index, token(before: distance).kind != .pipe { distance += 1 }
    guard distance > 2, distance <= index, token(before: distance - 2).text == "by", token(after: 1).kind == .leftParen else { return nil }
    let keys = text(in: SourceSpan.joining(token(before: max(1, distance - 3)).span, token(before: 1).span))
    return "write the aggregates first: `summarize \(token.text)(...) by \(keys)`"
  }

  /// Two values in a row where a list of them is expected.
  func missingCommaHint(_ declaration: OperatorDeclaration) -> String? {
    guard at(.word) || at(.string) || at(.long), index > 0 else { return nil }
    let last = token(before: 1)
    guard last.kind == .word || last.kind == .rightParen || last.kind == .rightBracket else { return nil }
    guard atName || !at(.word) else { return nil }
    switch declaration.operands {
    case .columns, .order, .expressions:
      guard at(.word) else { return nil }
      if declaration.traits.contains(.aggregates) {
        if let keys = keysBeforeAggregates { return keys }
        if last.kind == .rightParen { return "write `by \(token.text)` to group, or a `,` before another aggregate" }
      }
      if last.kind == .rightParen, declaration.operands == .expressions {
        return "a name comes first: `\(token.text) = ...`; between two values a `,` is missing"
      }
      let call = declaration.traits.contains(.aggregates) && last.kind == .word ? ", or brackets: `\(last.text)(\(token.text))`" : ""
      return "a `,` is missing before `\(token.text)`\(call)"
    case .condition: return "a comparison such as `==` is missing before \(found), or `and` between two conditions"
    case .tables: return "a `,` is missing before `\(token.text)`"
    case .nothing, .join, .plugin, .function, .chart: return nil
    }
  }
}
