/// The words before a bracket that make a typed literal, such as `datetime(...)`.
enum TypedLiteralKeyword {
  static let types: [String: ScalarTypeSyntax] = [
    "bool": .bool, "boolean": .bool, "int": .int, "int32": .int, "long": .long, "int64": .long,
    "real": .real, "double": .real, "decimal": .decimal, "datetime": .datetime, "date": .datetime,
    "timespan": .timespan, "time": .timespan, "guid": .guid, "uuid": .guid, "uniqueid": .guid,
  ]
}

/// The names of types, where a schema or `typeof` asks for one.
enum TypeName {
  static let types: [String: ScalarTypeSyntax] = [
    "bool": .bool, "boolean": .bool, "int": .int, "int32": .int, "long": .long, "int64": .long,
    "real": .real, "double": .real, "decimal": .decimal, "datetime": .datetime, "date": .datetime,
    "timespan": .timespan, "time": .timespan, "string": .string, "guid": .guid, "uuid": .guid,
    "uniqueid": .guid, "dynamic": .dynamic,
  ]
}

/// The endings of timespan literals such as `2h`.
enum TimespanSuffix {
  static let units: [String: TimespanUnit] = [
    "d": .day, "day": .day, "days": .day,
    "h": .hour, "hr": .hour, "hrs": .hour, "hour": .hour, "hours": .hour,
    "m": .minute, "min": .minute, "minute": .minute, "minutes": .minute,
    "s": .second, "sec": .second, "second": .second, "seconds": .second,
    "ms": .millisecond, "milli": .millisecond, "millis": .millisecond, "millisec": .millisecond,
    "millisecond": .millisecond, "milliseconds": .millisecond,
    "micro": .microsecond, "micros": .microsecond, "microsec": .microsecond,
    "microsecond": .microsecond, "microseconds": .microsecond,
    "nano": .nanosecond, "nanos": .nanosecond, "nanosec": .nanosecond, "nanosecond": .nanosecond,
    "nanoseconds": .nanosecond,
    "tick": .tick, "ticks": .tick,
  ]
}

/// Words that cannot be names unless quoted as `['by']`.
enum ReservedWords {
  static let stringOperators: [String: BinaryOperator] = {
    var table: [String: BinaryOperator] = [:]
    for op in BinaryOperator.allCases where op != .matchesRegex {
      if op.rawValue.utf8.contains(where: Alphabet.startsWord) { table[op.rawValue] = op }
    }
    // Older spellings.
    table["notcontains"] = .notContains
    table["containscs"] = .containsCS
    table["notcontainscs"] = .notContainsCS
    table["likecs"] = .likeCS
    table["notlike"] = .notLike
    table["notlikecs"] = .notLikeCS
    return table
  }()

  static let membershipOperators: [String: MembershipSyntax.Operator] = Dictionary(
    uniqueKeysWithValues: MembershipSyntax.Operator.allCases.map { ($0.rawValue, $0) })

  /// All word operators, with `!` where negated.
  static let operators: Set<String> = {
    var words = Set(stringOperators.keys)
    words.formUnion(membershipOperators.keys)
    words.formUnion(["and", "or", "between", "!between", "matches"])
    return words
  }()

  static let booleans: [String: Bool] = [
    "true": true, "True": true, "TRUE": true, "false": false, "False": false, "FALSE": false,
  ]

  static let all: Set<String> = operators.union(booleans.keys).union(["by", "on", "null"])

  /// Words that can be something other than a name, depending on what follows: `datetime` before a bracket, `print` before a sign.
  static let beforeOthers: Set<String> = {
    var words = Set(TypedLiteralKeyword.types.keys).union(["dynamic", "typeof"])
    for source in SourceDeclaration.all where !source.isWord {
      let names = [source.keyword] + source.aliases
      words.formUnion(names.filter { name in ["- 1", "* 1", "in (1)"].contains { source.starts(Parser("\(name) \($0)")) } })
    }
    return words
  }()
}
