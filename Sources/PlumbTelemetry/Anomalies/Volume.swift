import PlumbEngine

extension AnomalyTables {
  /// Returns KQL for `volume`: pipelines that recently read far more or fewer records than at the same time of other days.
  ///
  /// The records of successful runs of the last six hours (a day for pipelines that succeed less often than every 90
  /// minutes, a week for less often than every 30 hours) are compared with the same hours of earlier days or weeks: with
  /// the median of the same weekdays if there are three, and with that of working days or weekends. Both must differ; the
  /// nearer one counts. The score is the distance of the logarithm of the ratio from 0 in spreads; the spread combines
  /// that of the days with that of counting, so few records prove little, and no run at all proves little where starts look
  /// random and fewer than six were expected. A value within the range of nearly all those
  /// days is not a departure, nor is anything where no run is expected (`slots`). Pipelines with fewer than twenty
  /// successes (six if weekly) or three such days are left out.
  package func volume(asOf moment: Int64?) -> String {
    """
    let t = \(KQLText.moment(moment));
    \(seen(["ended", "status", "records_in"]))
    \(slots)
    let successes = seen
    | where status == "succeeded" and ended <= t and isnotnull(records_in)
    | project pipeline, ended, records = tolong(records_in), age = t - ended;
    let windows = successes
    | summarize history = count(), first = min(ended), last = max(ended) by pipeline
    | extend gap = (last - first) / max_of(history - 1, 1)
    | extend window = case(gap <= 90m, 6h, gap <= 30h, 24h, 7d)
    | where history >= iff(window == 7d, 6, 20)
    | extend shift = iff(window == 7d, 7d, 1d);
    let expectations = windows
    | extend before = t - window\(due(at: "before", as: "due_before"))
    | extend moment = t\(due(at: "moment", as: "due_now"))
    | project pipeline, expected_runs = due_now - due_before;
    let days = windows
    | extend day = range(0, 34)
    | mv-expand day to typeof(long)
    | where first <= t - window - day * shift
    | extend slot = iff(window == 7d, 0, toint(dayofweek(t - day * shift - window / 2) in (0d, 6d)));
    let sums = successes
    | lookup kind=inner (windows | project pipeline, window, shift) on pipeline
    | extend day = tolong(age / shift)
    | where age - day * shift < window
    | summarize records = sum(records), runs = count() by pipeline, day;
    let counted = materialize(days
    | join kind=leftouter sums on pipeline, day
    | extend records = coalesce(records, 0), runs = coalesce(runs, 0));
    let today = counted | where day == 0;
    let peers = counted
    | where day > 0
    | join kind=inner (today | project pipeline, slot) on pipeline, slot;
    let usuals = peers
    | summarize days = count(), usual_alike = percentile(records, 50), least = percentile(records, 4), most = max(records)
        by pipeline
    | where days >= 3;
    // Bursts come at any hour: only more than in nearly all windows of the same length counts as more.
    let bursts = successes
    | lookup kind=inner (windows | project pipeline, window) on pipeline
    | summarize records = sum(records) by pipeline, place = tolong(age / window)
    | where place > 0
    | summarize burst = percentile(records, 98) by pipeline;
    let same_days = counted
    | where day > 0 and day % 7 == 0 and window < 7d
    | summarize same_days = count(), usual_same = percentile(records, 50) by pipeline
    | where same_days >= 3;
    let spreads = counted
    | where day > 0
    | join kind=inner (counted | where day > 0 | summarize middle = percentile(records, 50) by pipeline, slot)
        on pipeline, slot
    | summarize spread = 1.4826 * percentile(abs(log((records + 1.0) / (middle + 1))), 50) by pipeline
    | extend spread = max_of(spread, 0.15);
    today
    | join kind=inner usuals on pipeline
    | join kind=inner spreads on pipeline
    | lookup kind=leftouter same_days on pipeline
    | lookup kind=leftouter expectations on pipeline
    | lookup kind=leftouter bursts on pipeline
    | lookup kind=leftouter evens on pipeline
    | where iff(isnotnull(even), expected_runs >= 6, expected_runs >= 0.5) or records > 0
    | extend from_alike = log((records + 1.0) / (usual_alike + 1)),
        from_same = log((records + 1.0) / (coalesce(usual_same, usual_alike) + 1))
    | where sign(from_alike) == sign(from_same)
    | extend departure = iff(abs(from_same) <= abs(from_alike), from_same, from_alike),
        usual = iff(abs(from_same) <= abs(from_alike), coalesce(usual_same, usual_alike), usual_alike)
    | extend score = round(abs(departure) / sqrt(spread * spread + 1.0 / (usual + 1)), 1), ratio = exp(departure)
    | where score >= 4 and (ratio <= 0.6 and records < 0.75 * least
        or ratio >= 1.6 and records > 1.25 * most and records > coalesce(burst, 0))\
    \(facts(["tier", "owner"]))
    | sort by score desc, pipeline asc
    | project pipeline, score, now = records, usual, times = round(ratio, 2), since = t - window, runs,
        days\(factColumns)
    """
  }
}
