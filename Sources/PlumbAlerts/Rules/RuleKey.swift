import PlumbDiagnostics
import PlumbEngine

/// A key of a rule's header, which is also a property of `.create alert`.
package struct RuleKey: Sendable {
  package let name: String
  /// One sentence.
  package let summary: String
  /// Whether its value is the rest of the line.
  let isText: Bool
  /// Sets the value in a rule; returns what is expected instead of a wrong one.
  let read: @Sendable (String, inout AlertRule) -> String?
  /// The value as a header has it; nil for the default.
  let print: @Sendable (AlertRule) -> String?

  init(
    _ name: String, _ summary: String, isText: Bool = false, read: @escaping @Sendable (String, inout AlertRule) -> String?,
    print: @escaping @Sendable (AlertRule) -> String?
  ) {
    self.name = name
    self.summary = summary
    self.isText = isText
    self.read = read
    self.print = print
  }

  package static let all: [RuleKey] = [
    RuleKey("severity", "How bad it is: \(Severity.names).") { text, rule in
      guard let severity = Severity(rawValue: text.lowercased()) else { return "one of \(Severity.names)" }
      rule.severity = severity
      return nil
    } print: { $0.severity.rawValue },
    RuleKey("every", "The time between evaluations.") { text, rule in
      guard let ticks = span(text), ticks >= TimeSpan.second else { return "a timespan of at least 1s, such as 5m" }
      rule.every = ticks
      return nil
    } print: { short($0.every) },
    RuleKey("for", "How long a row must be present before it fires.") { text, rule in
      guard let ticks = span(text), ticks >= 0 else { return "a timespan such as 10m" }
      rule.persistence = .lasting(ticks)
      return nil
    } print: { rule in
      if case .lasting(let ticks) = rule.persistence, ticks > 0 { short(ticks) } else { nil }
    },
    RuleKey("of", "In how many of the last evaluations a row must be present before it fires.") { text, rule in
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0.trimmed) }
      guard parts.count == 2, let count = parts[0], let total = parts[1], count >= 1, count <= total, total <= 1_000 else {
        return "a share of evaluations such as 3/5"
      }
      rule.persistence = .share(count: count, total: total)
      return nil
    } print: { rule in
      if case .share(let count, let total) = rule.persistence { "\(count)/\(total)" } else { nil }
    },
    RuleKey("keep", "How long a row must be absent before its alert closes.") { text, rule in
      guard let ticks = span(text), ticks >= 0 else { return "a timespan such as 15m" }
      rule.keep = ticks
      return nil
    } print: { $0.keep > 0 ? short($0.keep) : nil },
    RuleKey("key", "The columns that identify an instance.") { text, rule in
      let names = text.split(separator: ",").map { String($0.trimmed) }
      guard !names.isEmpty, !names.contains(where: \.isEmpty) else { return "columns such as pipeline" }
      rule.key = names
      return nil
    } print: { $0.key?.joined(separator: ", ") },
    RuleKey("nodata", "The age from which the rule's tables are too old to judge, or ok for never.") { text, rule in
      if text.lowercased() == "ok" {
        rule.noData = .ok
        return nil
      }
      guard let ticks = span(text), ticks > 0 else { return "a timespan such as 2h, or ok" }
      rule.noData = .after(ticks)
      return nil
    } print: { rule in
      switch rule.noData {
      case .usual: nil
      case .ok: "ok"
      case .after(let ticks): short(ticks)
      }
    },
    RuleKey("group", "cause to send instances with the same cause as one message.") { text, rule in
      guard ["cause", "none"].contains(text.lowercased()) else { return "cause or none" }
      rule.groupsByCause = text.lowercased() == "cause"
      return nil
    } print: { $0.groupsByCause ? "cause" : nil },
    RuleKey("to", "The targets, such as slack:oncall; their addresses are in the environment.") { text, rule in
      rule.targets = text.split(separator: ",").map { String($0.trimmed) }.filter { !$0.isEmpty }
      return rule.targets.isEmpty ? "targets such as webhook or slack:oncall" : nil
    } print: { $0.targets.isEmpty ? nil : $0.targets.joined(separator: ", ") },
    RuleKey("repeat", "How often what still fires is sent again.") { text, rule in
      guard let ticks = span(text), ticks >= 0 else { return "a timespan such as 4h" }
      rule.repeats = ticks
      return nil
    } print: { $0.repeats == 4 * TimeSpan.hour ? nil : short($0.repeats) },
    RuleKey("says", "The sentence about a row, with columns in braces.", isText: true) { text, rule in
      rule.says = text
      return nil
    } print: { $0.says.isEmpty ? nil : $0.says },
    RuleKey("runbook", "The address of a page that says what to do.", isText: true) { text, rule in
      rule.runbook = text
      return nil
    } print: { $0.runbook.isEmpty ? nil : $0.runbook },
  ]

  static let names = all.map(\.name)

  static func named(_ name: some StringProtocol) -> RuleKey? {
    let lower = name.lowercased()
    return all.first { $0.name == lower }
  }

  /// A timespan such as `5m`, `1d` or `00:05:00`.
  static func span(_ text: String) -> Int64? { TimeSpan.parse(text) }

  /// `5m` where whole units allow it.
  package static func short(_ ticks: Int64) -> String {
    let units: [(Int64, String)] = [
      (24 * TimeSpan.hour, "d"), (TimeSpan.hour, "h"), (TimeSpan.minute, "m"), (TimeSpan.second, "s"),
    ]
    for (unit, name) in units where ticks >= unit && ticks % unit == 0 { return "\(ticks / unit)\(name)" }
    return ticks == 0 ? "0s" : TimeSpan.text(ticks)
  }
}
