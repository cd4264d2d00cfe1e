import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// What was usual for each pipeline up to the last midnight (UTC), computed once a day and kept, so that rules of alerts
/// that compare with it stay cheap.
package final class Baselines: Sendable {
  package static let schema: Schema = [
    ColumnInfo("pipeline", .string), ColumnInfo("made", .datetime), ColumnInfo("runs", .long), ColumnInfo("successes", .long),
    ColumnInfo("fail_share", .real), ColumnInfo("gap_p50", .timespan), ColumnInfo("gap_p97", .timespan),
    ColumnInfo("gap_p99", .timespan), ColumnInfo("duration_p50", .timespan), ColumnInfo("duration_p95", .timespan),
    ColumnInfo("duration_p99", .timespan), ColumnInfo("records_p01", .real), ColumnInfo("records_p05", .real),
    ColumnInfo("records_p50", .real), ColumnInfo("backlog_p95", .real), ColumnInfo("backlog_p99", .real),
  ]

  private struct Kept {
    let day: Int64
    let rowCount: Int
    let table: Table
  }

  /// When baselines are computed.
  package enum Use: Sendable {
    /// By the first query of a day, and again if `runs` has fewer rows.
    case first
    /// By the first query of a day: the rows known at a midnight never change, as in a replay.
    case history
    /// By `preparation`, apart from queries: those of the previous day still apply until it has run.
    case prepared
  }

  private let kept = LockedValue<[Kept]>([])
  private static let limit = 64
  private static let day = 24 * TimeSpan.hour
  private let use: Use

  package init(_ use: Use = .first) { self.use = use }

  /// The function `baselines()`.
  package var function: TableFunction { function { [self] in try table($0, $1) } }

  /// The function `baselines()`, which computes them whatever is known.
  package var preparation: TableFunction { function { [self] in try make($0, $1) } }

  /// Takes baselines that were computed and stored earlier, up to the midnight `day`.
  package func take(_ table: Table, day: Int64, rowCount: Int) { keep(Kept(day: day, rowCount: rowCount, table: table)) }

  private func function(_ table: @escaping @Sendable (AnomalyTables, TableFunction.Run) throws -> Table) -> TableFunction {
    TableFunction(
      "baselines", "Returns what was usual for each pipeline in the 14 days up to the last midnight.", "",
      examples: ["baselines()"], tells: .judgement, columns: Self.schema
    ) { call in
      let arguments = TableArguments(call)
      try arguments.finish()
      let tables = try AnomalyTables(schema: call.schema(ofTable:))
      return { run in try table(tables, run) }
    }
  }

  private func table(_ tables: AnomalyTables, _ run: TableFunction.Run) throws -> Table {
    let (now, rowCount) = (run.context.now, try rowCount(run))
    let day = now - now % Self.day
    let oldest = use == .prepared ? day - Self.day : day
    let known = kept.withLock { list in
      list.filter { (oldest...day).contains($0.day) && $0.rowCount <= rowCount }.max { $0.day < $1.day }
    }
    return try known?.table ?? make(tables, run)
  }

  private func make(_ tables: AnomalyTables, _ run: TableFunction.Run) throws -> Table {
    let day = run.context.now - run.context.now % Self.day
    let made = try run.run(tables.baselines(upTo: day))
    keep(Kept(day: day, rowCount: try rowCount(run), table: made))
    return made
  }

  private func rowCount(_ run: TableFunction.Run) throws -> Int {
    use == .history ? 0 : try run.table(named: "runs")?.rowCount ?? 0
  }

  private func keep(_ new: Kept) {
    kept.withLock { list in
      list.removeAll { $0.day == new.day }
      list.append(new)
      if list.count > Self.limit { list.removeFirst() }
    }
  }
}

extension AnomalyTables {
  /// Returns KQL for `baselines()`. Gaps are between the ends of consecutive successes.
  func baselines(upTo day: Int64) -> String {
    """
    let t = \(KQLText.moment(day));
    let past = materialize(\(runs(with: ["ended", "status", "duration", "records_out", "backlog"]))
    | where ended <= t and ended > t - 14d and status != "running"
    | project pipeline, ended, status, duration, records_out, backlog);
    let successes = past
    | where status == "succeeded"
    | sort by pipeline asc, ended asc
    | extend gap = iff(pipeline == prev(pipeline), ended - prev(ended), timespan(null))
    | summarize successes = count(), (gap_p50, gap_p97, gap_p99) = percentiles(gap, 50, 97, 99),
        (duration_p50, duration_p95, duration_p99) = percentiles(duration, 50, 95, 99),
        (records_p01, records_p05, records_p50) = percentiles(todouble(records_out), 1, 5, 50) by pipeline;
    past
    | summarize runs = count(), fail_share = round(1.0 * countif(status == "failed") / count(), 4),
        (backlog_p95, backlog_p99) = percentiles(todouble(backlog), 95, 99) by pipeline
    | lookup kind=leftouter successes on pipeline
    | project pipeline, made = t, runs, successes = coalesce(successes, 0), fail_share, gap_p50, gap_p97, gap_p99,
        duration_p50, duration_p95, duration_p99, records_p01, records_p05, records_p50, backlog_p95, backlog_p99
    """
  }
}
