/// The suspects that an error text blames: shares that add up to 1.
typealias Blame = KeyValuePairs<Suspect, Double>

/// The meaning of an identifier or a sequence of words in an error text.
struct ErrorRule: Sendable {
  /// An identifier in lower case, or words, where `*` matches up to six words of any kind.
  let words: [String]
  let isIdentifier: Bool
  let blame: [(suspect: Suspect, share: Double)]
  /// How certain it is: 1 is enough to name the cause.
  let weight: Double

  /// Creates rules for identifiers, separated by spaces, that mean the same wherever they occur: codes, exception classes.
  static func codes(_ names: String, _ blame: Blame, weight: Double = 3) -> [ErrorRule] {
    names.split(separator: " ").map { name in
      ErrorRule(words: [name.lowercased()], isIdentifier: true, blame: pairs(blame), weight: weight)
    }
  }

  /// Creates a rule for identifiers that consist of a prefix and a number, for codes that no other rule lists.
  static func prefix(_ name: String, _ blame: Blame, weight: Double) -> ErrorRule {
    ErrorRule(words: [name + numbered], isIdentifier: true, blame: pairs(blame), weight: weight)
  }

  fileprivate static let numbered = "0…"

  /// Creates rules for sequences of words. Longer ones are more certain.
  static func phrases(_ texts: [String], _ blame: Blame, weight: Double? = nil) -> [ErrorRule] {
    texts.map { text in
      let words = text.split(separator: " ").map { $0.lowercased() }
      let count = words.reduce(0) { $0 + ($1 == "*" ? 0 : 1) }
      return ErrorRule(
        words: words, isIdentifier: false, blame: pairs(blame), weight: weight ?? Swift.min(0.8 + 0.4 * Double(count - 1), 2))
    }
  }

  private static func pairs(_ blame: Blame) -> [(suspect: Suspect, share: Double)] {
    blame.map { (suspect: $0.key, share: $0.value) }
  }

  /// All tables. Each tool's table is listed here and nowhere else.
  static let all: [ErrorRule] =
    azure + cloud + java + python + orchestrators + databases + network + system + data

  fileprivate static let byIdentifier: [String: ErrorRule] = Dictionary(
    all.filter(\.isIdentifier).map { ($0.words[0], $0) }, uniquingKeysWith: { first, _ in first })
  fileprivate static let byFirstWord: [String: [ErrorRule]] = Dictionary(
    grouping: all.filter { !$0.isIdentifier }, by: { $0.words[0] })
}

/// A rule that matches a text, and where.
struct ErrorMatch: Sendable {
  let blame: [(suspect: Suspect, share: Double)]
  let weight: Double
  let words: Range<Int>
}

extension ErrorWords {
  /// The matching rules, without those inside a longer one: `read timed out` hides `timed out`.
  var matches: [ErrorMatch] {
    var found: [ErrorMatch] = []
    for identifier in identifiers {
      guard let rule = ErrorRule.byIdentifier[identifier.text] ?? ErrorRule.byIdentifier[Self.numbered(identifier.text)] else {
        continue
      }
      found.append(ErrorMatch(blame: rule.blame, weight: rule.weight, words: identifier.words))
    }
    for start in words.indices {
      for rule in ErrorRule.byFirstWord[words[start]] ?? [] {
        guard let end = end(of: rule.words, from: start) else { continue }
        found.append(ErrorMatch(blame: rule.blame, weight: rule.weight, words: start..<end))
      }
    }
    found += HTTPStatus.matches(in: self) + SQLState.matches(in: self)
    return found.indices.filter { one in
      !found.indices.contains { other in
        let (inner, outer) = (found[one].words, found[other].words)
        guard one != other, outer.lowerBound <= inner.lowerBound, inner.upperBound <= outer.upperBound else { return false }
        // If two match the same words the more certain one counts; if equal, the first.
        if inner == outer { return (found[other].weight, one) > (found[one].weight, other) }
        return found[other].weight >= found[one].weight
      }
    }.map { found[$0] }
  }

  /// The name of the rule for an identifier's prefix: `aadsts50194` has the prefix `aadsts`.
  private static func numbered(_ identifier: String) -> String {
    let prefix = identifier.prefix { !$0.isNumber }
    let number = identifier[prefix.endIndex...]
    guard !prefix.isEmpty, !number.isEmpty, number.allSatisfy(\.isNumber) else { return "" }
    return prefix + ErrorRule.numbered
  }

  private func end(of pattern: [String], from start: Int) -> Int? {
    func match(_ part: Int, _ place: Int) -> Int? {
      if part == pattern.count { return place }
      if pattern[part] == "*" {
        var skipped = 0
        while skipped <= 6, place + skipped < words.count {
          if let end = match(part + 1, place + skipped) { return end }
          skipped += 1
        }
        return nil
      }
      // A user's name may occur between any two words.
      var here = place
      while part > 0, here < words.count, words[here] == Self.blank { here += 1 }
      guard here < words.count, words[here] == pattern[part] else { return nil }
      return match(part + 1, here + 1)
    }
    return match(0, start)
  }
}
