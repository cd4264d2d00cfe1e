import PlumbEngine

/// `runs` as KQL in which every run has a time. Imported runs without a start, such as those that dbt skipped or that
/// failed early, count as begun and ended when they were seen, according to `runs_seen`.
struct DatedRuns {
  let isNeeded: Bool

  /// - Parameter seen: the columns of `runs_seen`; empty if the table does not exist.
  init(runs: Schema, seen: Schema) {
    func has(_ schema: Schema, _ columns: [(String, ScalarType)]) -> Bool {
      columns.allSatisfy { schema.contains(ColumnInfo($0.0, $0.1)) }
    }
    isNeeded = has(seen, [("run_id", .long), ("seen", .datetime)])
      && has(runs, [("run_id", .long), ("started", .datetime), ("ended", .datetime), ("status", .string)])
  }

  var text: String {
    guard isNeeded else { return "runs" }
    return """
      runs
      | lookup kind=leftouter runs_seen on run_id
      | extend started = coalesce(started, seen), ended = iff(status == "running", ended, coalesce(ended, seen))
      | project-away seen
      """
  }
}
