import PlumbDiagnostics
import PlumbEngine

/// How bad it is when a rule fires; ordered.
package enum Severity: String, CaseIterable, Comparable, Sendable {
  case info, low, medium, high, critical

  package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  package static let names = allCases.map(\.rawValue).joined(separator: ", ")
}

/// When a row that keeps appearing fires.
package enum Persistence: Hashable, Sendable {
  /// After it was present for so many ticks of time; 0 for at once.
  case lasting(Int64)
  /// When it was present in at least `count` of the last `total` evaluations.
  case share(count: Int, total: Int)
}

/// When the rule's tables are too old to judge.
package enum NoData: Hashable, Sendable {
  /// Older than three times their usual interval.
  case usual
  /// Old tables are fine.
  case ok
  /// Older than so many ticks.
  case after(Int64)
}

/// Where a rule comes from.
package enum RuleOrigin: String, Sendable {
  case shipped, workspace, file
}

/// A rule: a query whose rows are what is wrong, and how its rows become alerts.
///
/// Times are in ticks of 100 ns.
package struct AlertRule: Sendable {
  package var name: String
  package var severity = Severity.medium
  /// The time between two evaluations.
  package var every = 5 * TimeSpan.minute
  package var persistence = Persistence.lasting(0)
  /// How long a row must be absent before its alert closes.
  package var keep: Int64 = 0
  /// The columns that identify an instance; nil for `pipeline`, or else all columns of texts.
  package var key: [String]?
  /// A sentence with columns in braces, such as `{pipeline} is {late} late`; empty for the default.
  package var says = ""
  package var runbook = ""
  package var noData = NoData.usual
  /// Whether instances with the same cause become one message.
  package var groupsByCause = false
  package var targets: [String] = []
  /// How often what still fires is sent again; 0 for never.
  package var repeats = 4 * TimeSpan.hour
  /// The query; a rule that was read from a file has its header as comments.
  package var query: String
  package var origin = RuleOrigin.workspace

  /// Whether its query asks what is usual.
  var comparesWithBaselines: Bool { query.contains("baselines") }

  package init(name: String, query: String) {
    self.name = name
    self.query = query
  }
}

extension AlertRule {
  /// The rule as a file: header and query.
  package var text: String {
    var lines = ["// alert: \(name)"]
    for key in RuleKey.all {
      if let value = key.print(self) { lines.append("// \(key.name): \(value)") }
    }
    let body = RuleFile.body(of: query)
    return lines.joined(separator: "\n") + "\n" + body + (body.hasSuffix("\n") ? "" : "\n")
  }

  /// The sentence about a row.
  ///
  /// - Parameter values: the row's values as texts, by column.
  package func sentence(key: String, _ values: [(name: String, text: String)]) -> String {
    if says.isEmpty { return key.isEmpty ? name : "\(name): \(key)" }
    var out = ""
    var rest = says[...]
    while let open = rest.firstIndex(of: "{") {
      out += rest[..<open]
      let inner = rest[rest.index(after: open)...]
      guard let close = inner.firstIndex(of: "}") else {
        rest = rest[open...]
        break
      }
      let name = inner[..<close]
      if let value = values.first(where: { $0.name == name }) { out += value.text } else { out += rest[open...close] }
      rest = inner[inner.index(after: close)...]
    }
    return out + rest
  }
}
