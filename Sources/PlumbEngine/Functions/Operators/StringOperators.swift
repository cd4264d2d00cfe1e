/// The test that an operator makes between a text and a shorter text.
package enum TextTest: Sendable {
  case equals, contains, startsWith, endsWith, hasTerm, hasTermPrefix, hasTermSuffix

  @inline(__always) func holds(_ needle: TextNeedle, _ text: Bytes) -> Bool {
    switch self {
    case .equals: needle.equals(text)
    case .contains: needle.isFound(in: text)
    case .startsWith: needle.isPrefix(of: text)
    case .endsWith: needle.isSuffix(of: text)
    case .hasTerm: needle.isTerm(in: text)
    case .hasTermPrefix: needle.isTermPrefix(in: text)
    case .hasTermSuffix: needle.isTermSuffix(in: text)
    }
  }
}

extension ScalarFunction {
  /// Operators that search text in text. Each has variants with and without regard to case, and negated ones.
  static let stringOperators: [ScalarFunction] =
    equalityWithoutCase
    + search("has", "has `part` as whole terms", .hasTerm, "North America", "America")
    + search("hasprefix", "has a term that starts with `part`", .hasTermPrefix, "North America", "Ame")
    + search("hassuffix", "has a term that ends with `part`", .hasTermSuffix, "North AMERICA", "ICA")
    + search("contains", "contains `part`", .contains, "FabriKam", "riK")
    + search("startswith", "starts with `part`", .startsWith, "Fabrikam", "Fab")
    + search("endswith", "ends with `part`", .endsWith, "FabriKam", "Kam")

