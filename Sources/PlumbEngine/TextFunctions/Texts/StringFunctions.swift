import PlumbDiagnostics

extension ScalarFunction {
  /// Functions over text. Characters are Unicode code points.
  static let stringFunctions: [ScalarFunction] =
    measures + casing + joining + cutting + replacing + searching + codePoints

  private static let measures: [ScalarFunction] = [
    ScalarFunction(
      "strlen", "Counts the characters of `text`.", "text",
      examples: [.init(#"strlen("naïve")"#, is: "5"), .init(#"strlen("")"#, is: "0")],
      overloads: [.map { (text: Bytes) -> Int64 in Int64(text.characterCount) }.takingAny(at: 0)])
      .naming(.functionAndFirst),
    ScalarFunction(
      "string_size", "Counts the bytes of `text` in UTF-8.", "text",
      examples: [.init(#"string_size("naïve")"#, is: "6")],
      overloads: [.map { (text: Bytes) -> Int64 in Int64(text.count) }.takingAny(at: 0)]).naming(.functionAndFirst),
    ScalarFunction(
      "isempty", "Returns true if `value` is the empty string or null.", "value",
      examples: [.init(#"isempty("")"#, is: "true"), .init("isempty(0)", is: "false")],
      overloads: [emptiness(isNegated: false)], traits: FunctionTraits(meaning: .emptiness(isEmpty: true))),
    ScalarFunction(
      "isnotempty", "Returns true if `value` is neither the empty string nor null.", "value",
      examples: [.init(#"isnotempty("a")"#, is: "true"), .init("isnotempty(long(null))", is: "false")],
      overloads: [emptiness(isNegated: true)], traits: FunctionTraits(meaning: .emptiness(isEmpty: false))),
    ScalarFunction(
      "notempty", "Returns true if `value` is neither the empty string nor null.", "value",
      examples: [.init(#"notempty("a")"#, is: "true")], overloads: [emptiness(isNegated: true)],
      traits: FunctionTraits(meaning: .emptiness(isEmpty: false))),
    ScalarFunction(
      "isnull", "Returns true if `value` is null; strings are never null.", "value",
      examples: [.init("isnull(long(null))", is: "true"), .init(#"isnull("")"#, is: "false")],
      overloads: [nullness(isNegated: false)],
      traits: FunctionTraits(cost: .low, meaning: .nullness(isNull: true))),
    ScalarFunction(
      "isnotnull", "Returns true if `value` is not null; strings are never null.", "value",
      examples: [.init("isnotnull(5)", is: "true"), .init("isnotnull(dynamic(null))", is: "false")],
      overloads: [nullness(isNegated: true)],
      traits: FunctionTraits(cost: .low, meaning: .nullness(isNull: false))),
    ScalarFunction(
      "notnull", "Returns true if `value` is not null; strings are never null.", "value",
      examples: [.init("notnull(5)", is: "true")], overloads: [nullness(isNegated: true)],
      traits: FunctionTraits(cost: .low, meaning: .nullness(isNull: false))),
    ScalarFunction(
      "isascii", "Returns true if all characters of `text` are ASCII.", "text",
      examples: [.init(#"isascii("plain")"#, is: "true"), .init(#"isascii("naïve")"#, is: "false")],
      overloads: [.map { (text: Bytes) -> Bool in text.isASCII }]),
    ScalarFunction(
      "isutf8", "Returns true if `text` is well-formed UTF-8.", "text",
      examples: [.init(#"isutf8("naïve")"#, is: "true")],
      overloads: [.map { (text: Bytes) -> Bool in text.isWellFormed }]),
    ScalarFunction(
      "strcmp", "Returns -1, 0 or 1 if `lhs` sorts before, equal to or after `rhs` by code points.", "lhs, rhs",
      examples: [.init(#"strcmp("ABC", "abc")"#, is: "-1"), .init(#"strcmp("a", "a")"#, is: "0")],
      overloads: [.map { (lhs: Bytes, rhs: Bytes) -> Int64 in Int64(lhs.compared(to: rhs).signum()) }]),
  ]

  private static func emptiness(isNegated: Bool) -> Overload {
    .columns([.any], result: { _ in .bool }) { arguments in
      guard arguments[0].type == .string else { return nullMask(arguments, isNegated: isNegated) }
      let texts = Input<Bytes>(arguments, 0)
      return mapRows(arguments) { row, _ in texts[row].isEmpty != isNegated }
    }
  }

  private static func nullness(isNegated: Bool) -> Overload {
    .columns([.any], result: { _ in .bool }) { nullMask($0, isNegated: isNegated) }
  }

  private static func nullMask(_ arguments: Arguments, isNegated: Bool) -> Vector {
    let vector = arguments[0]
    guard vector.type != .string, vector.nulls != nil else {
      return .constant(.bool(isNegated), count: arguments.count)
    }
    return mapRows(arguments.replacing([])) { row, _ in vector.isNull(row) != isNegated }
  }

  private static let casing: [ScalarFunction] = [
    ScalarFunction(
      "tolower", "Converts `text` to lower case.", "text",
      examples: [.init(#"tolower("Größe")"#, is: "größe")],
      overloads: [
        Overload.writing(.string) { (text: Bytes, out: inout ByteBuffer) in TextChange.lowercase(text, to: &out) }
          .takingAny(at: 0)
      ]),
    ScalarFunction(
      "toupper", "Converts `text` to upper case.", "text",
      examples: [.init(#"toupper("naïve")"#, is: "NAÏVE")],
      overloads: [
        Overload.writing(.string) { (text: Bytes, out: inout ByteBuffer) in TextChange.uppercase(text, to: &out) }
          .takingAny(at: 0)
      ]),
    ScalarFunction(
      "reverse", "Converts `value` to text and reverses its characters.", "value",
      examples: [.init(#"reverse("abc")"#, is: "cba"), .init("reverse(123.45)", is: "54.321")],
      overloads: [
        Overload.writing(.string) { (text: Bytes, out: inout ByteBuffer) in TextChange.reverse(text, to: &out) }
          .takingAny(at: 0)
      ]),
    ScalarFunction(
      "translate", "Replaces each character of `text` that is in `from` with the character at the same index in `to`.",
      "from, to, text",
      examples: [
        .init(#"translate("krasp", "otsku", "spark")"#, is: "kusto"), .init(#"translate("abc", "x", "abc")"#, is: "xxx"),
      ],
      overloads: [
        .writing(.string) { (from: Bytes, to: Bytes, text: Bytes, out: inout ByteBuffer) in
          TextChange.translate(text, from: from, into: to, to: &out)
        }
      ]),
  ]

  private static let joining: [ScalarFunction] = [
    ScalarFunction(
      "strcat", "Concatenates `values` as text; nulls count as empty.", "values, ...",
      examples: [.init(#"strcat("run-", 7, "!")"#, is: "run-7!")],
      overloads: [
        .columns([], rest: .any, minimumRest: 1, result: { _ in .string }) { arguments in
          JoinedTexts(try arguments.converting(to: .string)).vector
        }
      ]),
    ScalarFunction(
      "strcat_delim", "Concatenates `values` as text with `delimiter` between them.", "delimiter, values, ...",
      examples: [.init(#"strcat_delim("-", 1, "2", "A", 1s)"#, is: "1-2-A-00:00:01")],
      overloads: [
        .columns([.any], rest: .any, minimumRest: 1, result: { _ in .string }) { arguments in
          JoinedTexts(try arguments.converting(to: .string), isDelimited: true).vector
        }
      ]),
    ScalarFunction(
      "strcat_array", "Concatenates the elements of `array` as text with `delimiter` between them.",
      "array, delimiter",
      examples: [.init(#"strcat_array(dynamic([1, 2, 3]), "->")"#, is: "1->2->3")],
      overloads: [
        .maybeWriting(.string) { (array: CompactDynamic, delimiter: Bytes, out: inout ByteBuffer) -> Bool in
          var isFirst = true
          array.cursor.forEachElement { element in
            if out.isFull { return }
            if !isFirst { out.append(delimiter) }
            isFirst = false
            if !element.isNull { JSONText.printText(element, to: &out) }
          }
          return true
        }
      ]),
    ScalarFunction(
      "strrep", "Repeats `value` as text `times` times with `delimiter` between them.", "value, times, [delimiter]",
      examples: [.init(#"strrep("ABC", 2)"#, is: "ABCABC"), .init(#"strrep(123, 3, ".")"#, is: "123.123.123")],
      overloads: [
        Overload.writing(.string) { (text: Bytes, times: Int64, out: inout ByteBuffer) in
          repeatText(text, times, Bytes(start: nil, count: 0), to: &out)
        }.takingAny(at: 0),
        Overload.writing(.string) { (text: Bytes, times: Int64, delimiter: Bytes, out: inout ByteBuffer) in
          repeatText(text, times, delimiter, to: &out)
        }.takingAny(at: 0, 2),
      ]),
  ]

  private static let cutting: [ScalarFunction] = [
    ScalarFunction(
      "substring", "Returns the part of `text` from the character `start` on, `length` characters long; a negative `start` counts from the end.",
      "text, start, [length]",
      examples: [.init(#"substring("123456", 2, 2)"#, is: "34"), .init(#"substring("123456", -2, 2)"#, is: "56")],
      overloads: [
        Overload.map { (text: Bytes, start: Int64) -> Bytes in part(of: text, from: start, length: .max) }
          .takingAny(at: 0),
        Overload.map { (text: Bytes, start: Int64, length: Int64) -> Bytes in
          part(of: text, from: start, length: length)
        }.takingAny(at: 0),
      ]),
    ScalarFunction(
      "split", "Splits `text` at each `delimiter` into an array of parts, or returns only the part at `index`.",
      "text, delimiter, [index]",
      examples: [
        .init(#"split("a__b", "_")"#, is: #"["a","","b"]"#), .init(#"split("aaa_bbb_ccc", "_", 1)"#, is: #"["bbb"]"#),
      ],
      overloads: [
        .writing(.dynamic) { (text: Bytes, delimiter: Bytes, out: inout ByteBuffer) in
          appendParts(of: text, delimiter, only: nil, to: &out)
        },
        .writing(.dynamic) { (text: Bytes, delimiter: Bytes, index: Int64, out: inout ByteBuffer) in
          appendParts(of: text, delimiter, only: index, to: &out)
        },
      ]).naming(.firstArgument),
  ]

  private static let replacing: [ScalarFunction] = [
    ScalarFunction(
      "replace_string", "Replaces every `lookup` in `text` with `rewrite`.", "text, lookup, rewrite",
      examples: [.init(#"replace_string("a-b-c", "-", "+")"#, is: "a+b+c")],
      overloads: [
        .columns([.string, .string, .string], to: .string) { arguments in
          let texts = Input<Bytes>(arguments, 0), lookups = Input<Bytes>(arguments, 1)
          let rewrites = Input<Bytes>(arguments, 2)
          let kept = arguments.prepared(from: 1..<2) { TextNeedle(lookups[0], ignoresCase: false) }
          return writtenRows(arguments, as: .string) { row, out in
            let needle = kept ?? TextNeedle(lookups[row], ignoresCase: false)
            needle.replace(in: texts[row], with: rewrites[row], to: &out)
            return true
          }
        }
      ]),
    ScalarFunction(
      "replace_strings", "Replaces each of `lookups` in `text` with the rewrite at the same index, earlier lookups first.",
      "text, lookups, rewrites",
      examples: [
        .init(#"replace_strings("a cat and a dog", dynamic(["cat", "dog"]), dynamic(["dog", "fox"]))"#, is: "a dog and a fox")
      ],
      overloads: [
        .maybeWriting(.string) { (text: Bytes, lookups: CompactDynamic, rewrites: CompactDynamic, out: inout ByteBuffer) -> Bool in
          guard lookups.cursor.isArray else { return false }
          replaceEach(in: text, lookups.cursor, rewrites.cursor, to: &out)
          return true
        }
      ]),
  ]

  private static let searching: [ScalarFunction] = [
    ScalarFunction(
      "indexof",
      "Returns the index of the first `lookup` in `text`, from the character `start` on, within `length` characters, or of the given `occurrence`; -1 if not found.",
      "text, lookup, [start, [length, [occurrence]]]",
      examples: [.init(#"indexof("abcdefg", "cde")"#, is: "2"), .init(#"indexof("abcdefg", "cde", 3)"#, is: "-1")],
      overloads: (2...5).map { count in positionSearch(count) }),
    ScalarFunction(
      "countof", "Counts `search` in `text`, including overlaps, or the matches of a regular expression if `kind` is \"regex\".",
      "text, search, [kind]",
      examples: [.init(#"countof("aaaa", "aa")"#, is: "3"), .init(#"countof("abcabc", "a.c", "regex")"#, is: "2")],
      overloads: [
        .columns([.string, .string], to: .long) { try occurrences($0) },
        .columns([.string, .string, .string], to: .long) { try occurrences($0) },
      ]),
    ScalarFunction(
      "has_any_index", "Returns the index in `terms` of the first that `text` has as whole terms; -1 if not found.",
      "text, terms",
      examples: [
        .init(#"has_any_index("this is an example", dynamic(["not", "example"]))"#, is: "1"),
        .init(#"has_any_index("this is an example", dynamic([]))"#, is: "-1"),
      ],
      overloads: [
        .maybe { (text: Bytes, terms: CompactDynamic) -> Int64? in
          guard terms.cursor.isArray else { return nil }
          var found: Int64 = -1
          var index: Int64 = 0
          var term = ByteBuffer()
          terms.cursor.forEachElement { element in
            term.removeAll()
            JSONText.printText(element, to: &term)
            if found < 0, term.withBytes({ TextNeedle($0, ignoresCase: true).isTerm(in: text) }) { found = index }
            index &+= 1
          }
          return found
        }
      ]),
  ]

  private static func repeatText(_ text: Bytes, _ times: Int64, _ delimiter: Bytes, to out: inout ByteBuffer) {
    for i in 0..<Swift.min(Swift.max(times, 0), 1024) where !out.isFull {
      if i > 0 { out.append(delimiter) }
      out.append(text)
    }
  }

  private static func part(of text: Bytes, from start: Int64, length: Int64) -> Bytes {
    let from = start >= 0 ? Int(start) : Swift.max(0, text.characterCount &+ Int(Swift.max(start, -1 << 40)))
    return text.characters(from: from, length: Int(length))
  }

  private static func appendParts(of text: Bytes, _ delimiter: Bytes, only: Int64?, to out: inout ByteBuffer) {
    let needle = TextNeedle(delimiter, ignoresCase: false)
    let mark = out.beginArray()
    var count = 0
    var index: Int64 = 0
    needle.split(text) { part in
      if only == nil || only == index {
        out.appendString(part)
        count &+= 1
      }
      index &+= 1
    }
    out.end(mark, count: count)
  }

  /// Lookups are replaced in turn, each in what earlier ones have not replaced.
  private static func replaceEach(
    in text: Bytes, _ lookups: DynamicCursor, _ rewrites: DynamicCursor, to out: inout ByteBuffer
  ) {
    let replacements = rewrites.isArray ? rewrites.elements : [rewrites]
    let pairs = lookups.elements.enumerated().compactMap { index, lookup -> (needle: TextNeedle, rewrite: Bytes)? in
      guard lookup.tag == .string, !lookup.text.isEmpty else { return nil }
      // A lookup without a rewrite stays in the text, but later lookups cannot match it.
      let hasRewrite = index < replacements.count && replacements[index].tag == .string
      return (TextNeedle(lookup.text, ignoresCase: false), hasRewrite ? replacements[index].text : lookup.text)
    }
    // Parts of the text in which the lookups from `next` on are still to be replaced, the leftmost last.
    var open: [(text: Bytes, next: Int)] = [(text, 0)]
    while var (part, next) = open.popLast(), !out.isFull {
      while next < pairs.count, !part.isEmpty {
        let needle = pairs[next].needle
        guard let found = needle.offset(in: part, from: 0) else {
          next += 1
          continue
        }
        open.append((part.part(from: found + needle.size), next))
        // A rewrite is final.
        open.append((pairs[next].rewrite, pairs.count))
        part = part.part(from: 0, to: found)
        next += 1
      }
      out.append(part)
    }
  }

  private static func positionSearch(_ count: Int) -> Overload {
    let numbers = [ScalarType](repeating: .long, count: count - 2)
    return Overload.columns([.string, .string] + numbers, to: .long) { arguments in
      let texts = Input<Bytes>(arguments, 0), lookups = Input<Bytes>(arguments, 1)
      let window = SearchWindow.Inputs(arguments, from: 2)
      let kept = arguments.prepared(from: 1..<2) { TextNeedle(lookups[0], ignoresCase: false) }
      return maybeRows(arguments, nullWithArguments: true) { row -> Int64? in
        let text = texts[row]
        guard let window = window[row, text] else { return nil }
        let needle = kept ?? TextNeedle(lookups[row], ignoresCase: false)
        var part = window.part
        var offset = window.offset
        var left = window.occurrence
        while left > 0, offset <= text.count, let found = needle.offset(in: part) {
          left &-= 1
          if left == 0 { return Int64(text.part(from: 0, to: offset &+ found).characterCount) }
          // The next occurrence is searched in equally many characters, starting one after this one's first.
          offset &+= found &+ 1
          part = window.part(of: text, from: offset)
        }
        return -1
      }
    }.takingAny(at: 0, 1)
  }

  private static func occurrences(_ arguments: Arguments) throws -> Vector {
    let texts = Input<Bytes>(arguments, 0), searches = Input<Bytes>(arguments, 1)
    let kinds = arguments.vectors.count > 2 ? Input<Bytes>(arguments, 2) : nil
    let isRegex = { (row: Int) in kinds.map { $0[row].equalsIgnoringASCIICase("regex") } ?? false }
    // A text to search for need not be a valid pattern, so a pattern is compiled only if one is meant.
    let meansRegex = arguments.count > 0 && isRegex(0)
    let pattern = meansRegex ? try PatternInput(arguments, 1) : nil
    let result = Buffer(of: Int64.self, count: arguments.count)
    let out = result.values(Int64.self)
    for row in 0..<arguments.count {
      if isRegex(row) {
        var total: Int64 = 0
        let regex = try pattern.map { try $0[row] } ?? PatternInput(arguments, 1)[row]
        regex.forEachMatch(in: texts[row]) { _ in
          total &+= 1
          return true
        }
        out[row] = total
      } else {
        out[row] = Int64(TextNeedle(searches[row], ignoresCase: false).count(in: texts[row], overlapping: true))
      }
    }
    return Vector(.long, count: arguments.count, buffer: result)
  }
}
