/// A feature, and how to describe its value in a sentence about a pipeline.
struct Feature: Sendable {
  let name: String
  /// Whether an action could change it; the hour of the day cannot be changed.
  let isChangeable: Bool
  /// Returns the value in words; the row provides related values.
  let words: @Sendable (_ value: Double, _ row: FeatureRow) -> String

  init(_ name: String, changes isChangeable: Bool = true, _ words: @escaping @Sendable (Double, FeatureRow) -> String) {
    self.name = name
    self.isChangeable = isChangeable
    self.words = words
  }

  /// In the order of a model's columns.
  static let all: [Feature] = [
    Feature("due", changes: false) { value, _ in "\(brief(value)) runs are due" },
    Feature("failed_last") { value, _ in value > 0 ? "the last attempt failed" : "the last attempt succeeded" },
    Feature("failed_in_a_row") { value, _ in
      value < 1 ? "the last attempt succeeded" : "the last \(value < 5 ? brief(value) : "5 or more") attempts failed"
    },
    Feature("failed_of_3") { value, row in
      "\(brief(value)) of the last 3 attempts failed\(row.usual("usual_failures", times: 3))"
    },
    Feature("failed_of_5") { value, row in
      "\(brief(value)) of the last 5 attempts failed\(row.usual("usual_failures", times: 5))"
    },
    Feature("retried_of_5") { value, row in
      "\(brief(value)) of the last 5 attempts were retries\(row.usual("usual_retries", times: 5))"
    },
    Feature("usual_failures") { value, _ in "usually \(percent(value)) of its attempts fail" },
    Feature("usual_retries") { value, _ in "usually \(percent(value)) of its attempts are retries" },
    Feature("hours_since_failure") { value, _ in
      value >= 24 ? "no attempt failed in 24 h" : "its last failure was \(ago(value)) ago"
    },
    Feature("runs_since_failure") { value, _ in
      value >= 24 ? "no failure in its last 24 runs" : "its last failure was \(brief(value)) runs ago"
    },
    Feature("runs_since_success") { value, _ in
      value >= 5 ? "no success for 5 runs or more" : "its last success was \(brief(value)) runs ago"
    },
    Feature("runs_since_start") { value, _ in "its last attempt began \(brief(value)) runs ago" },
    Feature("duration") { value, _ in "the last runs took \(brief(value)) times their usual" },
    Feature("duration_last") { value, _ in "the last run took \(brief(value)) times its usual" },
    Feature("queue") { value, _ in "the last runs queued \(brief(value)) times as long as usual" },
    Feature("queue_last") { value, _ in "the last run queued \(brief(value)) times as long as usual" },
    Feature("lateness") { value, _ in "its data came \(brief(value)) times as late as usual" },
    Feature("lateness_last") { value, _ in "its data came \(brief(value)) runs late" },
    Feature("volume") { value, _ in "the last runs read \(brief(value)) times the usual records" },
    Feature("malformed") { value, _ in "\(percent(value)) of the last records were malformed" },
    Feature("cpu") { value, _ in "CPU is \(points(value)) its usual" },
    Feature("memory") { value, _ in "memory is \(brief(value)) times its usual" },
    Feature("io") { value, _ in "I/O wait is \(points(value)) its usual" },
    Feature("backlog") { value, _ in "the backlog is \(brief(value)) times its usual" },
    Feature("backlog_trend") { value, _ in
      "the backlog \(value < 0 ? "fell" : "grew") by \(brief(abs(value))) times its usual in 3 runs"
    },
    Feature("strain") { value, _ in "its signs of trouble add up to \(brief(value))" },
    Feature("hour", changes: false) { value, _ in "the hour is \(brief(value)) (UTC)" },
    Feature("weekday", changes: false) { value, _ in
      ["it is Sunday", "it is Monday", "it is Tuesday", "it is Wednesday", "it is Thursday", "it is Friday", "it is Saturday"][
        Int(Swift.min(Swift.max(value, 0), 6))]
    },
    Feature("upstreams_failing") { value, _ in "\(brief(value)) upstreams failed last" },
    Feature("upstream_failed_in_a_row") { value, row in "\(row.upstream) failed \(brief(value)) times in a row" },
    Feature("hours_since_upstream_failure") { value, row in
      value >= 24 ? "no upstream failed in 24 h" : "upstream \(row.upstreamName) failed \(ago(value)) ago"
    },
    Feature("upstream_runs_since_success") { value, _ in "an upstream has had no success for \(brief(value)) of its runs" },
    Feature("upstream_strain") { value, _ in "an upstream's signs of trouble add up to \(brief(value))" },
    Feature("far_runs_since_success") { value, _ in "a pipeline two steps up has had no success for \(brief(value)) of its runs" },
    Feature("far_strain") { value, _ in "two steps up, signs of trouble add up to \(brief(value))" },
    Feature("downstream_queue") { value, _ in "a downstream queues \(brief(value)) times as long as usual" },
    Feature("downstream_failed") { value, _ in "\(brief(value)) of a downstream's last 5 attempts failed" },
    Feature("hours_since_schema_change", changes: false) { value, _ in "its schema changed \(ago(value)) ago" },
    Feature("days_to_month_end", changes: false) { value, _ in "the month ends in \(brief(value)) days" },
    Feature("due_yesterday", changes: false) { value, _ in "\(runs(value)) started at this time yesterday" },
    Feature("failed_yesterday", changes: false) { value, _ in "\(brief(value)) attempts failed at this time yesterday" },
    Feature("due_last_week", changes: false) { value, _ in "\(runs(value)) started at this time a week ago" },
    Feature("failed_last_week", changes: false) { value, _ in "\(brief(value)) attempts failed at this time a week ago" },
  ]

  private static func runs(_ count: Double) -> String { count == 1 ? "1 run" : "\(brief(count)) runs" }

  static let names = all.map(\.name)

  /// Formats a number with two significant digits, or without decimals from 10 on.
  static func brief(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return value.isNaN ? "an unknown number of" : "a great many" }
    let scale = abs(value) >= 9.95 ? 1.0 : abs(value) >= 0.995 ? 10 : 100
    let rounded = (value * scale).rounded()
    if rounded.truncatingRemainder(dividingBy: scale) == 0 { return "\(Int64(rounded / scale))" }
    return "\(rounded / scale)"
  }

  static func percent(_ share: Double) -> String { "\(brief(share * 100)) %" }

  static func ago(_ hours: Double) -> String {
    guard hours.isFinite else { return "an unknown time" }
    return hours < 1 ? "\(Int64((Swift.max(hours, 0) * 60).rounded())) min" : "\(brief(hours)) h"
  }

  private static func points(_ value: Double) -> String {
    "\(brief(abs(value) * 100)) points \(value < 0 ? "below" : "above")"
  }
}

/// The features of one pipeline at one point in time.
struct FeatureRow: Sendable {
  let values: [Double]
  /// The upstream that failed last; empty if none failed.
  let upstreamName: String

  var upstream: String { upstreamName.isEmpty ? "an upstream" : "an upstream such as \(upstreamName)" }

  /// Returns ` (usual 0.2)` for a rate over some attempts; empty if it is unknown.
  func usual(_ name: String, times count: Double) -> String {
    guard let index = Feature.names.firstIndex(of: name), !values[index].isNaN else { return "" }
    return " (usual \(Feature.brief(values[index] * count)))"
  }
}
