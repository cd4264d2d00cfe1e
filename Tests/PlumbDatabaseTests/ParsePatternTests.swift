import PlumbDatabase
import PlumbEngine
import Testing

/// `parse` gives what the regular expression for which its pattern is short gives, whichever way it reads the text.
@Suite struct ParsePatternTests {
  private enum Part {
    case star, text(String), string, long
  }

  @Test(arguments: 0..<8) func sameAsTheRegularExpression(seed: UInt64) throws {
    var random = RandomGenerator(seed: seed)
    let session = Session(catalog: Catalog(), options: SessionOptions(threads: 1))
    for _ in 0..<40 {
      let parts = Self.parts(&random)
      let texts = (0..<30).map { _ in "\"\(Self.text(&random, "aab12 -\u{663}", upTo: 14))\"" }.joined(separator: ", ")
      var written = "", regex = "", places: [(isNumber: Bool, group: Int)] = []
      for (place, part) in parts.enumerated() {
        let isLast = place == parts.count - 1
        var isBeforeText = false
        if !isLast, case .text = parts[place + 1] { isBeforeText = true }
        switch part {
        case .star:
          written += " *"
          regex += isLast ? "" : ".*?"
        case .text(let text):
          written += " \"\(text)\""
          regex += text
        case .string:
          written += " c\(places.count)"
          regex += isBeforeText ? "(.*?)" : "(.*)"
          places.append((false, places.count + 1))
        case .long:
          written += " c\(places.count): long"
          regex += #"\s*([-+]?\d+)"#
          places.append((true, places.count + 1))
        }
      }
      guard !places.isEmpty else { continue }
      let anchored = written.hasPrefix(" *") ? regex : "^" + regex
      let groups = places.map { "g\($0.group - 1) = extract(@\"(?s)\(anchored)\", \($0.group), s)" }.joined(separator: ", ")
      let valid = (places.filter(\.isNumber).map { "isnotnull(tolong(g\($0.group - 1)))" } + ["true"]).joined(separator: " and ")
      let same = places.map { place in
        let name = "\(place.group - 1)"
        return "tostring(c\(name)) == iff(valid, tostring(\(place.isNumber ? "tolong(g\(name))" : "g\(name)")), \"\")"
      }.joined(separator: " and ")
      let query = """
        datatable(s: string) [\(texts)]
        | extend \(groups)
        | extend valid = \(valid)
        | parse s with\(written)
        | where not(\(same))
        """
      let rows = try session.run(query).reduce(0) { $0 + $1.chunks.reduce(0) { $0 + $1.count } }
      #expect(rows == 0, "\(query)")
    }
  }

  /// A pattern of up to seven parts, in which columns and stars are next to each other only rarely.
  private static func parts(_ random: inout RandomGenerator) -> [Part] {
    var parts: [Part] = []
    for _ in 0..<Int.random(in: 1...7, using: &random) {
      let isText = if case .text? = parts.last { true } else { false }
      switch Int.random(in: 0..<(isText ? 9 : 4), using: &random) {
      case 0...2: parts.append(.text(text(&random, "ab1 -", from: 1, upTo: 2)))
      case 3, 4: parts.append(.star)
      case 5, 6: parts.append(.string)
      default: parts.append(.long)
      }
    }
    return parts
  }

  private static func text(_ random: inout RandomGenerator, _ letters: String, from least: Int = 0, upTo limit: Int) -> String {
    let letters = Array(letters)
    return String((0..<Int.random(in: least...limit, using: &random)).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] })
  }
}
