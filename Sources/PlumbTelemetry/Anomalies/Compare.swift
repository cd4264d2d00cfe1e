import PlumbDiagnostics
import PlumbEngine

/// A half-open interval of time, in ticks.
package struct ComparedWindow: Sendable {
  let start: Int64
  let end: Int64

  /// - Throws: `argument-types` if it ends before it begins or is empty.
  package init(start: Int64, end: Int64) throws {
    guard start < end else {
      throw Diagnostic(
        "argument-types", "this time window \(start == end ? "is empty" : "ends before it begins")",
        help: "write the earlier time first, as in `ago(2h) .. now()`")
    }
    self.start = start
    self.end = end
  }
}

extension AnomalyTables {
  /// Returns KQL for `compare`: what changed in the runs from one time window to another, and which groups explain it.
  ///
  /// Runs, failures and records are sums; those of the earlier window are scaled to the length of the later one.
  /// The failure rate, duration and queue time are means over runs, in which the part of a group is its sum divided by
  /// the number of all runs, so the parts of the groups add up to the whole for every measure. What a group `explains`
  /// is its share of the change of the whole. Its `surprise` is its part of the Jensen-Shannon divergence, in bits, of
  /// of its shares before and after: how much else it is than all groups having changed alike. `chance` is how likely
  /// chance alone brings a change as large: by Poisson's law for runs and failures, half as wide again for failures, which
  /// come in series; by two shares for the failure rate; by the runs' own spread for the others. The score is the
  /// change of the part relative to the larger whole, weighted by a tenth plus twice the surprise, and small if chance
  /// explains it; sums of fewer than ten count as ten. The row `all` is the whole.
  // Bhagwan et al., "Adtributor: revenue debugging in advertising systems" (NSDI 2014), for explanatory power
  // and surprise.
  package func compare(_ first: ComparedWindow, _ second: ComparedWindow, by names: [String]?) throws -> String {
    let (before, after) = first.start <= second.start ? (first, second) : (second, first)
    let keys = try names.map(checked)
    var parts = dimensions.map { dimension in
      "seen\(dimension.filter)\n| summarize \(Self.sums) by value = tostring(\(KQLText.name(dimension.name)))\n"
        + "| extend dimension = \"\(dimension.name)\"" + Self.measures(dimension.areErrors ? ["failures"] : known)
    }
    if let keys {
      let columns = keys.map(KQLText.name).joined(separator: ", ")
      parts = ["seen\n| summarize \(Self.sums) by \(columns)" + Self.measures(known + ["failures"])]
    }
    let columns = keys.map { $0.map(KQLText.name).joined(separator: ", ") } ?? "dimension, value"
    parts.append(
      "seen\n| summarize \(Self.sums)" + (keys == nil ? "\n| extend dimension = \"all\", value = \"all\"" : "")
        + Self.measures(known + ["failures"]))
    let changes = parts.count == 1 ? parts[0] : "union\n(" + parts.joined(separator: "),\n(") + ")"
    return """
      let before_start = \(KQLText.moment(before.start));
      let before_end = \(KQLText.moment(before.end));
      let after_start = \(KQLText.moment(after.start));
      let after_end = \(KQLText.moment(after.end));
      let longer = (after_end - after_start) / (before_end - before_start);
      let seen = \(runs(with: Self.columns))
      | extend b = started >= before_start and started < before_end,
          a = started >= after_start and started < after_end
      | where a or b
      | extend failed = status == "failed", busy = duration / 1s, queued = queue_delay / 1s
      | extend busy_squared = busy * busy, queued_squared = queued * queued, records_squared = 1.0 * records_in * records_in\
      \(facts(factsNeeded(keys)));
      let totals = seen
      | summarize \(Self.sums)\(Self.measures(known + ["failures"]))
      | project measure, whole_before = sum_before, whole_after = sum_after, count_before, count_after;
      let changes = \(changes);
      changes
      | project-away count_before, count_after
      | lookup kind=inner totals on measure
      | extend is_mean = measure in ("failure rate", "duration", "queue")
      | extend over_before = iff(is_mean, 1.0 * count_before, 1 / longer),
          over_after = iff(is_mean, 1.0 * count_after, 1.0)
      | extend part_before = iff(over_before > 0, sum_before / over_before, 0.0),
          part_after = iff(over_after > 0, sum_after / over_after, 0.0),
          all_before = iff(over_before > 0, whole_before / over_before, 0.0),
          all_after = iff(over_after > 0, whole_after / over_after, 0.0)
      | extend step = part_after - part_before
      | where step != 0
      | extend p = iff(all_before > 0, part_before / all_before, 0.0),
          q = iff(all_after > 0, part_after / all_after, 0.0)
      | extend surprise = 0.5 * iff(p > 0, p * log2(2 * p / (p + q)), 0.0)
          + 0.5 * iff(q > 0, q * log2(2 * q / (p + q)), 0.0)
      | extend least = case(measure in ("duration", "queue"), 0.0,
          is_mean, 10.0 / max_of(count_before, count_after), 10.0)
      | extend mean_before = iff(own_before > 0, sum_before / own_before, 0.0), mean_after = iff(own_after > 0, sum_after / own_after, 0.0),
          both = (sum_before + sum_after + 1) / (own_before + own_after + 2)
      | extend floor_before = pow(mean_before * (0.2 + 1.0 / max_of(own_before, 1.0)), 2),
          floor_after = pow(mean_after * (0.2 + 1.0 / max_of(own_after, 1.0)), 2)
      | extend deviation = case(
          measure == "runs", abs(step) / sqrt(sum_after + longer * longer * sum_before + 1),
          measure == "failures", abs(step) / sqrt(1.5 * (sum_after + longer * longer * sum_before + 1)),
          measure == "records", abs(step) / sqrt(max_of(squares_after - 0.75 * sum_after * mean_after, 0.0)
            + longer * longer * max_of(squares_before - 0.75 * sum_before * mean_before, 0.0) + 1),
          own_before == 0 or own_after == 0, 0.0,
          measure == "failure rate", abs(mean_after - mean_before) / sqrt(1.5 * both * (1 - both) * (1 / own_before + 1 / own_after)),
          mean_after == mean_before, 0.0,
          abs(mean_after - mean_before) / sqrt(max_of(squares_after / own_after - mean_after * mean_after, floor_after) / own_after
            + max_of(squares_before / own_before - mean_before * mean_before, floor_before) / own_before))
      // The two tails of the normal distribution, within a hundredth of them.
      | extend chance = exp(-0.717 * deviation - 0.416 * deviation * deviation)
      | extend score = abs(step) / max_of(all_before, all_after, least) * (0.1 + 2 * surprise) / (1 + exp(3 * (3 - deviation)))
      | extend before = iff(is_mean, sum_before / own_before, part_before),
          after = iff(is_mean, sum_after / own_after, part_after)
      | sort by score desc, measure asc, \(columns.split(separator: ",").map { "\($0) asc" }.joined(separator: ","))
      | project measure, \(columns), before = round(before, 3), after = round(after, 3),
          explains = iff(all_after != all_before, round(step / (all_after - all_before), 3), real(null)),
          surprise = round(surprise, 3), chance = round(chance, 4), score = round(score, 4),
          runs_before, runs_after, failures_before, failures_after
      """
  }

