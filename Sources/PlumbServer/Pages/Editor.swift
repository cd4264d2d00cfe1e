import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbSyntax

/// What the editor of a page asks for while its text changes: what fits at the caret, and colours.
enum Editor {
  /// Longer texts have neither.
  private static let longest = 20_000
  private static let mostOffers = 60
  /// The milliseconds that an answer may take.
  private static let patience = 250.0

  /// The words that fit at the end of a text, as JSON: the length of the word that they replace, and for each its text, a
  /// note, and what follows it. Lengths are in UTF-16 units, as a browser counts.
  static func completions(_ run: PageRun) -> String {
    let text = run.parameter("csl")
    guard text.utf8.count <= longest else { return json(typed: 0, []) }
    let start = text.lastIndex { Completion.wordBreaks.contains($0) }.map { text.index(after: $0) } ?? text.startIndex
    let word = String(text[start...])
    let completion = run.service.completion()
    completion.data.begin(patience: patience)
    return json(typed: word.utf16.count, completion.queryCandidates(for: word, after: String(text[..<start])))
  }

  private static func json(typed: Int, _ offers: [Completion.Candidate]) -> String {
    let rows = offers.prefix(mostOffers).map { offer in
      Dynamic.array([.string(offer.text), .string(offer.note), .string(offer.ending.map { String($0) } ?? "")])
    }
    return "{\"typed\":\(typed),\"offers\":\(Dynamic.array(Array(rows)).json)}"
  }

  /// The pieces of a text that have colours, as JSON: a kind (`Highlight.Kind`), where it begins and where it ends, in UTF-16 units.
  static func colours(_ text: String) -> String {
    guard text.utf8.count <= longest else { return "[]" }
    let places = Places(text)
    return "[" + highlights(in: text).map { "[\($0.kind.rawValue),\(places.units($0.lower)),\(places.units($0.upper))]" }.joined(separator: ",") + "]"
  }

  /// The positions of problems with a text in the form of `colours`, without kinds.
  ///
  /// - Parameter skipping: the bytes at the beginning that the editor does not show.
  static func marks(_ problems: [Problem], in text: String, skipping: Int) -> String {
    let places = Places(String(decoding: text.utf8.dropFirst(skipping), as: UTF8.self))
    return "[" + problems.compactMap(\.range).filter { $0.lowerBound >= skipping }.map {
      "[\(places.units($0.lowerBound - skipping)),\(places.units($0.upperBound - skipping))]"
    }.joined(separator: ",") + "]"
  }

  /// The UTF-16 units before each byte of a text.
  private struct Places {
    private var before: [Int] = []

    init(_ text: String) {
      var units = 0
      for scalar in text.unicodeScalars {
        for _ in 0..<UTF8.width(scalar) { before.append(units) }
        units += UTF16.width(scalar)
      }
      before.append(units)
    }

    func units(_ byte: Int) -> Int { before[min(max(byte, 0), before.count - 1)] }
  }
}
