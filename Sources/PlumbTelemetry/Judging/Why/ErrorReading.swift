import PlumbEngine
import PlumbModel

/// What may be to blame for a failure: a cause of the model, late data from upstream, or nothing in particular.
enum Suspect: Hashable, Sendable {
  case cause(Cause)
  case upstream
  case noise

  /// The places in an array of numbers by suspect.
  static let count = Cause.allCases.count + 2

  var place: Int {
    switch self {
    case .cause(let cause): Int(cause.rawValue)
    case .upstream: Cause.allCases.count
    case .noise: Cause.allCases.count + 1
    }
  }
}

/// Reads what an error says: the words of its code and message point at suspects, else its category does.
struct ErrorReading: Sendable {
  let code: String
  let message: String
  /// Shares that add up to 1 at the most.
  let shares: [(suspect: Suspect, share: Double)]

  init(code: String, category: String, message: String) {
    self.code = code
    self.message = message
    let text = " \(code) \(message) ".lowercased()
    if let suspect = Self.words.first(where: { rule in rule.words.contains { text.contains($0) } })?.suspect {
      shares = [(suspect, 1)]
    } else {
      shares = Self.categories[category.lowercased()] ?? []
    }
  }

  /// A run that never began because what it waits for did not end well.
  static let skipped = ErrorReading(code: "skipped", message: "", shares: [(.upstream, 1)])
  var isSkip: Bool { code == Self.skipped.code && message.isEmpty }

  /// What the tool called it and said, for a sentence; empty when it said nothing.
  var phrase: String {
    [code, message.isEmpty ? "" : "“\(message)”"].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private init(code: String, message: String, shares: [(suspect: Suspect, share: Double)]) {
    self.code = code
    self.message = message
    self.shares = shares
  }

  /// The first rule with a word in the text holds. Special words stand before general ones.
  private static let words: [(suspect: Suspect, words: [String])] = [
    (.noise, [
      "preempt", "taken away", "lock on", "deadlock", "clocks differ", "connection reset", "no progress",
      "did not come",
    ]),
    // A test of dbt that found bad records.
    (.cause(.malformedRecords), ["configured to fail if"]),
    (.upstream, ["upstream", "sensor", "dependency not met"]),
    (.cause(.schemaDrift), [
      "schema", "field", "column", "another type", "data type", "contract", "cannot cast", "unexpected key",
    ]),
    (.cause(.expiredCredentials), [
      "auth-", "unauthori", "forbidden", "credential", "token", "secret", "certificate", "permission",
      "access denied", "login failed", " 401", " 403",
    ]),
    (.cause(.memoryExhaustion), ["memory", "heap", "oom"]),
    (.cause(.cpuExhaustion), ["cpu", "processor", "quota exhausted", "exceeded its time limit"]),
    (.cause(.ioExhaustion), ["disk", "staging area", "no space", "i/o", "iops", "res-io"]),
    (.cause(.downstreamBackpressure), [
      "sink", "write", "writing", "backpressure", "slow down", "queue is full", "consumer", "target is busy",
    ]),
    (.cause(.malformedRecords), [
      "malformed", "utf-8", "encoding", "truncated", "middle of a record", "corrupt", "parse", "invalid json",
    ]),
    (.cause(.badDeployment), [
      "new build", "deploy", "import", "exception", "library", "setting", "config", "module", "attributeerror",
      "compilation", "syntax error", "parsing error",
    ]),
    (.cause(.vendorOutage), [
      "503", "502", "500", "429", "throttl", "too many requests", "service unavailable", "vendor",
      "answer from the source", "bad gateway",
    ]),
    (.cause(.slowUpstream), ["reading from", "page of results", "timed out", "timeout"]),
  ]

  private static let categories: [String: [(suspect: Suspect, share: Double)]] = [
    "auth": [(.cause(.expiredCredentials), 1)],
    "schema": [(.cause(.schemaDrift), 1)],
    "data": [(.cause(.malformedRecords), 1)],
    "vendor": [(.cause(.vendorOutage), 1)],
    "timeout": [(.cause(.slowUpstream), 0.4), (.cause(.cpuExhaustion), 0.3), (.cause(.vendorOutage), 0.3)],
    "resource": [
      (.cause(.cpuExhaustion), 0.34), (.cause(.memoryExhaustion), 0.33), (.cause(.ioExhaustion), 0.33),
    ],
    "dependency": [(.upstream, 0.5), (.cause(.downstreamBackpressure), 0.25), (.cause(.badDeployment), 0.25)],
  ]
}
