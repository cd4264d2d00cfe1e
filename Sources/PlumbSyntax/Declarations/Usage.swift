/// How something is written, part by part. Help prints it, completion walks along it, and its words have the colour
/// of keywords.
package struct Usage: Sendable, Hashable {
  package indirect enum Part: Sendable, Hashable {
    /// A word as it is typed.
    case word(String)
    /// One of several words.
    case either([String])
    /// Something of the user's, and how help names it.
    case value(Place, String)
    case optional([Part])
  }

  /// What a user puts in a place.
  package enum Place: Sendable, Hashable {
    case expression
    /// `(t1 .. t2)`
    case window
    case columns
    case pipeline
    case pipelines
  }

  package let parts: [Part]

  package init(_ parts: [Part]) { self.parts = parts }

  /// As help shows it, such as `depth n` in square brackets when it may be left out.
  package var text: String { Self.text(parts) }

  private static func text(_ parts: [Part]) -> String {
    parts.map { part in
      switch part {
      case .word(let word): word
      case .either(let words): words.joined(separator: "|")
      case .value(_, let name): name
      case .optional(let inner): "[\(text(inner))]"
      }
    }.joined(separator: " ")
  }

  /// All words that may be typed.
  package var words: [String] { Self.words(parts) }

  private static func words(_ parts: [Part]) -> [String] {
    parts.flatMap { part -> [String] in
      switch part {
      case .word(let word): [word]
      case .either(let words): words
      case .value: []
      case .optional(let inner): words(inner)
      }
    }
  }
}

extension Usage.Part: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self = .word(value) }
}

extension Usage {
  /// What may follow a text that was typed so far.
  package struct Next: Sendable, Hashable {
    package var words: [String] = []
    package var places: [Place] = []

    fileprivate mutating func add(_ other: Next) {
      for word in other.words where !words.contains(word) { words.append(word) }
      for place in other.places where !places.contains(place) { places.append(place) }
    }
  }

  /// What may follow, or nil where the words do not fit.
  ///
  /// - Parameters:
  ///   - words: what was typed, divided at white space and commas.
  ///   - wantsMore: whether it ends with a comma.
  package func next(after words: [String], wantsMore: Bool) -> Next? {
    Self.next(parts[...], words[...], wantsMore)
  }

  private static func next(_ parts: ArraySlice<Part>, _ words: ArraySlice<String>, _ wantsMore: Bool) -> Next? {
    guard let word = words.first else { return firsts(parts) }
    guard let part = parts.first else { return nil }
    let rest = parts.dropFirst()
    switch part {
    case .word(let wanted): return word == wanted ? next(rest, words.dropFirst(), wantsMore) : nil
    case .either(let wanted): return wanted.contains(word) ? next(rest, words.dropFirst(), wantsMore) : nil
    case .optional(let inner): return joined([next(inner + rest, words, wantsMore), next(rest, words, wantsMore)])
    case .value(let place, _):
      if place == .window { return afterWindow(rest, words, wantsMore) }
      // A value may have any number of words, up to one that the rest begins with.
      let ends = firsts(rest).words
      let limit = words.firstIndex { ends.contains($0) } ?? words.endIndex
      if limit == words.endIndex, wantsMore { return Next(places: [place]) }
      return limit == words.startIndex ? nil : next(rest, words[limit...], wantsMore)
    }
  }

  /// What follows `(t1 .. t2)`, which ends with its bracket.
  private static func afterWindow(_ rest: ArraySlice<Part>, _ words: ArraySlice<String>, _ wantsMore: Bool) -> Next? {
    var depth = 0
    for place in words.indices {
      depth += words[place].reduce(0) { $0 + ($1 == "(" ? 1 : $1 == ")" ? -1 : 0) }
      if depth == 0 { return next(rest, words[(place + 1)...], wantsMore) }
    }
    return Next(places: [.expression])
  }

  /// What the parts may begin with.
  private static func firsts(_ parts: ArraySlice<Part>) -> Next {
    var result = Next()
    for part in parts {
      switch part {
      case .word(let word): result.add(Next(words: [word]))
      case .either(let words): result.add(Next(words: words))
      case .value(.window, _): result.add(Next(words: ["("]))
      case .value(let place, _): result.add(Next(places: [place]))
      case .optional(let inner):
        result.add(firsts(inner[...]))
        continue
      }
      return result
    }
    return result
  }

  /// What any of several ways allows; nil when none does.
  package static func joined(_ ways: [Next?]) -> Next? {
    let fitting = ways.compactMap { $0 }
    if fitting.isEmpty { return nil }
    return fitting.reduce(into: Next()) { $0.add($1) }
  }
}
