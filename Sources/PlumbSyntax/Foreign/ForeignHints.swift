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
    guard TimespanSuffix.units[unit] != nil else { return nil }
    return "write `\(number)\(suffix(unit))`, without a space"
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
    case .colon where last.kind == .word && depth == 0 && fieldTest != nil: return fieldTest.map { "write `\($0)`" }
    case .colon where last.kind == .word && next.kind == .string: return "write `\(last.text) == \(text(in: next.span))`"
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
    case .leftBrace where last.kind != .fatArrow:
      let table = last.kind == .word && last.upper == token.lower && index > 0 ? last.text : "table"
      if let query = LabelTranslation(bytes, from: token.lower).query { return "write `\(table) | where \(query)`" }
      return table == "table" ? nil : "write `\(table) | where name == \"value\"`"
    default: return nil
    }
  }

  /// The function that makes a value of a type, by the type's name in this or another language.
  static func conversion(to type: String) -> String? {
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
    if token.text == "like" || token.text == "notlike" { return ForeignWord.named("like", .function)?.advice }
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
      let table = token(before: 3).kind == .word ? "\(token(before: 3).text) | " : "| "
      let step = ForeignWord.named(last.text, .step)
      let keyword = step?.keyword ?? (["where", "filter"].contains(last.text.lowercased()) ? "where" : nil)
      if keyword == "where" || keyword == "extend" && bracketed.contains(where: { $0.kind == .assign }), let inside = inside(of: token(before: 3).text) {
        let text = "\(table)\(keyword ?? "") \(inside)"
        if table != "| ", !parse(text).hasErrors { return "write `\(text)`" }
      }
      if let step { return step.advice(ForeignOperands(bracketed, in: self, quotesNames: true), after: table) }
      if let function = ForeignWord.named(last.text, .function), function.readsFiles { return function.advice }
      if let declaration = OperatorDeclaration.named(last.text.lowercased()), declaration.isSupported {
        let count = bracketed.count == 1 && bracketed.first?.kind == .long ? bracketed.first.map { text(in: $0.span) } : nil
        return "write `\(table)" + (count.map { "\(declaration.keyword) \($0)" } ?? declaration.usage) + "`"
      }
      return "KQL has no methods; steps follow a pipe, as in `| where a == \"x\" | summarize count() by b`"
    case .dot where token(after: 1).kind == .word && token(before: 2).kind == .dot:
      // `db.runs.find(...)`, `runs.status.unique()`
      let first = token(before: 3).text
      let isDatabase = ["db", "database", "spark", "session", "self"].contains(first.lowercased())
      guard let step = ForeignWord.named(token(after: 1).text, .step) else { return nil }
      let operands = isDatabase ? ForeignOperands(moved(to: index + 2).bracketed, in: self, quotesNames: true) : ForeignOperands(names: [KQLName.inQuery(last.text)])
      return step.advice(operands, after: "\(isDatabase ? last.text : first) | ")
    case .leftBracket:
      // `runs.loc[...]`
      let table = token(before: 2).kind == .dot && token(before: 3).kind == .word ? token(before: 3).text : last.text
      let operands = bracketed
      switch token(after: 1).kind {
      case .string where token(after: 2).kind == .rightBracket:
        let column = KQLName.inQuery(text(in: token(after: 1).span).filter { $0 != "\"" && $0 != "'" })
        if token(after: 3).kind == .dot, token(after: 5).kind == .leftParen, let step = ForeignWord.named(token(after: 4).text, .step) {
          return step.advice(ForeignOperands(names: [column]), after: "\(table) | ")
        }
        return "write `\(table) | project \(column)`"
      case .long, .colon:
        let last = operands.last { $0.kind == .long && $0.text != "0" }.map { text(in: $0.span) } ?? (operands.contains { $0.kind == .colon } ? "10" : "1")
        return "write `\(table) | take \(last)`"
      case .leftBracket:
        return "write `\(table) | " + ForeignOperands(operands, in: self, quotesNames: true).filling("project a, b") + "`"
      default:
        guard let inside = inside(of: table), !parse("\(table) | where \(inside)").hasErrors else { return "write `\(table) | where a == \"x\"`" }
        return "write `\(table) | where \(inside)`"
      }
    default: return nil
    }
  }

  /// A condition inside the bracket here: a text that is one, or an expression over columns of `table` or of a lambda's parameter.
  private func inside(of table: String) -> String? {
    var tokens = bracketed
    if tokens.count == 1, let text = tokens.first, text.kind == .string { return plain(text) }
    var rows: Set<String> = [table, "df", "pl", "F", "f"]
    if tokens.count > 2, let name = tokens.first, name.kind == .word, tokens[tokens.startIndex + 1].kind == .fatArrow {
      rows.insert(name.text)
      tokens = tokens.dropFirst(2)
    }
    // `loc[condition, column]`
    var depth = 0
    for place in tokens.indices {
      if [.leftParen, .leftBracket].contains(tokens[place].kind) { depth += 1 }
      if [.rightParen, .rightBracket].contains(tokens[place].kind) { depth -= 1 }
      if tokens[place].kind == .comma, depth == 0, token(before: 1).text == "loc" || token.kind == .leftBracket { tokens = tokens[..<place]; break }
    }
    var text = rewritten(tokens)
    for name in rows { text = text.replacing("\(name).", with: "") }
    return text.isEmpty ? nil : text
  }

  /// The tokens inside the bracket here, up to the one that closes it.
  private var bracketed: ArraySlice<Token> {
    var depth = 0
    var inside: [Token] = []
    for distance in 0..<200 {
      let next = token(after: distance)
      switch next.kind {
      case .leftParen, .leftBracket, .leftBrace: depth += 1
      case .rightParen, .rightBracket, .rightBrace: depth -= 1
      default: break
      }
      if depth == 0 || next.kind == .end { break }
      if distance > 0 { inside.append(next) }
    }
    return inside[...]
  }

  /// What to write for a statement that begins with the words here; nil for those of KQL.
  var foreignStart: String? {
    // Another word, a text, a number, a star, an option or a path follows in each of them.
    switch token(after: 1).kind {
    case .word, .string, .long, .star: break
    case .minus, .slash, .dot, .dotDot, .unknown:
      guard !isAdjacent(after: 1), isAdjacent(after: 2) || token(after: 2).kind == .end, ForeignWord.named(token.text, .start)?.isProgram == true else { return nil }
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
    var named = token(after: count)
    if word.isProgram {
      // `tail -n 5 runs`, `cat ./runs.csv`
      return programAdvice(word)
    }
    if word.advice.contains("PIPELINE"), let name = commandWords.first(where: { $0.contains("-") }) {
      return "write `" + (word.kql ?? "").replacing("PIPELINE", with: name.filter { $0 != "?" && $0 != "\"" && $0 != "'" }) + "`"
    }
    if named.kind == .leftParen { named = token(after: count + 1) }
    if named.kind == .word, named.text.lowercased() == "table", token(after: count + 1).kind == .word { named = token(after: count + 1) }
    guard named.kind == .word, named.text != named.text.uppercased() || named.text.count < 2 else { return word.advice }
    return word.advice.replacing("TABLE", with: named.text).replacing(", with the name of a table", with: ", without `\(token.text)`")
  }

  /// What to write for a program of another shell with what follows it: `tail -n 5 runs`, `cat ./runs.csv`, `grep failed runs`.
  private func programAdvice(_ word: ForeignWord) -> String {
    let words = commandWords
    var advice = word.advice.replacing("COMMAND", with: ([token.text] + allCommandWords).joined(separator: " "))
    let path = words.first { $0.contains(".") || $0.contains("/") }
    if advice.contains("\"text\"") {
      let isPattern = advice.contains("contains")
      guard let text = isPattern ? words.first : words.joined(separator: " "), !text.isEmpty, !text.contains("\\") else { return advice }
      if isPattern, words.count > 1, Alphabet.isName(words[1]) { advice = advice.replacing("`table |", with: "`\(words[1]) |") }
      return advice.replacing("\"text\"", with: "\"\(text.filter { $0 != "\"" && $0 != "'" })\"")
    }
    let table = words.first { Alphabet.isName($0) }
    if table == nil, let path, !advice.contains("FILE") { return "write `.load NAME=\(path)`, then `NAME | take 10`" }
    let numbers = allCommandWords.compactMap { Int($0.filter { $0 != "-" && $0 != "n" }) }
    if let number = numbers.first { advice = advice.replacing("take 10", with: "take \(number)") }
    return advice.replacing("FILE", with: path ?? words.first ?? "FILE").replacing("TABLE", with: table ?? "TABLE")
      .replacing(", with the name of a table", with: table == nil ? ", with the name of a table" : "")
  }

  /// The rest of the line in words, as a shell reads them, without options.
  private var commandWords: [String] {
    var words = allCommandWords
    // The number of `-n 5`.
    if let option = words.firstIndex(where: { $0.hasPrefix("-") }), option + 1 < words.count, Int(words[option + 1]) != nil { words.remove(at: option + 1) }
    return words.filter { !$0.hasPrefix("-") }
  }

  private var allCommandWords: [String] {
    let rest = bytes[min(token.upper, bytes.count)...].prefix { $0 != .newline && $0 != .semicolon && $0 != .bar }
    return String(decoding: rest, as: UTF8.self).split { $0 == " " || $0 == "\t" }.map(String.init)
  }

  /// `status:failed`, `duration:>300` at the colon, with the conditions that follow, as a step after a table or a condition in it.
  private var fieldTest: String? {
    let start = token(before: 1)
    // The table, or the pipe before `where`.
    let first = index == 1 || index > 1 && token(before: 2).kind == .semicolon
    let isNegated = index == 2 && [.plus, .minus].contains(token(before: 2).kind)
    guard let condition = SearchTranslation(bytes, from: isNegated ? token(before: 2).lower : start.lower).condition else { return nil }
    return first || isNegated ? "table | where \(condition)" : condition
  }

  /// The operator whose keyword is just before the place, if its operands are missing.
  var missingOperandsHint: String? {
    guard at(.end) || at(.pipe) || at(.semicolon), index > 1, token(before: 1).kind == .word else { return nil }
    // `project-away` is three tokens.
    let isDashed = index > 3 && token(before: 2).kind == .minus && token(before: 3).kind == .word
    let name = isDashed ? "\(token(before: 3).text)-\(token(before: 1).text)" : token(before: 1).text
    guard token(before: isDashed ? 4 : 2).kind == .pipe, let declaration = OperatorDeclaration.named(name), declaration.isSupported
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
