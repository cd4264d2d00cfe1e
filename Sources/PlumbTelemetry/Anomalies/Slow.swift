import PlumbEngine

extension AnomalyTables {
  /// Returns KQL for `slow`: pipelines whose latest runs take longer than usual.
  ///
  /// The usual duration for an hour of the week is the median of its runs if there are at least four, or that of the same
  /// hour on other working days (or on the weekend) if there are eight, whichever is longer; otherwise that of all runs.
  /// The departure of a run is the logarithm of its duration divided by the usual. The median departure of the last three
  /// runs counts, or only the last if runs are six hours apart. A pipeline is slow if that is three spreads (1.4826 times
  /// the median absolute deviation, which for normal data is the standard deviation) above the centre, and a quarter above
  /// what nearly all earlier runs showed. A run in progress counts once it takes longer than usual. Pipelines with fewer
  /// than twenty earlier runs, or four if runs are six hours apart, are left out.
  // Hampel, "The influence curve and its role in robust estimation" (1974), for the median absolute deviation.
  package func slow(asOf moment: Int64?) -> String {
    """
    let t = \(KQLText.moment(moment));
    \(seen(["ended", "status", "duration"]))
    let hour_of = (moment: datetime) { (moment - datetime(2001-01-01)) / 1h };
    let done = materialize(seen
    | where status == "succeeded" and ended <= t and duration > 0s
    | sort by pipeline asc, started desc
    | extend nth = row_number(1, pipeline != prev(pipeline)), slot = tolong(hour_of(started)) % 168
    | project pipeline, started, duration, nth, slot, alike = slot % 24 + iff(slot >= 120, 24, 0));
    // What is happening now does not belong to the usual.
    let past = done | where nth > 3 and (started < t - 24h or nth > 60);
    let whole = past
    | summarize history = count(), whole_usual = percentile(duration, 50), gap = (max(started) - min(started)) / count()
        by pipeline
    | where history >= iff(gap >= 6h, 4, 20);
    let by_slot = past
    | summarize slot_runs = count(), slot_usual = percentile(duration, 50) by pipeline, slot, alike
    | extend slot_usual = iff(slot_runs >= 4, slot_usual, timespan(null));
    let by_alike = past
    | summarize alike_runs = count(), alike_usual = percentile(duration, 50) by pipeline, alike
    | where alike_runs >= 8;
    let against_usual = (T: (*)) {
      T
      | join kind=inner whole on pipeline
      | lookup kind=leftouter (by_slot | project pipeline, slot, slot_usual) on pipeline, slot
      | lookup kind=leftouter by_alike on pipeline, alike
      | extend usual = coalesce(max_of(coalesce(slot_usual, alike_usual), coalesce(alike_usual, slot_usual)), whole_usual)
      | extend departure = log(duration / usual)
    };
    let judged = materialize(done
    | invoke against_usual()
    | sort by pipeline asc, nth asc
    | extend second = iff(pipeline == next(pipeline), next(departure), real(null)),
        third = iff(pipeline == next(pipeline, 2), next(departure, 2), real(null))
    | extend of_three = departure + second + third - max_of(departure, second, third) - min_of(departure, second, third),
        is_past = nth > 3 and (started < t - 24h or nth > 60));
    let middles = judged
    | where is_past
    | summarize middle = percentile(departure, 50), most = percentile(of_three, 98), most_alone = percentile(departure, 98)
        by pipeline;
    let spreads = judged
    | where is_past
    | lookup kind=inner middles on pipeline
    | summarize middle = take_any(middle), most = coalesce(take_any(most), 0.0), most_alone = take_any(most_alone),
        spread = max_of(1.4826 * percentile(abs(departure - middle), 50), 0.1)
        by pipeline;
    let latest = judged
    | where nth <= 3 and started >= t - max_of(3h, 12 * gap)
    | summarize oldest = min(started), runs = count(), now = percentile(duration, 50), usual = percentile(usual, 50),
        departure = percentile(departure, 50), history = take_any(history), gap = take_any(gap)
        by pipeline
    | where runs == 3
    | extend is_alone = false;
    let alone = judged
    | where nth == 1 and gap >= 6h and started >= t - 12 * gap
    | project pipeline, oldest = started, runs = 1, now = duration, usual, departure, history, gap, is_alone = true;
    let running = seen
    | extend slot = tolong(hour_of(started)) % 168
    | extend alike = slot % 24 + iff(slot >= 120, 24, 0)
    | summarize arg_max(started, ended, status, slot, alike) by pipeline
    | where ended > t or (isnull(ended) and status == "running")
    | extend duration = t - started
    | where duration > 0s
    | invoke against_usual()
    | where departure > 0
    | project pipeline, oldest = started, runs = 1, now = duration, usual, departure, history, gap, is_alone = true;
    let judgements = union latest, alone, running
    | join kind=inner spreads on pipeline
    | extend score = round((departure - middle) / iff(is_alone, max_of(spread, 0.25), spread), 1),
        limit = iff(is_alone, most_alone + log(1.5), most + log(1.25))
    | where score >= 3 and now >= 1.25 * usual and departure > limit
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
