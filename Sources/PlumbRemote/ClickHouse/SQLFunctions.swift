import PlumbEngine

// Scalar functions by kind and by the names under which KQL documents them: a function that is not here runs here. Each
// returns nil for a call that is not of its kind, or whose meaning there is not known to be
// equal.
extension SQLExpressions {
  /// Whole numbers in the range of their type, as `Int64`.
  private func word(_ sql: String, _ type: ScalarType, _ nullable: Bool) -> SQLValue {
    SQLValue("toInt64(\(sql))", type, nullable: nullable)
  }

  /// The rest of a division by a positive constant, never negative. The constant is signed, or the dividend would not be.
  private func remainder(_ sql: String, _ divisor: Int64) -> String {
    "((\(sql) % toInt64(\(divisor))) + toInt64(\(divisor))) % toInt64(\(divisor))"
  }

  func converted(_ value: SQLValue, to type: ScalarType) throws -> SQLValue {
    let inner = value.plain
    if case .element(let element, let presence) = value.form {
      let made = try converted(SQLValue(value.sql, element, nullable: false), to: type)
      guard let presence else { return made }
      if type == .string { return SQLValue("if(\(presence), \(made.sql), '')", .string, nullable: false) }
      return SQLValue("if(\(presence), \(made.sql), NULL)", type, nullable: true)
    }
    switch (value.type, type) {
    case (.int, .long), (.long, .long), (.real, .real), (.string, .string), (.int, .int), (.datetime, .datetime),
      (.timespan, .timespan), (.bool, .bool):
      return SQLValue(inner.sql, type, nullable: inner.isNullable)
    case (.int, .real), (.long, .real):
      return SQLValue("toFloat64(\(inner.sql))", .real, nullable: inner.isNullable)
    case (.long, .string), (.int, .string):
      return SQLValue(inner.isNullable ? "ifNull(toString(\(inner.sql)), '')" : "toString(\(inner.sql))", .string, nullable: false)
    case (.bool, .string):
      let name = "if(\(inner.isNullable ? "assumeNotNull(\(inner.sql))" : inner.sql), 'true', 'false')"
      return SQLValue(inner.isNullable ? "if(isNull(\(inner.sql)), '', \(name))" : name, .string, nullable: false)
    case (.real, .int), (.real, .long):
      // What fits is between these bounds.
      let isInRange = type == .int ? "> -2147483649" : ">= -exp2(63)", limit = type == .int ? "2147483648" : "exp2(63)"
      let number = inner.isNullable ? "ifNull(\(inner.sql), nan)" : inner.sql
      let isInside = "(\(number) \(isInRange) AND \(number) < \(limit))"
      return SQLValue("if(\(isInside), toInt64(if(\(isInside), \(number), 0)), NULL)", type, nullable: true)
    default: throw Obstacle("a \(value.type.name) becomes a \(type.name) here")
    }
  }

