import PlumbEngine

/// Decides whether the tables that a rule reads are too old to judge.
enum TableAge {
  /// Tables whose silence is good news or normal.
  private static let quiet: Set<String> = [
    "errors", "schema_changes", "alerts", "incidents", "edges", "pipelines", AlertTables.rules, AlertTables.states,
    AlertTables.notifications, AlertTables.silences, AlertTables.marks, AlertTables.baselines,
  ]

  static func matters(_ table: String, _ schema: Schema) -> Bool {
    if quiet.contains(table) { return false }
    switch Arrival(table: table, schema) {
    case .run, .column: return true
    case .always, .edge, .pipeline: return false
    }
  }

  /// How old a table may be for a rule, in ticks; nil for any age.
  ///
  /// - Parameter usual: the 99th percentile of the time between arrivals in the last seven days; nil if there were few.
  static func limit(_ rule: AlertRule, usual: Int64?) -> Int64? {
    switch rule.noData {
    case .ok: nil
    case .after(let ticks): ticks
    case .usual: usual.map { 3 * Swift.max($0, rule.every) }
    }
  }

  static func problem(_ table: String, age: Int64) -> String {
    "the newest row of `\(table)` is \(TimeSpan.text(age - age % TimeSpan.second)) old"
  }

  /// The days that `usual` looks at.
  static let window = 7 * 24 * TimeSpan.hour
  static let least = 20

  /// The 99th percentile of the gaps between moments in ascending order; nil if there are few.
  static func usual(_ moments: [Int64]) -> Int64? {
    guard moments.count >= least else { return nil }
    var gaps = zip(moments.dropFirst(), moments).map { $0 - $1 }
    gaps.sort()
    return gaps[Swift.min(gaps.count - 1, gaps.count * 99 / 100)]
  }
}
