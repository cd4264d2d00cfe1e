import PlumbEngine

extension AnomalyTables {
  /// Returns KQL for `stale`: pipelines whose last success is older than the number of runs due since then explains.
  ///
  /// The age of a success is counted in expected runs (`slots`), so a weekend without runs does not age a pipeline that
  /// runs on working days. A pipeline is stale if more runs were due than between nearly all earlier successes, and at
  /// least one and a half, or 2.2 if runs are frequent and failed meanwhile, since a single failure passes. Starts that look
  /// random leave gaps of 5.3 expected runs and more during half a percent of the time. A run may take as long as it
  /// usually does. It is also stale if it breaks its `sla`. A pipeline that never succeeded is stale after
  /// three failures. The score is the distance of `missed` from its usual in spreads, a spread being at least a quarter.
  package func stale(asOf moment: Int64?) -> String {
    let knowsSLA = !knownFacts(["sla"]).isEmpty
    return """
    let t = \(KQLText.moment(moment));
    \(seen(["ended", "status", "duration"]))
    \(slots)
    let successes = seen
    | where status == "succeeded" and ended <= t
    | project pipeline, started, ended, duration = coalesce(duration, ended - started)\(due(at: "started"))
    | sort by pipeline asc, started asc
    | extend after = iff(pipeline == prev(pipeline), due - prev(due), real(null)),
        gap = iff(pipeline == prev(pipeline), ended - prev(ended), timespan(null));
    let usuals = materialize(successes
    | summarize arg_max(started, ended, due), usual = percentile(gap, 50), middle = percentile(after, 50),
        most = percentile(after, 97), duration = percentile(duration, 95), history = countif(isnotnull(gap))
        by pipeline);
    let spreads = successes
    | lookup kind=inner (usuals | project pipeline, middle) on pipeline
    | summarize spread = 1.4826 * percentile(abs(after - middle), 50) by pipeline;
    // Slots of the week in which a success is followed by a pause, such as Friday evening.
    let pauses = successes
    | sort by pipeline asc, started asc
    | extend slot = tolong(hour_of(started)) % 168, following = iff(pipeline == next(pipeline), next(gap), timespan(null))
    | summarize pauses = countif(isnotnull(following)), pause = percentile(following, 50) by pipeline, slot
    | where pauses >= 3;
    let afterwards = seen
    | lookup kind=leftouter (usuals | project pipeline, last = started) on pipeline
    | where status != "skipped" and (isnull(last) or started > last)
    | summarize runs = count(), failures = countif(status == "failed" and coalesce(ended, started) <= t), first = min(started)
        by pipeline;
    seen
    | summarize began = min(started) by pipeline
    | lookup kind=leftouter usuals on pipeline
    | lookup kind=leftouter spreads on pipeline
    | lookup kind=leftouter afterwards on pipeline
    | extend reference = t - coalesce(duration, 0s), slot = tolong(hour_of(started)) % 168
    | lookup kind=leftouter pauses on pipeline, slot
    | lookup kind=leftouter evens on pipeline
    | project-away slot\(due(at: "reference", as: "due_now"))\(facts(["sla", "tier", "owner"]))
    | extend sla = \(knowsSLA ? "sla" : "timespan(null)"), failures = coalesce(failures, 0), runs = coalesce(runs, 0),
        spread = coalesce(spread, 0.0)
    | extend now = t - coalesce(ended, began), usual = max_of(usual, coalesce(pause, usual)), missed = due_now - due
    | extend least = case(isnotnull(even), 5.3, failures > 0 and usual < 6h, 2.2, 1.5)
    | extend is_late = case(isnull(ended), failures >= 3, history >= 4,
        missed > max_of(least, 1.2 * most, middle + 6.5 * spread), isnotnull(missed), missed > 2.5, false),
        breaks_sla = coalesce(now > sla, false)
    | where is_late or breaks_sla
    | extend missed = iff(isnull(ended), todouble(failures), round(missed, 1))
    | extend score = iff(is_late, round((missed - coalesce(middle, 1.0)) / max_of(spread, 0.25), 1),
        round((now - sla) / max_of(0.25 * sla, 1s), 1)), times = round(now / usual, 1)
    | sort by score desc, pipeline asc
    | project pipeline, score, now, usual, times, since = ended, sla, breaks_sla, missed, runs, failures,
        history = coalesce(history, 0)\(factColumns)
    """
  }
}
