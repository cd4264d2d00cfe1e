/// The rules for the telemetry model that Plumb ships, as files would have them.
package enum ShippedRules {
  /// By name.
  package static let all: [AlertRule] = texts.compactMap { try? RuleFile.read($0, origin: .shipped) }.sorted { $0.name < $1.name }

  package static let texts: [String] = [
    """
    // alert: late-feed  severity: high  every: 5m  keep: 15m  group: cause
    // key: pipeline
    // says: no run of {pipeline} ended for {age}; one ends usually every {usual}
    runs
    | where ended > ago(2d)
    | summarize last = max(ended) by pipeline
    | lookup kind=inner (baselines() | where successes >= 20) on pipeline
    | extend age = now() - last, usual = gap_p50
    | where age > 2 * gap_p99 and age > 3 * gap_p50 + duration_p99
    | where pipeline !in ((runs | where status == "running" | distinct pipeline))
    | project pipeline, age, usual, last
    """,
    """
    // alert: failure-burst  severity: high  every: 5m  keep: 30m  group: cause
    // key: pipeline
    // says: {failures} attempts of {pipeline} failed lately, last with {category}: {error}
    let recent = runs | where ended > ago(1d) and status in ("failed", "succeeded");
    // Failures for want of data are those of the pipeline upstream, if that fails too.
    let failing = recent | summarize arg_max(ended, status) by pipeline | where status == "failed";
    let waiting = edges
    | where isnull(until) or until > now()
    | where upstream in ((failing | project pipeline))
    | distinct downstream;
    recent
    | where status == "failed"
    // What a build or its settings break fails again until somebody repairs it, even if some runs take another way and succeed.
    | extend is_broken = error_code in ("ImagePullBackOff", "ErrImagePull", "ModuleNotFoundError", "ImportError", "TypeError", "NameError", "SyntaxError")
        or error has_any ("AttributeError", "ModuleNotFoundError", "ImportError", "NameError", "NoSuchMethodError", "NoClassDefFoundError",
          "ClassNotFoundException", "is not set"),
      // A retry that cannot reach the vendor's service either; limits and connections that break pass.
      is_down = error_code in ("502", "503", "504", "serviceNotAvailable", "AF50000") or error has_any ("ConnectionError", "ReadTimeout")
    | where is_broken or error_category != "dependency" or pipeline !in (waiting)
    | lookup kind=leftouter (recent | where status == "succeeded" | summarize success = max(ended) by pipeline) on pipeline
    | extend is_last = isnull(success) or ended > success
    | where is_last or is_broken and ended > ago(1h)
    | summarize failures = count(), starts = countif(is_last and attempt == 1), broken = countif(is_broken), down = countif(is_last and is_down),
        arg_max(ended, error_category, error) by pipeline
    | extend signs = starts + iff(broken > 0 or down >= 2, 2, 0)
    | where signs >= 2
    | project pipeline, failures, category = error_category, error
    """,
    """
    // alert: slower-than-usual  severity: medium  every: 5m  keep: 1h  group: cause
    // key: pipeline
    // says: a run of {pipeline} took {took}, and a usual one at most {usual}
    runs
    | where ended > ago(2h) and status == "succeeded"
    | summarize arg_max(ended, duration) by pipeline
    | lookup kind=inner (baselines() | where successes >= 20) on pipeline
    | where duration > 3 * duration_p95 and duration > 1.5 * duration_p99
    | project pipeline, took = duration, usual = duration_p95
    """,
    """
    // alert: silent-data-loss  severity: high  every: 5m  keep: 1h  group: cause
    // key: pipeline
    // says: {pipeline} succeeded, but {lost} of the {read} records that it read were malformed
    runs
    | where ended > ago(6h) and status == "succeeded"
    | summarize arg_max(ended, records_in, malformed) by pipeline
    | where records_in >= 10 and malformed > 0.3 * records_in
    | project pipeline, lost = malformed, read = records_in
    """,
    """
    // alert: expiring-credential  severity: high  every: 5m  keep: 1h  group: cause
    // key: pipeline
    // says: {pipeline} was refused {refused} times because a credential expired: {error}
    runs
    | where ended > ago(6h) and status == "failed"
    | where error_code in ("AADSTS7000222", "AADSTS700027", "CERTIFICATE_VERIFY_FAILED", "InvalidAuthenticationToken", "ExpiredAuthenticationToken", "ExpiredToken")
        or error has_any ("expired", "ExpiredToken")
    | summarize refused = count(), arg_max(ended, error) by pipeline
    | project pipeline, refused, error
    """,
    """
    // alert: backlog  severity: medium  every: 5m  for: 30m  keep: 1h  group: cause
    // key: pipeline
    // says: {pipeline} has a backlog of {waiting} records, and usually at most {usual}
    runs
    | where ended > ago(6h)
    | summarize arg_max(ended, backlog) by pipeline
    | lookup kind=inner (baselines() | where runs >= 50) on pipeline
    | where backlog > 10 * backlog_p99 and backlog > 1000
    | project pipeline, waiting = backlog, usual = tolong(backlog_p99)
    """,
    """
    // alert: schema-change  severity: high  every: 5m  keep: 1h  group: cause
    // key: pipeline
    // says: {failures} attempts of {pipeline} failed because of the schema or the values of its data: {error}
    runs
    | where ended > ago(6h) and status == "failed" and error_category in ("schema", "data")
    | summarize failures = count(), arg_max(ended, error) by pipeline
    | lookup kind=leftouter (schema_changes | where at > ago(2d) | summarize changed = max(at) by pipeline) on pipeline
    | project pipeline, failures, changed, error
    """,
    """
    // alert: failing-retries  severity: high  every: 5m  keep: 30m  group: cause
    // key: pipeline
    // says: a run of {pipeline} failed {attempt} times in spite of its retries: {error}
    runs
    | where ended > ago(1h) and status == "failed" and attempt >= 3 and error_category != "dependency"
    | summarize arg_max(ended, attempt, error) by pipeline
    | project pipeline, attempt, error
    """,
    """
    // alert: sla-at-risk  severity: high  every: 5m  for: 10m  keep: 15m  group: cause
    // key: pipeline
    // says: the data of {pipeline} is {age} old, and will be older than its SLA of {sla} at the next success that is to be expected
    let recent = runs | where ended > ago(2d) and status in ("failed", "succeeded");
    let last = recent | where status == "succeeded" | summarize last = max(ended) by pipeline;
    let own = recent
    | where status == "failed" and error_category != "dependency"
    | lookup kind=inner last on pipeline
    | where ended > last
    | summarize failures = countif(attempt == 1) by pipeline;
    last
    | lookup kind=inner own on pipeline
    | lookup kind=inner (pipelines | where isnotnull(sla) | project pipeline = name, sla) on pipeline
    | lookup kind=inner (baselines() | where successes >= 20) on pipeline
    | extend age = now() - last
    | where failures >= 2 and age + duration_p50 > sla
    | project pipeline, age, sla, failures
    """,
    """
    // alert: tier-1-freshness  severity: critical  every: 5m  for: 15m  keep: 15m  group: cause
    // key: pipeline
    // says: {pipeline} is a feed of tier 1, and its data is {age} old
    runs
    | where status == "succeeded" and ended > ago(2d)
    | summarize last = max(ended) by pipeline
    | lookup kind=inner (pipelines | where tier == 1 | project pipeline = name, sla) on pipeline
    | extend age = now() - last
    | where age > 3 * sla
    | project pipeline, age, sla
    """,
  ]
}
