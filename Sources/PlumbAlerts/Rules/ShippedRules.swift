/// The rules for the telemetry model that Plumb ships, as files would have them.
package enum ShippedRules {
  /// By name.
  package static let all: [AlertRule] = texts.compactMap { try? RuleFile.read($0, origin: .shipped) }.sorted { $0.name < $1.name }

  package static let texts: [String] = [
    """
    // alert: late-feed  severity: high  every: 5m  keep: 15m  group: cause
    // key: pipeline
    // says: {pipeline} succeeded last {age} ago, and usually every {usual}
    runs
    | where status == "succeeded" and ended > ago(2d)
    | summarize last = max(ended) by pipeline
    | lookup kind=inner (baselines() | where successes >= 20) on pipeline
    | extend age = now() - last, usual = gap_p50
    | where age > 1.25 * gap_p99 and age > 2 * gap_p50 + duration_p95
    | project pipeline, age, usual, last
    """,
    """
    // alert: failure-burst  severity: high  every: 5m  keep: 30m  group: cause
    // key: pipeline
    // says: {failures} of {attempts} attempts of {pipeline} failed within {usual} of its runs
    runs
    | where ended > ago(12h) and status in ("succeeded", "failed")
    | lookup kind=inner (baselines() | project pipeline, gap_p50, fail_share) on pipeline
    | where ended > now() - 4 * gap_p50 - 10m
    | summarize failures = countif(status == "failed"), attempts = count(), usual = round(take_any(fail_share), 2) by pipeline
    | where failures >= 3 and failures > 0.6 * attempts
    """,
    """
    // alert: slower-than-usual  severity: medium  every: 5m  of: 2/12  keep: 30m  group: cause
    // key: pipeline
    // says: a run of {pipeline} took {took}, and {usual} at most of 20 usual ones
    runs
    | where ended > ago(2h) and status == "succeeded"
    | summarize arg_max(ended, duration) by pipeline
    | lookup kind=inner (baselines() | where successes >= 20) on pipeline
    | where duration > 2 * duration_p95
    | project pipeline, took = duration, usual = duration_p95
    """,
    """
    // alert: silent-data-loss  severity: high  every: 5m  for: 5m  keep: 30m  group: cause
    // key: pipeline
    // says: {pipeline} succeeded with {records} records, and has usually at least {usual}
    runs
    | where ended > ago(6h) and status == "succeeded"
    | summarize arg_max(ended, records_out) by pipeline
    | lookup kind=inner (baselines() | where successes >= 50 and records_p01 > 0) on pipeline
    | where records_out < 0.3 * records_p01
    | project pipeline, records = records_out, usual = tolong(records_p01)
    """,
    """
    // alert: expiring-credential  severity: high  every: 15m  keep: 30m  group: cause
    // key: pipeline
    // says: {pipeline} was refused {refused} times, last with "{error}"
    runs
    | where ended > ago(3h) and status == "failed"
    | where error has_any ("expired", "token", "credential", "credentials", "unauthorized", "certificate", "secret", "401", "403")
    | summarize refused = count(), arg_max(ended, error) by pipeline
    | where refused >= 2
    | project pipeline, refused, error
    """,
    """
    // alert: backlog  severity: medium  every: 5m  for: 10m  keep: 30m  group: cause
    // key: pipeline
    // says: {pipeline} has a backlog of {waiting} records, and usually at most {usual}
    runs
    | where ended > ago(6h)
    | summarize arg_max(ended, backlog) by pipeline
    | lookup kind=inner (baselines() | where runs >= 50) on pipeline
    | where backlog > 3 * backlog_p99 and backlog > 1000
    | project pipeline, waiting = backlog, usual = tolong(backlog_p99)
    """,
    """
    // alert: schema-change  severity: medium  every: 5m  nodata: ok  group: cause
    // key: pipeline
    // says: {failures} attempts of {pipeline} failed since {changes} changes of its schema
    schema_changes
    | where at > ago(12h)
    | summarize changes = count(), changed = max(at) by pipeline
    | lookup kind=inner (
        runs
        | where ended > ago(3h) and status == "failed"
        | summarize failures = count(), failed = max(ended) by pipeline) on pipeline
    | where failures >= 2 and failed > changed
    | project pipeline, changes, failures
    """,
    """
    // alert: failing-retries  severity: high  every: 5m  keep: 30m  group: cause
    // key: pipeline
    // says: {pipeline} failed {attempt} times in a row, with the retries that its run has
    runs
    | where ended > ago(1h) and status == "failed" and attempt >= 2
    | summarize arg_max(ended, attempt, error) by pipeline
    | project pipeline, attempt, error
    """,
    """
    // alert: sla-at-risk  severity: high  every: 5m  keep: 15m  group: cause
    // key: pipeline
    // says: the data of {pipeline} is {age} old, and will probably be older than its SLA of {sla} at its next success
    runs
    | where status == "succeeded" and ended > ago(2d)
    | summarize last = max(ended) by pipeline
    | lookup kind=inner (pipelines | where isnotnull(sla) | project pipeline = name, sla) on pipeline
    | lookup kind=inner (baselines() | where successes >= 20) on pipeline
    | extend age = now() - last
    | where age > gap_p99 and age + duration_p50 > 0.8 * sla
    | project pipeline, age, sla
    """,
    """
    // alert: tier-1-freshness  severity: critical  every: 5m  keep: 15m  group: cause
    // key: pipeline
    // says: {pipeline} is a feed of tier 1, and its data is {age} old
    runs
    | where status == "succeeded" and ended > ago(2d)
    | summarize last = max(ended) by pipeline
    | lookup kind=inner (pipelines | where tier == 1 | project pipeline = name, sla) on pipeline
    | extend age = now() - last
    | where age > sla
    | project pipeline, age, sla
    """,
  ]
}
