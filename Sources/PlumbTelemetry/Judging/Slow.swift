import PlumbEngine

extension JudgedTables {
  /// KQL for `slow`: pipelines whose latest runs take longer than theirs usually do.
  ///
  /// The usual is the median of the runs of the last 35 days that began in the same hour of day, working days apart
  /// from weekends where there are eight of them, else of all. The departure of a run is the logarithm of its
  /// duration over that; the score is how many spreads (1.4826 times the median absolute deviation, which for
  /// normal data is the standard deviation) the median of the last five lies from the median of all. A run that
  /// is still going counts once it is longer than usual. Pipelines with fewer than twenty runs are left out.
  // Hampel, "The influence curve and its role in robust estimation" (1974), for the median absolute deviation.
  package func slow(asOf moment: Int64?) -> String {
    """
    let t = \(KQLText.moment(moment));
    let seen = \(runs(with: ["ended", "status", "duration"]))
    | where started >= t - 35d and started <= t
    | project pipeline, started, ended, status, duration
    | extend slot = hourofday(started) + iff(dayofweek(started) in (0d, 6d), 24, 0);
    let done = seen
    | where status == "succeeded" and ended <= t and duration > 0s
    | sort by pipeline asc, started desc
    | extend nth = row_number(1, pipeline != prev(pipeline));
    let past = done | where nth > 5;
    let slots = past
    | summarize slot_runs = count(), slot_usual = percentile(duration, 50) by pipeline, slot
    | where slot_runs >= 8;
    let whole = past
    | summarize history = count(), whole_usual = percentile(duration, 50),
        gap = (max(started) - min(started)) / count()
        by pipeline
    | where history >= 20;
    let against_usual = (T: (*)) {
      T
      | join kind=inner whole on pipeline
      | join kind=leftouter slots on pipeline, slot
      | extend usual = coalesce(slot_usual, whole_usual)
      | extend departure = log(duration / usual)
    };
    let judged = materialize(done | invoke against_usual());
    let middles = judged | where nth > 5 | summarize middle = percentile(departure, 50) by pipeline;
    let spreads = judged
    | where nth > 5
    | lookup kind=inner middles on pipeline
    | summarize middle = take_any(middle), spread = max_of(1.4826 * percentile(abs(departure - middle), 50), 0.1)
        by pipeline;
    let recent = judged
    | where nth <= 5 and started >= t - max_of(3h, 12 * gap)
    | summarize oldest = min(started), runs = count(), now = percentile(duration, 50),
        usual = percentile(usual, 50), departure = percentile(departure, 50), history = take_any(history)
        by pipeline;
    let running = seen
    | summarize arg_max(started, ended, status, slot) by pipeline
    | where ended > t or (isnull(ended) and status == "running")
    | extend duration = t - started
    | where duration > 0s
    | invoke against_usual()
    | where departure > 0
    | project pipeline, oldest = started, runs = 1, now = duration, usual, departure, history;
    let judgements = union recent, running
    | join kind=inner spreads on pipeline
    | extend score = round((departure - middle) / spread, 1)
    | where score >= 3 and now >= 1.25 * usual
    | summarize arg_max(score, now, usual, oldest, runs, history) by pipeline;
    let normal = judged
    | lookup kind=inner spreads on pipeline
    | where departure < middle + 2 * spread
    | summarize normal = max(started) by pipeline;
    let begins = seen
    | lookup kind=inner normal on pipeline
    | where started > normal
    | summarize begin = min(started) by pipeline;
    judgements
    | lookup kind=leftouter begins on pipeline\(facts(["tier", "owner"]))
    | extend times = round(now / usual, 2), since = coalesce(begin, oldest)
    | sort by score desc, pipeline asc
    | project pipeline, score, now, usual, times, since, runs, history\(factColumns)
    """
  }
}
