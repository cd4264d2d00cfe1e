extension ScalarFunction {
  /// Functions over RE2 regular expressions, which always take linear time.
  static let regexFunctions: [ScalarFunction] = trimming + rewriting + extracting

  private static let trimming: [ScalarFunction] = [
    ScalarFunction(
      "trim", "Removes all matches of `regex` at the start and at the end of `text`.", "regex, text",
      examples: [.init(#"trim("--", "--Te st--")"#, is: "Te st"), .init(#"trim("a", "aabaa")"#, is: "b")],
      overloads: [cutting(start: true, end: true)]),
    ScalarFunction(
      "trim_start", "Removes the match of `regex` from the start of `text`.", "regex, text",
      examples: [.init(#"trim_start("https://", "https://plumb")"#, is: "plumb")],
      overloads: [cutting(start: true, end: false)]),
    ScalarFunction(
      "trim_end", "Removes the match of `regex` from the end of `text`.", "regex, text",
      examples: [.init(#"trim_end(".com", "plumb.com")"#, is: "plumb")],
      overloads: [cutting(start: false, end: true)]),
  ]

  private static func cutting(start: Bool, end: Bool) -> Overload {
    .columns([.string, .string], to: .string) { arguments in
      let texts = Input<Bytes>(arguments, 1)
      // `trim` removes all matches at both ends, the others one.
      let count = start && end ? "+" : ""
      // Each end has its own compiled pattern, since a call can cache only one.
      let atStart = start ? try PatternInput(arguments, 0, prefix: #"\A(?:"#, suffix: ")\(count)") : nil
      let other = Arguments(
        vectors: arguments.vectors, count: arguments.count, type: arguments.type, context: arguments.context,
        span: arguments.span, argumentSpans: arguments.argumentSpans, prepared: Prepared())
      let atEnd = end ? try PatternInput(start ? other : arguments, 0, prefix: "(?:", suffix: #")\#(count)\z"#) : nil
      return try borrowedRows(arguments, from: 1) { row in
        var text = texts[row]
        if let match = try atStart?[row].firstMatch(in: text)?.range(0) { text = text.part(from: match.upperBound) }
        if let match = try atEnd?[row].firstMatch(in: text)?.range(0) { text = text.part(from: 0, to: match.lowerBound) }
        return text
      }
    }
  }

  private static let rewriting: [ScalarFunction] = [
    ScalarFunction(
      "replace_regex", #"Replaces every match of `regex` in `text` with `rewrite`, in which \1 is the first group."#,
      "text, regex, rewrite",
      examples: [
        .init(#"replace_regex("Number is 12", @"is (\d+)", @"was: \1")"#, is: "Number was: 12")
      ],
      overloads: [replacement(text: 0, regex: 1, rewrite: 2)], traits: FunctionTraits(cost: .high)),
    ScalarFunction(
      "replace", #"Replaces every match of `regex` in `text` with `rewrite`, like `replace_regex`."#,
      "regex, rewrite, text",
      examples: [.init(#"replace(@"\d", "-", "a1b2")"#, is: "a-b-")],
      overloads: [replacement(text: 2, regex: 0, rewrite: 1)], traits: FunctionTraits(cost: .high)),
    ScalarFunction(
      "regex_quote", "Escapes `text` as a regular expression that matches exactly that text.", "text",
      examples: [.init(#"regex_quote("(so$me.Te^xt)")"#, is: #"\(so\$me\.Te\^xt\)"#)],
      overloads: [
        .writing(.string) { (text: Bytes, out: inout ByteBuffer) in
          for byte in text {
            let isPlain = byte >= 0x80 || byte.isASCIILetter || byte.isDigit || byte == .underscore
            if !isPlain { out.append(.backslash) }
            out.append(byte)
          }
        }
      ]),
  ]

  private static func replacement(text: Int, regex: Int, rewrite: Int) -> Overload {
    .columns([.string, .string, .string], to: .string) { arguments in
      let texts = Input<Bytes>(arguments, text), rewrites = Input<Bytes>(arguments, rewrite)
      let pattern = try PatternInput(arguments, regex)
      return try writtenRows(arguments, as: .string) { row, out in
        try pattern[row].replace(in: texts[row], with: rewrites[row], to: &out)
        return true
      }
    }
  }

  private static let extracting: [ScalarFunction] = [
    ScalarFunction(
      "extract", "Extracts group number `group` of the first match of `regex` in `text`, converted to `type`; group 0 is the match.",
      "regex, group, text, [type]",
      examples: [
        .init(#"extract(@"-(\d{2})-", 1, "15-12-2024")"#, is: "12"),
        .init(#"extract(@"\d+", 0, "took 42s", typeof(long)) + 1"#, is: "43"),
        .init(#"extract(@"-(?<year>\d{4})", 1, "15-12-2024")"#, is: "2024"),
      ],
      overloads: [
        .columns([.string, .long, .string], to: .string) { try extracted($0) },
        .columns(
          [.exactly(.string), .exactly(.long), .exactly(.string), .exactly(.string)],
          result: { shapes in literalType(shapes[3].constant) }
        ) { arguments in
          let texts = try extracted(arguments.replacing(Array(arguments.vectors.prefix(3))))
          return try arguments.replacing([texts]).converted(0, to: arguments.type)
        },
      ], traits: FunctionTraits(cost: .high)),
    extractAll("extract_all"), extractAll("extractall"),
    ScalarFunction(
      "indexof_regex",
      "Returns the index of the first match of `regex` in `text`, from the character `start` on, within `length` characters, or of the given `occurrence`; -1 if not found.",
      "text, regex, [start, [length, [occurrence]]]",
      examples: [
        .init(#"indexof_regex("abcabc", "a.c")"#, is: "0"), .init(#"indexof_regex("abcabcdefg", "a.c", 0, 9, 2)"#, is: "3"),
      ],
      overloads: (2...5).map { count in matchPosition(count) }, traits: FunctionTraits(cost: .high)),
  ]

  private static func extracted(_ arguments: Arguments) throws -> Vector {
    let groups = Input<Int64>(arguments, 1), texts = Input<Bytes>(arguments, 2)
    let pattern = try PatternInput(arguments, 0)
    return try borrowedRows(arguments, from: 2) { row in
      try pattern[row].group(Int(clamping: groups[row]), ofFirstMatchIn: texts[row]) ?? Bytes(start: nil, count: 0)
    }
  }

  private static func extractAll(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Lists all matches of `regex` in `text`: of its one group, or arrays of several `groups` by number or name.",
      "regex, [groups], text",
      examples: [
        .init(#"\#(name)(@"(\d+)", "123, 567")"#, is: #"["123","567"]"#),
        .init(#"\#(name)(@"(\w)(\d)", dynamic([2]), "a1 b2")"#, is: #"["1","2"]"#),
      ],
      overloads: [
        .columns([.string, .string], to: .dynamic) { try allMatches($0, text: 1, groups: nil) },
        .columns([.string, .dynamic, .string], to: .dynamic) { try allMatches($0, text: 2, groups: 1) },
      ], traits: FunctionTraits(cost: .high))
  }

  private static func allMatches(_ arguments: Arguments, text: Int, groups: Int?) throws -> Vector {
    let texts = Input<Bytes>(arguments, text), patterns = Input<Bytes>(arguments, 0)
    let pattern = try PatternInput(arguments, 0)
    let choices = groups.map { Input<CompactDynamic>(arguments, $0) }
    return try writtenRows(arguments, as: .dynamic) { row, out in
      let regex = try pattern[row]
      var chosen = regex.groupCount == 0 ? [0] : Array(1...regex.groupCount)
      if let choice = choices?[row].cursor, choice.isArray {
        chosen = choice.elements.map { element in
          if element.tag == .long { return Int(element.int64) }
          guard element.tag == .string else { return -1 }
          return groupNumber(named: element.text, in: patterns[row]) ?? -1
        }
      }
      let mark = out.beginArray()
      var count = 0
      let source = texts[row]
      regex.forEachMatch(in: source) { match in
        let inner = chosen.count == 1 ? nil : out.beginArray()
        for group in chosen { out.appendString(match.group(group, of: source) ?? Bytes(start: nil, count: 0)) }
        if let inner { out.end(inner, count: chosen.count) }
        count &+= 1
        return true
      }
      out.end(mark, count: count)
      return count > 0
    }
  }

  /// The number of the group that a pattern names with `(?P<name>...)` or `(?<name>...)`.
  private static func groupNumber(named name: Bytes, in pattern: Bytes) -> Int? {
    var number = 0
    var at = 0
    var isInClass = false
    while at < pattern.count {
      let byte = pattern[at]
      if byte == .backslash {
        at &+= 2
        continue
      }
      if byte == .openBracket { isInClass = true }
      if byte == .closeBracket { isInClass = false }
      if byte == .openParenthesis, !isInClass {
        let rest = pattern.part(from: at &+ 1)
        let label = rest.starts(with: "?P<".utf8) ? rest.part(from: 3) : rest.starts(with: "?<".utf8) ? rest.part(from: 2) : nil
        if let label {
          number &+= 1
          if let end = label.firstIndex(of: 0x3E), label.part(from: 0, to: end).equals(name) { return number }
        } else if rest.first != .questionMark {
          number &+= 1
        }
      }
      at &+= 1
    }
    return nil
  }

  private static func matchPosition(_ count: Int) -> Overload {
    let numbers = [ScalarType](repeating: .long, count: count - 2)
    return Overload.columns([.string, .string] + numbers, to: .long) { arguments in
      let texts = Input<Bytes>(arguments, 0)
      let pattern = try PatternInput(arguments, 1)
      let window = SearchWindow.Inputs(arguments, from: 2)
      let starts = count > 2 ? Input<Int64>(arguments, 2) : nil
      let builder = VectorBuilder(.long, capacity: arguments.count, for: arguments.context)
      let mask = unitedNulls(arguments)
      for row in 0..<arguments.count {
        let text = texts[row]
        let isNull = mask.map { $0.values(UInt8.self)[row] != 0 } ?? false
        guard !isNull, starts.map({ $0[row] >= 0 }) ?? true, let window = window[row, text] else {
          builder.appendNull()
          continue
        }
        var left = window.occurrence
        var found: Int64 = -1
        try pattern[row].forEachMatch(in: window.part) { match in
          left &-= 1
          guard left <= 0, let range = match.range(0) else { return true }
          found = Int64(text.part(from: 0, to: window.offset &+ range.lowerBound).characterCount)
          return false
        }
        builder.append(word: found)
      }
      return builder.finish()
    }.takingAny(at: 0)
  }
}

/// The type that a call names with `typeof(long)`, which is passed to it as the text `long`.
func literalType(_ constant: Value?) -> ScalarType? {
  guard case .string(let text) = constant else { return nil }
  let inner = text.hasPrefix("typeof(") && text.hasSuffix(")") ? String(text.dropFirst(7).dropLast()) : text
  return ScalarType(name: inner)
}

/// Runs `body` for each row, which returns a part of the text argument at `index`; nothing is copied.
func borrowedRows(_ arguments: Arguments, from index: Int, _ body: (Int) throws -> Bytes) rethrows -> Vector {
  let builder = VectorBuilder(.string, capacity: arguments.count, for: arguments.context)
  let mask = unitedNulls(arguments)
  for row in 0..<arguments.count {
    if let mask, mask.values(UInt8.self)[row] != 0 { builder.appendNull() } else { builder.append(borrowed: try body(row)) }
  }
  return builder.finish(holding: arguments[index].keepAlive)
}