  func arithmetic(_ call: BoundCall, _ columns: [SQLValue]) throws -> SQLValue? {
    let name = call.name
    guard ["+", "-", "*", "/", "%", "bin", "floor", "bin_at", "abs", "isnan", "isinf", "isfinite"].contains(name) else { return nil }
    let values = try call.arguments.map { try value($0, columns).plain }
    let types = values.map(\.type)
    let isWord = types.allSatisfy { $0 == .long || $0 == .int || $0 == .timespan || $0 == .datetime }
    let isReal = types.allSatisfy { $0 == .real }
    guard isWord || isReal else { return nil }
    let nullable = values.contains(where: \.isNullable)
    let sql = values.map(\.sql)
    switch (name, values.count) {
    case ("+", 2), ("-", 2), ("*", 2):
      guard isReal || types.contains(.timespan) == false || name != "*" || types.contains(where: \.isInteger) else { return nil }
      return SQLValue("(\(sql[0]) \(name) \(sql[1]))", call.type, nullable: nullable)
    case ("-", 1): return SQLValue("(-\(sql[0]))", call.type, nullable: nullable)
    case ("/", 2):
      if isReal { return SQLValue("(\(sql[0]) / \(sql[1]))", .real, nullable: nullable) }
      if types == [.timespan, .timespan] {
        guard let divisor = values[1].constant, !divisor.isNull, divisor != .timespan(0) else { return nil }
        return SQLValue("(toFloat64(\(sql[0])) / \(sql[1]))", .real, nullable: nullable)
      }
      guard types[1].isInteger else { return nil }
      if case .long(let divisor)? = values[1].constant, divisor > 0 {
        return word("intDiv(\(sql[0]), toInt64(\(divisor)))", call.type, nullable)
      }
      // Division by zero, and of the smallest number by -1, would end the whole query there.
      let (a, b) = (sql[0], sql[1])
      let quotient = "intDiv(\(a), if(ifNull(\(b) = 0, 1) OR ifNull(\(b) = -1, 1), toInt64(1), \(values[1].isNullable ? "assumeNotNull(\(b))" : b)))"
      return SQLValue("if(ifNull(\(b) = 0, 1), NULL, if(ifNull(\(b) = -1, 0), -\(a), \(quotient)))", call.type, nullable: true)
    case ("%", 2):
      guard isWord, let divisor = values[1].constant?.wholeNumber, divisor != 0, divisor != .min else { return nil }
      let n = abs(divisor)
      return word(remainder(sql[0], n), call.type, nullable)
    case ("bin", 2), ("floor", 2):
      guard isWord, let step = values[1].constant?.wholeNumber, step > 0, step < 1 << 61 else { return nil }
      // Times are counted from the year 1, so that they are never negative.
      let rest = types[0] == .datetime ? "\(sql[0]) % toInt64(\(step))" : remainder(sql[0], step)
      let start = SQLValue("(\(sql[0]) - \(rest))", call.type, nullable: nullable)
      // The bin of the smallest numbers begins below them, and is null.
      let lowest = Int64.min / step * step
      guard types[0] == .long || types[0] == .timespan, lowest > .min, values[0].constant == nil else { return start }
      let isBelow = nullable ? "ifNull(\(sql[0]) < (\(lowest)), 0)" : "\(sql[0]) < (\(lowest))"
      return SQLValue("if(\(isBelow), NULL, \(start.sql))", call.type, nullable: true)
    case ("bin_at", 3):
      guard isWord, let step = values[1].constant?.wholeNumber, step > 0, step < 1 << 61, let origin = values[2].constant?.wholeNumber
      else { return nil }
      return SQLValue("(\(sql[0]) - \(remainder("(\(sql[0]) - \(origin))", step)))", call.type, nullable: nullable)
    case ("abs", 1): return isReal ? SQLValue("abs(\(sql[0]))", .real, nullable: nullable) : word("abs(\(sql[0]))", call.type, nullable)
    case ("isnan", 1) where isReal && !nullable: return SQLValue("isNaN(\(sql[0]))", .bool, nullable: false)
    case ("isinf", 1) where isReal && !nullable: return SQLValue("isInfinite(\(sql[0]))", .bool, nullable: false)
    case ("isfinite", 1) where isReal && !nullable: return SQLValue("isFinite(\(sql[0]))", .bool, nullable: false)
    default: return nil
    }
  }

  // MARK: Texts

