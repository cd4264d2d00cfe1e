/// The KQL that computes features and outcomes, as `.show features` prints it.
///
/// The text is the same for training and prediction: `moments` is the number of points in time, 1 for a prediction.
enum FeatureText {
  /// What the rest reads, whatever a workspace has: a missing column or table becomes nulls or no rows, and an empty column
  /// may have any type, for example string in a CSV file.
  static func sources(runs: String = "runs", hasEdges: Bool, hasSchemaChanges: Bool) -> String {
    """
    let attempts_seen = \(runs)
    | project pipeline, started, ended = todatetime(ended), status,
      attempt = coalesce(tolong(column_ifexists("attempt", long(1))), 1),
      duration = totimespan(column_ifexists("duration", timespan(null))),
      queue_delay = totimespan(column_ifexists("queue_delay", timespan(null))),
      upstream_delay = totimespan(column_ifexists("upstream_delay", timespan(null))),
      records_in = tolong(column_ifexists("records_in", long(null))), malformed = tolong(column_ifexists("malformed", long(null))),
      cpu = toreal(column_ifexists("cpu", real(null))), memory_mb = tolong(column_ifexists("memory_mb", long(null))),
      io_wait = toreal(column_ifexists("io_wait", real(null))), backlog = tolong(column_ifexists("backlog", long(null)))
    | where status in ("succeeded", "failed");
    let edges_seen = \(hasEdges ? edges : "datatable(upstream: string, downstream: string, since: datetime, until: datetime) []");
    let changes_seen = \(hasSchemaChanges ? changes : "datatable(pipeline: string, changed: datetime) []");

    """
  }

  private static let edges = """
    edges
    | project upstream, downstream, since = todatetime(column_ifexists("since", datetime(null))),
      until = todatetime(column_ifexists("until", datetime(null)))
    """
  private static let changes = "schema_changes | project pipeline, changed = at"

  static let features = parts + joined + ";\n\n"

