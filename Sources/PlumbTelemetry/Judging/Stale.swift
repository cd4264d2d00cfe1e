import PlumbEngine

extension JudgedTables {
  /// KQL for `stale`: pipelines whose last success is longer ago than their own gaps and agreements explain.
  ///
  /// The usual is the median time from one success to the next in the last 35 days, or the one after successes in
  /// the same hour of the week if that is longer, as before a weekend. A pipeline is stale when the age of its
  /// last success is over one and a half times that and over nearly all of its gaps, or over its `sla`. The score
  /// is how many spreads the age lies from the usual, a spread being at least a quarter of it. A pipeline without
  /// five gaps has no usual, and is told only when it breaks its `sla`.
  package func stale(asOf moment: Int64?) -> String {
    let knowsSLA = !knownFacts(["sla"]).isEmpty
    return """
    let t = \(KQLText.moment(moment));
    let seen = \(runs(with: ["ended", "status"]))
    | where started >= t - 35d and started <= t
    | project pipeline, started, ended, status;
    let successes = seen
    | where status == "succeeded" and ended <= t
    | sort by pipeline asc, ended asc
    | extend gap = iff(next(pipeline) == pipeline, next(ended) - ended, timespan(null))
    | extend slot = hourofday(ended) + 24 * toint(dayofweek(ended) / 1d);
    let usuals = successes
    | where gap > 0s
    | summarize history = count(), whole_usual = percentile(gap, 50), longest = percentile(gap, 99) by pipeline
    | where history >= 5;
    let slots = successes
    | where gap > 0s
    | summarize slot_gaps = count(), slot_usual = percentile(gap, 50) by pipeline, slot
    | where slot_gaps >= 3;
    let spreads = successes
    | where gap > 0s
    | lookup kind=inner usuals on pipeline
    | summarize spread = 1.4826 * percentile(abs(gap - whole_usual), 50) by pipeline;
    let afterwards = seen
    | join kind=leftouter (successes | summarize last = max(ended) by pipeline) on pipeline
    | where status != "skipped" and (isnull(last) or started >= last)
    | summarize runs = count(), failures = countif(status == "failed" and ended <= t) by pipeline;
    seen
    | summarize first = min(started) by pipeline
    | join kind=leftouter (successes | summarize arg_max(ended, slot) by pipeline) on pipeline
    | join kind=leftouter usuals on pipeline
    | join kind=leftouter slots on pipeline, slot
    | join kind=leftouter spreads on pipeline
    | join kind=leftouter afterwards on pipeline\(facts(["sla", "tier", "owner"]))
    | extend sla = \(knowsSLA ? "sla" : "timespan(null)")
    | extend now = t - coalesce(ended, first), usual = max_of(whole_usual, slot_usual)
    | extend is_late = coalesce(now > max_of(longest, 1.5 * usual), false), breaks_sla = coalesce(now > sla, false)
    | where is_late or breaks_sla
    | extend score = round((now - coalesce(usual, sla)) / max_of(spread, 0.25 * coalesce(usual, sla)), 1)
    | extend times = round(now / usual, 1)
    | sort by score desc, pipeline asc
    | project pipeline, score, now, usual, times, since = ended, sla, breaks_sla, runs = coalesce(runs, 0),
        failures = coalesce(failures, 0), history = coalesce(history, 0)\(factColumns)
    """
  }
}
