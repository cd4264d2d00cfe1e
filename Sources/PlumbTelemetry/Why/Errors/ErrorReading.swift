/// Interprets an error: codes, exception classes, HTTP statuses and phrases point at suspects; failing those, its
/// category does. What no rule knows points at `unknown`.
struct ErrorReading: Sendable {
  let code: String
  let message: String
  /// Shares that add up to 1, largest first.
  let shares: [(suspect: Suspect, share: Double)]
  /// Whether a rule knows the text.
  let isKnown: Bool

  init(code: String, category: String, message: String) {
    self.code = code
    self.message = message
    var matches = ErrorWords(code).matches + ErrorWords(message).matches
    // Codes are often the first word of the message.
    if code == message { matches = ErrorWords(code).matches }
    let (shares, isKnown) = Self.shares(matches, category: category)
    self.shares = shares
    self.isKnown = isKnown
  }

  /// How certain the text is of one cause, 0 to 1.
  var certainty: Double { shares.first.map { $0.suspect == .unknown ? 0 : $0.share } ?? 0 }

  /// A run that never began because what it was waiting for failed.
  static let skipped = ErrorReading(code: "skipped", message: "", shares: [(.upstream, 1)])
  var isSkip: Bool { code == Self.skipped.code && message.isEmpty }

  /// The code and text of the error for a sentence; empty if it has none.
  var phrase: String {
    var said = message
    if said.utf8.count > Self.longest {
      said = String(said.prefix(Self.longest)) + "…"
    }
    return [code, said.isEmpty ? "" : "“\(said)”"].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static let longest = 160

  private init(code: String, message: String, shares: [(suspect: Suspect, share: Double)]) {
    self.code = code
    self.message = message
    self.shares = shares
    isKnown = true
  }

  /// Matches are weighted by the square of their weight, so that a code is more certain than several words. The most
  /// certain match decides how much is left unknown.
  private static func shares(
    _ matches: [ErrorMatch], category: String
  ) -> (shares: [(suspect: Suspect, share: Double)], isKnown: Bool) {
    var weights = [Double](repeating: 0, count: Suspect.all.count)
    var surest = 0.0
    for match in matches {
      for (suspect, share) in match.blame where suspect != .unknown {
        weights[suspect.place] += match.weight * match.weight * share
        surest = Swift.max(surest, match.weight * share)
      }
    }
    let total = weights.reduce(0, +)
    guard total > 0 else {
      guard let known = categories[category.lowercased()] else { return ([(.unknown, 1)], false) }
      return (known.map { (suspect: $0.key, share: $0.value) }, false)
    }
    let certainty = Swift.min(surest, 1)
    var shares = Suspect.all.compactMap { suspect in
      weights[suspect.place] > 0 ? (suspect: suspect, share: weights[suspect.place] / total * certainty) : nil
    }
    if certainty < 1 { shares.append((suspect: .unknown, share: 1 - certainty)) }
    return (shares.sorted { $0.share > $1.share }, true)
  }

  /// What a category alone says, which is less than a text.
  private static let categories: [String: Blame] = [
    "auth": [.credentials: 0.8, .unknown: 0.2], "schema": [.schema: 0.8, .unknown: 0.2], "data": [.records: 0.7, .unknown: 0.3],
    "vendor": [.vendor: 0.8, .unknown: 0.2],
    "timeout": [.slowSource: 0.35, .cpu: 0.2, .vendor: 0.2, .unknown: 0.25],
    "resource": [.cpu: 0.3, .memory: 0.3, .disk: 0.2, .unknown: 0.2],
    "dependency": [.upstream: 0.45, .sink: 0.2, .deployment: 0.1, .unknown: 0.25],
  ]
}
