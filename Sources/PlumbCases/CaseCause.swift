import PlumbModel

/// The causes that an answer can name.
package enum CaseCause {
  static let falseAlarm = "false-alarm"
  static let capacity = "capacity"

  package static let all: [String] = Cause.allCases.map(\.name) + [falseAlarm, capacity]

  /// Other words for causes.
  private static let synonyms: [String: String] = [
    "credentials": "expired-credentials", "credential": "expired-credentials", "expired-credential": "expired-credentials", "auth": "expired-credentials",
    "vendor": "vendor-outage", "outage": "vendor-outage", "schema": "schema-drift", "schema-change": "schema-drift",
    "malformed": "malformed-records", "cpu": "cpu-exhaustion", "contention": "cpu-exhaustion", "memory": "memory-exhaustion",
    "io": "io-exhaustion", "disk": "io-exhaustion", "upstream": "slow-upstream", "upstream-delay": "slow-upstream",
    "backpressure": "downstream-backpressure", "deployment": "bad-deployment", "deploy": "bad-deployment", "build": "bad-deployment",
    "saturation": "capacity", "no-fault": "false-alarm", "none": "false-alarm",
  ]

  /// The cause that a word names; nil if none.
  package static func named(_ word: String) -> String? {
    let word = word.lowercased()
    return all.contains(word) ? word : synonyms[word]
  }
}

/// Texts in KQL.
enum KQLQuote {
  static func text(_ text: String) -> String {
    "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }
}