  private static let columns = [
    "status", "ended", "duration", "queue_delay", "records_in", "source", "error_code", "error_category",
  ]

  /// The measures that the runs provide, without failures.
  private var known: [String] {
    var measures = ["runs"]
    if tells("status") { measures.append("failure rate") }
    if tells("duration") { measures.append("duration") }
    if tells("queue_delay") { measures.append("queue") }
    if tells("records_in") { measures.append("records") }
    return measures
  }

  /// The columns to group by, one at a time, if the call gives none; most runs have no error.
  private var dimensions: [(name: String, filter: String, areErrors: Bool)] {
    var list = ["pipeline"].map { ($0, "", false) }
    if columns("runs").contains(ColumnInfo("source", .string)) { list.append(("source", "", false)) }
    list += knownFacts(["region", "vendor", "tier", "owner"]).map { ($0, "", false) }
    for name in ["error_category", "error_code"] where columns("runs").contains(ColumnInfo(name, .string)) {
      list.append((name, " | where failed and isnotempty(\(name))", true))
    }
    return list
  }

  /// The columns of `pipelines` that the groups need.
  private func factsNeeded(_ keys: [String]?) -> [String] {
    guard let keys else { return knownFacts(["region", "vendor", "tier", "owner"]) }
    let own = Set(columns("runs").map(\.name) + Self.columns)
    return keys.filter { !own.contains($0) }
  }

