import PlumbEngine

extension JudgedTables {
  /// KQL for `volume`: pipelines that lately brought far more or fewer records than at the same time of other days.
  ///
  /// The records of successful runs of the last six hours (a day for pipelines that succeed less than every 90
  /// minutes) are held against the same hours of the 34 days before: the median of working days or of weekends,
  /// whichever it is now. The score is how many spreads the logarithm of their ratio is from 0; the spread joins
  /// the days' own with that of counting, so that few records prove little. Pipelines with fewer than twenty
  /// successes or three such days are left out.
  package func volume(asOf moment: Int64?) -> String {
    """
    let t = \(KQLText.moment(moment));
    let successes = \(runs(with: ["ended", "status", "records_in"]))
    | where started >= t - 37d and ended <= t and status == "succeeded" and isnotnull(records_in)
    | project pipeline, ended, records = tolong(records_in), age = t - ended;
    let windows = successes
    | summarize history = count(), first = min(ended), last = max(ended) by pipeline
    | where history >= 20
    | extend window = iff(last - first <= history * 90m, 6h, 24h);
    let days = windows
    | extend day = range(0, 34)
    | mv-expand day to typeof(long)
    | where first <= t - window - day * 1d
    | extend slot = toint(dayofweek(t - day * 1d - window / 2) in (0d, 6d));
    let sums = successes
    | lookup kind=inner (windows | project pipeline, window) on pipeline
    | extend day = tolong(age / 1d)
    | where age - day * 1d < window
    | summarize records = sum(records), runs = count() by pipeline, day;
    let counted = materialize(days
    | join kind=leftouter sums on pipeline, day
    | extend records = coalesce(records, 0), runs = coalesce(runs, 0));
    let today = counted | where day == 0;
    let usuals = counted
    | where day > 0
    | join kind=inner (today | project pipeline, slot) on pipeline, slot
    | summarize days = count(), usual = percentile(records, 50) by pipeline
    | where days >= 3;
    let spreads = counted
    | where day > 0
    | join kind=inner (counted | where day > 0 | summarize middle = percentile(records, 50) by pipeline, slot)
        on pipeline, slot
    | summarize spread = 1.4826 * percentile(abs(log((records + 1.0) / (middle + 1))), 50) by pipeline
    | extend spread = max_of(spread, 0.15);
    today
    | join kind=inner usuals on pipeline
    | join kind=inner spreads on pipeline
    | extend departure = log((records + 1.0) / (usual + 1))
    | extend score = round(abs(departure) / sqrt(spread * spread + 1.0 / (usual + 1)), 1), ratio = exp(departure)
    | where score >= 4 and (ratio <= 0.6 or ratio >= 1.6)\(facts(["tier", "owner"]))
    | sort by score desc, pipeline asc
    | project pipeline, score, now = records, usual, times = round(ratio, 2), since = t - window, runs,
        days\(factColumns)
    """
  }
}
