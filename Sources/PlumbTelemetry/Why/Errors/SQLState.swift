/// SQLSTATE codes in a text: five characters after the word, in brackets after a number, or as the whole code.
enum SQLState {
  /// The suspects that a state blames, by the state or by its class, the first two characters.
  // https://www.postgresql.org/docs/current/errcodes-appendix.html, and for classes ISO/IEC 9075-2.
  private static let states: [String: Blame] = [
    "08": [.vendor: 0.8, .noise: 0.2], "0A": [.deployment: 1], "22": [.records: 1], "23": [.records: 0.8, .upstream: 0.2],
    "25": [.deployment: 1], "26": [.deployment: 1], "28": [.credentials: 1], "3D": [.deployment: 1], "3F": [.deployment: 1],
    "40": [.noise: 0.8, .sink: 0.2], "42": [.deployment: 1], "42501": [.credentials: 0.9, .deployment: 0.1],
    "42703": [.schema: 0.8, .deployment: 0.2], "42S22": [.schema: 0.8, .deployment: 0.2],
    "42P01": [.schema: 0.5, .deployment: 0.3, .upstream: 0.2], "42S02": [.schema: 0.5, .deployment: 0.3, .upstream: 0.2],
    "42804": [.schema: 1], "42883": [.deployment: 0.7, .schema: 0.3], "53100": [.disk: 1], "53200": [.memory: 1],
    "53300": [.sink: 1], "53400": [.sink: 0.6, .deployment: 0.4], "54": [.deployment: 0.5, .records: 0.5],
    "55P03": [.noise: 0.6, .sink: 0.4], "55": [.noise: 0.6, .deployment: 0.4], "57014": [.cpu: 0.4, .slowSource: 0.4, .noise: 0.2],
    "57P": [.vendor: 0.6, .noise: 0.4], "58": [.disk: 0.7, .vendor: 0.3], "HYT": [.slowSource: 0.6, .vendor: 0.4],
    "XX": [.vendor: 0.5, .noise: 0.5],
  ]

  static func matches(in text: ErrorWords) -> [ErrorMatch] {
    let words = text.words
    var found: [ErrorMatch] = []
    for place in words.indices {
      let word = words[place]
      guard word.utf8.count == 5, word.utf8.contains(where: { (0x30...0x39).contains($0) }) else { continue }
      let before = place > 0 ? words[place - 1] : ""
      let isNamed = before == "sqlstate" || (place > 1 && words[place - 2] == "sqlstate")
      let isAlone = words.count == 1
      // `42P01` is not a number.
      let isTelling = word.hasPrefix("42p") || word.hasPrefix("42s") || word.hasPrefix("55p") || word.hasPrefix("57p")
      guard isNamed || isAlone && place == 0 || isTelling else { continue }
      let state = word.uppercased()
      guard let blame = states[state] ?? states[String(state.prefix(3))] ?? states[String(state.prefix(2))] else { continue }
      found.append(
        ErrorMatch(blame: blame.map { (suspect: $0.key, share: $0.value) }, weight: 2.4, words: place..<(place + 1)))
    }
    return found
  }
}