  private static let equalityWithoutCase: [ScalarFunction] = [
    ScalarFunction(
      "=~", "Returns true if `text` and `other` are equal, ignoring case.", "text, other",
      examples: [.init(#""Load" =~ "LOAD""#, is: "true"), .init(#""Load" =~ "Loads""#, is: "false")],
      overloads: [textSearch(.equals, ignoresCase: true, negated: false)], traits: FunctionTraits(notation: .infix)),
    ScalarFunction(
      "!~", "Returns true if `text` and `other` differ, ignoring case.", "text, other",
      examples: [.init(#""Load" !~ "LOAD""#, is: "false"), .init(#""Load" !~ "Loads""#, is: "true")],
      overloads: [textSearch(.equals, ignoresCase: true, negated: true)], traits: FunctionTraits(notation: .infix)),
  ]

  private static func search(
    _ name: String, _ claim: String, _ test: TextTest, _ text: String, _ part: String
  ) -> [ScalarFunction] {
    [(false, true), (true, true), (false, false), (true, false)].map { negated, ignoresCase in
      let fullName = (negated ? "!" : "") + name + (ignoresCase ? "" : "_cs")
      let caseClause = ignoresCase ? ", ignoring case" : ", matching case"
      // A lower-case text is found only if case does not count.
      let lowered = part.lowercased()
      return ScalarFunction(
        fullName, "Returns \(negated ? "false" : "true") if `text` \(claim)\(caseClause).", "text, part",
        examples: [
          .init("\"\(text)\" \(fullName) \"\(part)\"", is: negated ? "false" : "true"),
          .init("\"\(text)\" \(fullName) \"\(lowered)\"", is: ignoresCase == negated ? "false" : "true"),
        ],
        overloads: [textSearch(test, ignoresCase: ignoresCase, negated: negated)],
        traits: FunctionTraits(notation: .infix, meaning: negated ? nil : .search(test, ignoresCase: ignoresCase)))
    }
  }

  private static func textSearch(_ test: TextTest, ignoresCase: Bool, negated: Bool) -> Overload {
    .columns([.string, .string], to: .bool) { arguments in
      let texts = Input<Bytes>(arguments, 0), parts = Input<Bytes>(arguments, 1)
      let kept = arguments.prepared(from: 1..<2) { TextNeedle(parts[0], ignoresCase: ignoresCase) }
      guard let needle = kept else {
        return mapRows(arguments) { row, _ in
          test.holds(TextNeedle(parts[row], ignoresCase: ignoresCase), texts[row]) != negated
        }
      }
      return mapRows(arguments) { row, _ in test.holds(needle, texts[row]) != negated }
    }
  }

  /// Operators that take a list of texts or a regular expression.
  static let listSearchOperators: [ScalarFunction] = [
    ScalarFunction(
      "has_any", "Returns true if `text` has one of `terms` as whole terms, ignoring case.", "text, terms, ...",
      examples: [
        .init(#""North Carolina" has_any ("dakota", "carolina")"#, is: "true"),
        .init(#""North Carolina" has_any (dynamic(["south", "dakota"]))"#, is: "false"),
      ],
      overloads: [termList { needles, text in needles.contains { $0.isTerm(in: text) } }],
      traits: FunctionTraits(notation: .list)),
    ScalarFunction(
      "has_all", "Returns true if `text` has all of `terms` as whole terms, ignoring case.", "text, terms, ...",
      examples: [
        .init(#""North Carolina" has_all ("north", "carolina")"#, is: "true"),
        .init(#""North Carolina" has_all (dynamic(["north", "dakota"]))"#, is: "false"),
      ],
      overloads: [termList { needles, text in needles.allSatisfy { $0.isTerm(in: text) } }],
      traits: FunctionTraits(notation: .list)),
    ScalarFunction(
      "matches regex", "Returns true if the regular expression `pattern` matches in `text`.", "text, pattern",
      examples: [
        .init(#""task-042" matches regex @"\d{3}$""#, is: "true"),
        .init(#""task-042" matches regex "^k""#, is: "false"),
      ],
      overloads: [
        .columns([.string, .string], to: .bool) { arguments in
          let texts = Input<Bytes>(arguments, 0)
          let pattern = try PatternInput(arguments, 1)
          let result = Buffer(byteCount: arguments.count)
          let out = result.values(UInt8.self)
          for row in 0..<arguments.count { out[row] = try pattern[row].matches(texts[row]) ? 1 : 0 }
          return Vector(.bool, count: arguments.count, buffer: result)
        }
      ], traits: FunctionTraits(cost: .high, notation: .infix)),
  ]

  private static func termList(_ test: @escaping @Sendable ([TextNeedle], Bytes) -> Bool) -> Overload {
    .columns([.exactly(.string)], rest: .any, minimumRest: 1, result: { _ in .bool }) { arguments in
      let texts = Input<Bytes>(arguments, 0)
      let lists = try TermLists(arguments)
      let kept = arguments.prepared(from: 1..<arguments.vectors.count) { lists[0] }
      return mapRows(arguments.replacing([arguments[0]])) { row, _ in test(kept ?? lists[row], texts[row]) }
    }
  }
}

/// The texts that a call looks for after its first argument: texts, other values as texts, and arrays of them.
private struct TermLists {
  private let texts: [Input<Bytes>]
  private let arrays: [Input<CompactDynamic>]

  init(_ arguments: Arguments) throws {
    let places = arguments.vectors.indices.dropFirst()
    let isArray = { (place: Int) in arguments[place].type == .dynamic }
    let converted = try arguments.converting(places.filter { !isArray($0) }, to: .string)
    texts = places.filter { !isArray($0) }.map { Input<Bytes>(converted, $0) }
    arrays = places.filter(isArray).map { Input<CompactDynamic>(arguments, $0) }
  }

  subscript(row: Int) -> [TextNeedle] {
    var needles = texts.map { TextNeedle($0[row], ignoresCase: true) }
    var text = ByteBuffer()
    for array in arrays {
      let cursor = array[row].cursor
      for element in cursor.isArray ? cursor.elements : [cursor] where !element.isNull {
        text.removeAll()
        JSONText.printText(element, to: &text)
        needles.append(text.withBytes { TextNeedle($0, ignoresCase: true) })
      }
    }
    return needles
  }
}