  /// A search for a constant text. Letters outside ASCII have rules of case and of words that differ by version.
  func search(_ test: TextTest, ignoresCase: Bool, _ text: SQLValue, _ part: Value?) throws -> SQLValue {
    guard case .string(let needle)? = part else { throw Obstacle("it searches for a text that is not constant") }
    guard needle.utf8.allSatisfy({ $0 < 128 && $0 > 0 }) || !ignoresCase else {
      throw Obstacle("letters outside ASCII are compared without their case here")
    }
    func term(_ leading: Bool, _ trailing: Bool) throws -> String {
      guard !needle.isEmpty, needle.utf8.allSatisfy({ $0 < 128 && $0 > 0 }) else {
        throw Obstacle("terms with letters outside ASCII are searched for here")
      }
      let escaped = (ignoresCase ? needle.lowercased() : needle).reduce(into: "") { result, character in
        if !character.isLetter, !character.isNumber, character != " " { result.append("\\") }
        result.append(character)
      }
      // A border counts only where the needle itself has a letter or a digit.
      func isWord(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber } ?? false }
      let before = leading && isWord(needle.first) ? "(^|[^\\pL\\pN])" : ""
      let after = trailing && isWord(needle.last) ? "([^\\pL\\pN]|$)" : ""
      let subject = ignoresCase ? "lower(\(text.sql))" : text.sql
      return "match(\(subject), \(SQLValue.text(before + escaped + after)))"
    }
    let subject = ignoresCase ? "lower(\(text.sql))" : text.sql
    let literal = SQLValue.text(ignoresCase ? needle.lowercased() : needle)
    let length = needle.utf8.count
    let sql = switch test {
    case .equals: "(\(subject) = \(literal))"
    case .contains: ignoresCase
      ? "(positionCaseInsensitive(\(text.sql), \(literal)) > 0)" : "(position(\(text.sql), \(literal)) > 0)"
    case .startsWith: "(substring(\(subject), 1, \(length)) = \(literal))"
    case .endsWith: length == 0
      ? "1" : "(length(\(text.sql)) >= \(length) AND substring(\(subject), greatest(toInt64(length(\(text.sql))) - \(length - 1), 1)) = \(literal))"
    case .hasTerm: try term(true, true)
    case .hasTermPrefix: try term(true, false)
    case .hasTermSuffix: try term(false, true)
    }
    return SQLValue(needle.isEmpty && test == .contains ? "1" : sql, .bool, nullable: false)
  }

  func texts(_ call: BoundCall, _ columns: [SQLValue]) throws -> SQLValue? {
    let name = call.name, arguments = call.arguments
    if name.hasPrefix("!"), arguments.count == 2, arguments[0].type == .string, name != "!~", name != "!in~" {
      // A negated search has no meaning of its own; that of the other one is known.
      guard let function = ScalarFunction.named(String(name.dropFirst())),
        case .call(let positive) = try BoundExpression.calling(function, arguments, at: call.span),
        case .search(let test, let ignoresCase)? = positive.traits.meaning
      else { return nil }
      return try search(test, ignoresCase: ignoresCase, try value(arguments[0], columns).plain, arguments[1].constant).negation(dialect)
    }
    switch (name, arguments.count) {
    case ("=~", 2), ("!~", 2), ("in~", 2...5000), ("!in~", 2...5000):
      guard arguments[0].type == .string else { return nil }
      let text = try value(arguments[0], columns).plain
      let tests = try arguments.dropFirst().map { try search(.equals, ignoresCase: true, text, $0.constant).sql }
      let any = SQLValue("(\(tests.joined(separator: " OR ")))", .bool, nullable: false)
      return name.hasPrefix("!") ? any.negation(dialect) : any
    case ("has_any", 2...), ("has_all", 2...):
      guard arguments[0].type == .string else { return nil }
      let text = try value(arguments[0], columns).plain
      let tests = try arguments.dropFirst().map { try search(.hasTerm, ignoresCase: true, text, $0.constant).sql }
      return SQLValue("(\(tests.joined(separator: name == "has_any" ? " OR " : " AND ")))", .bool, nullable: false)
    case ("matches regex", 2):
      guard let pattern = try regex(arguments[1].constant) else { return nil }
      return SQLValue("match(\(try value(arguments[0], columns).plain.sql), \(SQLValue.text(pattern)))", .bool, nullable: false)
    case ("extract", 3):
      guard let pattern = try regex(arguments[0].constant), let group = arguments[1].constant?.wholeNumber, call.type == .string
      else { return nil }
      // `extract` there returns the first group, or the whole match without groups.
      let groups = pattern.replacing("\\(", with: "").replacing("\\\\", with: "").replacing("(?", with: "").filter { $0 == "(" }.count
      guard group == 1 && groups >= 1 || group == 0 && groups == 0 else { return nil }
      return SQLValue("extract(\(try value(arguments[2], columns).plain.sql), \(SQLValue.text(pattern)))", .string, nullable: false)
    case ("strlen", 1):
      return SQLValue("toInt64(lengthUTF8(\(try value(arguments[0], columns).plain.sql)))", .long, nullable: false)
    case ("strcat", 2...):
      let parts = try arguments.map { try converted(try value($0, columns), to: .string) }
      return SQLValue("concat(\(parts.map(\.sql).joined(separator: ", ")))", .string, nullable: false)
    case ("substring", 3):
      guard let start = arguments[1].constant?.wholeNumber, let length = arguments[2].constant?.wholeNumber,
        (0..<1 << 31).contains(start), (0..<1 << 31).contains(length)
      else { return nil }
      return SQLValue(
        "substringUTF8(\(try value(arguments[0], columns).plain.sql), \(start + 1), \(length))", .string, nullable: false)
    case ("array_length", 1):
      let array = try value(arguments[0], columns)
      guard case .array = array.form else { return nil }
      return SQLValue("toInt64(length(\(array.sql)))", .long, nullable: false)
    default: return nil
    }
  }

  /// A constant pattern that means the same to both, which use RE2.
  private func regex(_ constant: Value?) throws -> String? {
    guard case .string(let pattern)? = constant else { throw Obstacle("its regular expression is not constant") }
    guard !pattern.isEmpty, pattern.utf8.allSatisfy({ $0 < 128 && $0 > 0 }) else { return nil }
    if pattern.contains(".") || pattern.contains("(?") {
      try dialect.require(.regexWithFlags)
      // There `.` also matches the end of a line.
      return "(?-s)" + pattern
    }
    return pattern
  }

  // MARK: Times

  func times(_ call: BoundCall, _ columns: [SQLValue]) throws -> SQLValue? {
    let name = call.name, arguments = call.arguments
    let day = SQLValue.day
    func ticks(_ place: Int) throws -> SQLValue { try value(arguments[place], columns).plain }
    guard let last = arguments.last, last.type == .datetime else { return nil }
    switch (name, arguments.count) {
    case ("hourofday", 1):
      let time = try ticks(0)
      return word("intDiv(\(time.sql), toInt64(36000000000)) % 24", call.type, time.isNullable)
    case ("dayofweek", 1):
      let time = try ticks(0)
      return word("((intDiv(\(time.sql), toInt64(\(day))) + 1) % 7) * \(day)", .timespan, time.isNullable)
    case ("startofday", 1):
      let time = try ticks(0)
      return SQLValue("(\(time.sql) - \(time.sql) % toInt64(\(day)))", .datetime, nullable: time.isNullable)
    case ("startofweek", 1):
      let time = try ticks(0)
      let number = "intDiv(\(time.sql), toInt64(\(day)))"
      return SQLValue("((\(number) - (\(number) + 1) % 7) * \(day))", .datetime, nullable: time.isNullable)
    case ("datetime_diff", 3):
      guard case .string(let part)? = arguments[0].constant, let unit = Self.units[part.lowercased()] else { return nil }
      let (a, b) = (try ticks(1), try ticks(2))
      return SQLValue("(intDiv(\(a.sql), toInt64(\(unit))) - intDiv(\(b.sql), toInt64(\(unit))))", .long, nullable: a.isNullable || b.isNullable)
    default: return nil
    }
  }

  /// Units of fixed length, in ticks.
  private static let units: [String: Int64] = [
    "day": SQLValue.day, "hour": 36_000_000_000, "minute": 600_000_000, "second": SQLValue.second, "millisecond": 10_000,
    "microsecond": 10,
  ]

  // MARK: Members

  /// A value of a map by its key.
  func members(_ call: BoundCall, _ columns: [SQLValue]) throws -> SQLValue? {
    switch (call.name, call.arguments.count) {
    case ("member", 2), ("element", 2): break
    default: return nil
    }
    let map = try value(call.arguments[0], columns)
    guard case .map(let type) = map.form, case .string(let key)? = call.arguments[1].constant else {
      throw Obstacle("members of dynamic values are found here")
    }
    // Of several values of one key the last counts.
    let text = SQLValue.text(key)
    let item = "arrayElement(mapValues(\(map.sql)), arrayLastIndex(k -> k = \(text), mapKeys(\(map.sql))))"
    return SQLValue(
      type == .long ? "toInt64(\(item))" : item, .dynamic, nullable: false,
      form: .element(type, presence: "mapContains(\(map.sql), \(text))"))
  }

  // MARK: Choices

  func choices(_ call: BoundCall, _ columns: [SQLValue]) throws -> SQLValue? {
    let name = call.name
    switch name {
    case "iff", "iif", "case":
      guard call.arguments.count % 2 == 1, call.arguments.count >= 3 else { return nil }
      let values = try call.arguments.map { try value($0, columns).plain }
      let results = values.indices.filter { $0 % 2 == 1 || $0 == values.count - 1 }.map { values[$0] }
      guard results.allSatisfy({ $0.type == call.type && $0.form == .plain && $0.type != .dynamic }) else { return nil }
      let parts = values.indices.map { place in
        place % 2 == 0 && place < values.count - 1
          ? (values[place].isNullable ? "ifNull(\(values[place].sql), 0)" : values[place].sql) : values[place].sql
      }
      let sql = "\(parts.count == 3 ? "if" : "multiIf")(\(parts.joined(separator: ", ")))"
      let nullable = results.contains(where: \.isNullable)
      switch call.type.lane {
      case .word: return word(sql, call.type, nullable)
      case .float: return SQLValue("toFloat64(\(sql))", call.type, nullable: nullable)
      case .byte, .bytes: return SQLValue(sql, call.type, nullable: nullable)
      case .wide: return nil
      }
    case "coalesce":
      let values = try call.arguments.map { try value($0, columns).plain }
      guard call.type.lane == .word || call.type == .real, values.allSatisfy({ $0.type == call.type }) else { return nil }
      let sql = "coalesce(\(values.map(\.sql).joined(separator: ", ")))"
      let nullable = values.allSatisfy(\.isNullable)
      return call.type == .real ? SQLValue("toFloat64(\(sql))", .real, nullable: nullable) : word(sql, call.type, nullable)
    case "min_of", "max_of":
      let values = try call.arguments.map { try value($0, columns).plain }
      guard call.type.lane == .word, values.allSatisfy({ $0.type == call.type && !$0.isNullable }) else { return nil }
      let function = name == "min_of" ? "least" : "greatest"
      return word(values.dropFirst().reduce(values[0].sql) { "\(function)(\($0), \($1.sql))" }, call.type, false)
    default: return nil
    }
  }
}

extension Value {
  /// The value of a whole number, or the ticks of a time or a span.
  var wholeNumber: Int64? {
    switch self {
    case .int(let number): Int64(number)
    case .long(let number), .timespan(let number), .datetime(let number): number
    default: nil
    }
  }
}