  /// - Throws: `unknown-column` for a column that neither `runs` nor `pipelines` has.
  private func checked(_ names: [String]) throws -> [String] {
    guard !names.isEmpty else {
      throw Diagnostic("argument-types", "`by` names no column", help: "leave it out to compare by several columns")
    }
    var known = columns("runs").filter { $0.type != .dynamic }.map(\.name)
    if has("pipelines", [("name", .string)]) {
      known += columns("pipelines").filter { $0.type != .dynamic && $0.name != "name" }.map(\.name)
    }
    for (i, name) in names.enumerated() {
      if !known.contains(name) {
        throw Diagnostic(
          "unknown-column", "neither `runs` nor `pipelines` has a column `\(name)` to compare by",
          help: Suggestion.nearest(to: name, in: known))
      }
      if names[..<i].contains(name) { throw Diagnostic("duplicate-column", "`\(name)` is named twice") }
      if Self.taken.contains(name) {
        throw Diagnostic("duplicate-column", "`\(name)` is a column of the answer and cannot be compared by")
      }
    }
    return names
  }

  private static let taken: Set<String> = [
    "measure", "before", "after", "explains", "surprise", "chance", "score", "runs_before", "runs_after", "failures_before",
    "failures_after", "a", "b", "failed", "busy", "queued", "busy_squared", "queued_squared", "records_squared",
  ]

  private static let sums: String = {
    let terms = [
      ("runs", "countif(*)"), ("failures", "countif(* and failed)"), ("records", "sumif(records_in, *)"),
      ("busy", "sumif(busy, *)"), ("timed", "countif(* and isnotnull(busy))"), ("queued", "sumif(queued, *)"),
      ("waited", "countif(* and isnotnull(queued))"), ("busy_squares", "sumif(busy_squared, *)"),
      ("queued_squares", "sumif(queued_squared, *)"), ("records_squares", "sumif(records_squared, *)"),
    ]
    let sums = terms.flatMap { name, term in
      [("before", "b"), ("after", "a")].map { window, flag in
        let parts = term.split(separator: "*", omittingEmptySubsequences: false)
        return "\(name)_\(window) = \(parts.joined(separator: flag))"
      }
    }
    return "\n    " + sums.joined(separator: ",\n    ") + "\n   "
  }()

  /// Returns KQL that makes a row for each of `measures` from each row, with its sums and the runs that they cover.
  private static func measures(_ names: [String]) -> String {
    let sources = [
      "runs": ("runs", "runs"), "failures": ("failures", "runs"), "failure rate": ("failures", "runs"),
      "duration": ("busy", "timed"), "queue": ("queued", "waited"), "records": ("records", "runs"),
    ]
    func list(_ window: String, _ part: (String, String) -> String) -> String {
      let terms = names.compactMap { name in sources[name].map { "todouble(\(part($0.0, $0.1))_\(window))" } }
      return "pack_array(\(terms.joined(separator: ", ")))"
    }
    func squares(_ window: String) -> String {
      let columns = ["duration": "busy_squares", "queue": "queued_squares", "records": "records_squares"]
      let terms = names.filter { sources[$0] != nil }.map { name in columns[name].map { "todouble(\($0)_\(window))" } ?? "0.0" }
      return "pack_array(\(terms.joined(separator: ", ")))"
    }
    let quoted = names.map { "\"\($0)\"" }.joined(separator: ", ")
    return """

      | mv-expand measure = dynamic([\(quoted)]) to typeof(string),
          sum_before = \(list("before") { sum, _ in sum }) to typeof(real),
          sum_after = \(list("after") { sum, _ in sum }) to typeof(real),
          own_before = \(list("before") { _, count in count }) to typeof(real),
          own_after = \(list("after") { _, count in count }) to typeof(real),
          squares_before = \(squares("before")) to typeof(real), squares_after = \(squares("after")) to typeof(real)
      | extend count_before = own_before, count_after = own_after
      """
  }
}