  /// All that the last step joins.
  static let parts = #"""
    // The state of each pipeline at `moments` moments, `step` apart, the last of them `as_of`.
    // What ended at a moment or after it does not count for that moment.
    let attempts = materialize(attempts_seen
    | where ended < as_of and ended >= as_of - step * moments - 8d
    | project pipeline, started, ended, first = toint(attempt == 1), failed = toint(status == "failed"),
      seconds = coalesce(duration, ended - started) / 1s, queue = queue_delay / 1s, late = upstream_delay / 1s,
      records = records_in, malformed, cpu, memory = memory_mb, io = io_wait, backlog);
    // The pipeline's own usual: seven whole days, counted back from `as_of`, that ended up to a day before the moment.
    let usual = materialize(attempts
    | summarize n = count(), runs = sum(first), failed = sum(failed), seconds = sumif(seconds, failed == 0),
      queue = sum(queue), late = sum(late), done = sumif(records, failed == 0), backlog = sum(backlog),
      cpu = sum(cpu), memory = sum(memory), io = sum(io)
      by pipeline, back = tolong((as_of - ended) / 1d)
    | mv-expand day = range(max_of(back - 7, 0), min_of(back - 1, tolong(step * moments / 1d))) to typeof(long)
    | summarize days = count(), n = sum(n), runs = sum(runs), failed = sum(failed), seconds = sum(seconds),
      queue = sum(queue), late = sum(late), done = sum(done), backlog = sum(backlog),
      cpu = sum(cpu), memory = sum(memory), io = sum(io)
      by pipeline, day
    | project pipeline, day, interval = 24.0 * days / runs, usual_failures = todouble(failed) / n,
      usual_retries = 1.0 - todouble(runs) / n, seconds = seconds / (n - failed), queue = queue / n, late = late / n,
      records = todouble(done) / (n - failed), backlog = todouble(backlog) / n,
      cpu = cpu / n, memory = todouble(memory) / n, io = io / n);
    let slowest = toscalar(usual | summarize max(interval)) * 1h;
    let recent = iff(isnull(slowest), 8d, min_of(8d, max_of(30h, 6 * slowest)));
    // Running sums over each pipeline's attempts in order: the difference of two is a sum over the last few.
    let states = attempts
    | where ended >= as_of - step * moments - recent
    | sort by pipeline asc, ended asc
    | extend fresh = pipeline != prev(pipeline), gap = (ended - prev(ended)) / 1h
    | extend i = row_cumsum(1, fresh), failures = row_cumsum(failed, fresh), retries = row_cumsum(1 - first, fresh),
      in_a_row = row_cumsum(failed, fresh or failed == 0),
      since_failure = row_cumsum(iff(failed == 1 or fresh, 0.0, gap), fresh or failed == 1),
      since_success = row_cumsum(iff(failed == 0 or fresh, 0.0, gap), fresh or failed == 0),
      t_seconds = row_cumsum(iff(failed == 0, seconds, 0.0), fresh), t_queue = row_cumsum(queue, fresh),
      t_late = row_cumsum(late, fresh), t_done = row_cumsum(iff(failed == 0, records, 0), fresh),
      t_records = row_cumsum(records, fresh), t_malformed = row_cumsum(malformed, fresh), t_cpu = row_cumsum(cpu, fresh),
      t_memory = row_cumsum(memory, fresh), t_io = row_cumsum(io, fresh), t_backlog = row_cumsum(backlog, fresh)
    | extend n3 = min_of(i, 3), next_end = iff(pipeline == next(pipeline), next(ended), datetime(null)),
      failed_of_3 = failures - iff(i > 3, prev(failures, 3), 0), failed_of_5 = failures - iff(i > 5, prev(failures, 5), 0),
      retried_of_5 = retries - iff(i > 5, prev(retries, 5), 0),
      m_seconds = t_seconds - iff(i > 3, prev(t_seconds, 3), 0.0), m_queue = t_queue - iff(i > 3, prev(t_queue, 3), 0.0),
      m_late = t_late - iff(i > 3, prev(t_late, 3), 0.0), m_done = t_done - iff(i > 3, prev(t_done, 3), 0),
      m_records = t_records - iff(i > 3, prev(t_records, 3), 0),
      m_malformed = t_malformed - iff(i > 3, prev(t_malformed, 3), 0), m_cpu = t_cpu - iff(i > 3, prev(t_cpu, 3), 0.0),
      m_memory = t_memory - iff(i > 3, prev(t_memory, 3), 0), m_io = t_io - iff(i > 3, prev(t_io, 3), 0.0),
      m_backlog = t_backlog - iff(i > 3, prev(t_backlog, 3), 0), backlog_before = iff(i > 3, prev(backlog, 3), long(null))
    // The moments at which an attempt is the last that ended: after its end, up to the end of the next one.
    | extend newest = tolong(ceiling((as_of - ended) / step)) - 1,
      oldest = iff(isnull(next_end), 0, tolong(ceiling((as_of - next_end) / step)))
    | where newest >= oldest and oldest < moments
    | mv-expand k = range(oldest, min_of(newest, moments - 1)) to typeof(long)
    | extend moment = as_of - k * step, ok3 = n3 - failed_of_3
    | project-rename last_seconds = seconds, last_queue = queue, last_late = late, last_backlog = backlog,
      last_cpu = cpu, last_memory = memory, last_io = io
    | extend day = tolong((as_of - moment) / 1d), age = (moment - ended) / 1h;
    let own = materialize(states
    | lookup kind=leftouter usual on pipeline, day
    | project pipeline, moment, k, due = within / 1h / interval, failed_last = failed, failed_in_a_row = min_of(in_a_row, 5),
      failed_of_3, failed_of_5, retried_of_5, usual_failures, usual_retries,
      hours_since_failure = iff(failures == 0, 24.0, min_of(since_failure + age, 24.0)),
      runs_since_failure = min_of(iff(failures == 0, 24.0, min_of(since_failure + age, 24.0)) / interval, 24.0),
      runs_since_success = min_of((since_success + age) / interval, 5.0),
      runs_since_start = min_of((moment - started) / 1h / interval, 5.0),
      duration = m_seconds / ok3 / seconds, duration_last = iff(failed == 0, last_seconds / seconds, real(null)),
      queue = m_queue / n3 / queue, queue_last = last_queue / queue,
      lateness = m_late / n3 / late, lateness_last = last_late / 3600 / interval,
      volume = m_done / ok3 / records, malformed = todouble(m_malformed) / m_records,
      cpu = m_cpu / n3 - cpu, memory = m_memory / n3 / memory, io = m_io / n3 - io,
      backlog = m_backlog / n3 / backlog, backlog_trend = (last_backlog - backlog_before) / backlog
    // All signs of trouble in one number, each from 0 to 1.
    | extend strain = iff(duration > 1, min_of(duration - 1, 1.0), 0.0) + iff(queue > 1, min_of((queue - 1) / 3, 1.0), 0.0)
      + iff(memory > 1, min_of(2 * (memory - 1), 1.0), 0.0) + iff(cpu > 0, min_of(5 * cpu, 1.0), 0.0)
      + iff(io > 0, min_of(5 * io, 1.0), 0.0) + iff(malformed > 0.003, min_of(10 * (malformed - 0.003), 1.0), 0.0)
      + iff(lateness_last > 0.05, min_of(2 * (lateness_last - 0.05), 1.0), 0.0) + iff(volume < 0.8, 0.8 - volume, 0.0)
    | extend hour = hourofday(moment), weekday = dayofweek(moment) / 1d,
      days_to_month_end = (endofmonth(moment) - moment) / 1d);
    // What started at the same time of yesterday and of a week ago, and had ended by the moment.
    let same_times = attempts
    | mv-expand days = dynamic([1, 7]) to typeof(long)
    | extend again = started + days * 1d
    | mv-expand k = range(max_of(0, tolong(ceiling((as_of - again) / step))), min_of(tolong(ceiling((as_of - again + within) / step)) - 1, moments - 1)) to typeof(long)
    | where ended < as_of - k * step
    | summarize due_yesterday = sumif(first, days == 1), failed_yesterday = sumif(failed, days == 1),
      due_last_week = sumif(first, days == 7), failed_last_week = sumif(failed, days == 7) by pipeline, k;
    let neighbours = own
    | project pipeline, moment, failed_last, failed_in_a_row, failed_of_5, hours_since_failure, runs_since_success, strain, queue;
    let above = edges_seen
    | join kind=inner (neighbours | project-rename upstream = pipeline) on upstream
    | where (isnull(since) or since <= moment) and (isnull(until) or until > moment)
    | summarize upstreams_failing = sum(failed_last), upstream_failed_in_a_row = max(failed_in_a_row),
      (hours_since_upstream_failure, worst_upstream) = arg_min(hours_since_failure, upstream),
      upstream_runs_since_success = max(runs_since_success), upstream_strain = max(strain)
      by pipeline = downstream, moment;
    let far_above = edges_seen
    | join kind=inner (above | project upstream = pipeline, moment, upstream_runs_since_success, upstream_strain) on upstream
    | where (isnull(since) or since <= moment) and (isnull(until) or until > moment)
    | summarize far_runs_since_success = max(upstream_runs_since_success), far_strain = max(upstream_strain)
      by pipeline = downstream, moment;
    let below = edges_seen
    | join kind=inner (neighbours | project-rename downstream = pipeline) on downstream
    | where (isnull(since) or since <= moment) and (isnull(until) or until > moment)
    | summarize downstream_queue = max(queue), downstream_failed = max(failed_of_5) by pipeline = upstream, moment;
    let changes = changes_seen
    | where changed < as_of and changed >= as_of - step * moments - 2d
    | extend newest = tolong(ceiling((as_of - changed) / step)) - 1
    | mv-expand k = range(max_of(0, newest - tolong(2d / step)), min_of(newest, moments - 1)) to typeof(long)
    | summarize hours_since_schema_change = min((as_of - k * step - changed) / 1h) by pipeline, k;

    """#

  /// The last step, without the semicolon at its end.
  static let joined = #"""
    let features = own
    | lookup kind=leftouter above on pipeline, moment
    | lookup kind=leftouter far_above on pipeline, moment
    | lookup kind=leftouter below on pipeline, moment
    | lookup kind=leftouter changes on pipeline, k
    | lookup kind=leftouter same_times on pipeline, k
    | extend due_yesterday = coalesce(due_yesterday, 0), failed_yesterday = coalesce(failed_yesterday, 0),
      due_last_week = coalesce(due_last_week, 0), failed_last_week = coalesce(failed_last_week, 0)
    """#

  static let outcomes = #"""
    // What then happened: attempts that started in the time `within` after a moment, and how many of them failed.
    let outcomes = attempts_seen
    | where started > as_of - step * moments and started < as_of and ended < as_of
    | mv-expand k = range(tolong(ceiling((as_of - started) / step)), min_of(tolong(ceiling((as_of - started + within) / step)) - 1, moments - 1)) to typeof(long)
    | summarize attempts = count(), failed_attempts = countif(status == "failed") by pipeline, k;

    """#
}
