import PlumbEngine

/// When runs of a pipeline are expected: how many start in each of the 168 hours of a week. Used by `slow`, `stale` and
/// `volume`.
///
/// The number for an hour is the mean over the weeks of history, shrunk by half a week towards the mean of the same
/// hour on other working days, or on the weekend. Starts that look random are spread evenly (`evens`). Fewer than three
/// starts show no schedule. Pipelines with fewer than five successes follow `pipelines.schedule` if it has a schedule that
/// Plumb understands. Times are UTC, and hour 0 is the first of Monday.
extension AnomalyTables {
  /// Pipelines that run rarely need more weeks to show what is usual.
  static let longestDays = 120

  /// Returns KQL that defines `seen`: the runs of 35 days, or of 120 days for pipelines with fewer than forty runs in 35.
  ///
  /// - Parameters:
  ///   - columns: columns of `runs` besides pipeline and started.
  ///   - extra: lines that filter or project.
  func seen(_ columns: [String]) -> String {
    let names = columns.filter { $0 != "pipeline" && $0 != "started" }
    return """
      let all_runs = \(runs(with: names))
      | where started <= t and started >= t - \(Self.longestDays)d
      | project pipeline, started, \(names.joined(separator: ", "));
      let rare = all_runs
      | summarize runs = countif(started >= t - 35d) by pipeline
      | where runs < 40
      | project pipeline;
      let seen = all_runs
      | where started >= t - 35d or pipeline in (rare);
      """
  }

  /// KQL that defines `slots`, a row for each pipeline and hour of the week with the `expected` starts in that hour and
  /// `upto`, the starts from Monday's first hour to its end. It also defines `weeks`, with the `total` of each pipeline.
  ///
  /// It needs `seen` with `status` and `ended`, and defines `hour_of(moment)`.
  var slots: String {
    """
    let hour_of = (moment: datetime) { (moment - datetime(2001-01-01)) / 1h };
    let tallies = seen
    | summarize attempts = countif(status != "skipped"), successes = countif(status == "succeeded" and ended <= t) by pipeline;
    let frequent = tallies | where successes >= 5 | project pipeline;
    let starts = seen
    | where (status == "succeeded" and ended <= t) or (status != "skipped" and pipeline !in (frequent))
    | extend hour = tolong(hour_of(started));
    let counts = starts | summarize n = count() by pipeline, slot = hour % 168;
    let grid = starts
    | summarize first = min(hour), last = max(hour), whole = count() by pipeline
    | where whole >= 3
    | extend slot = range(0, 167, 1)
    | mv-expand slot to typeof(long)
    | extend weeks = (last - slot + 168) / 168 - (first - 1 - slot + 168) / 168,
        alike = slot % 24 + iff(slot >= 120, 24, 0)
    | lookup kind=leftouter counts on pipeline, slot
    | extend n = coalesce(n, 0);
    let profile = grid
    | lookup kind=leftouter (grid | summarize alike_n = sum(n), alike_weeks = sum(weeks) by pipeline, alike) on pipeline, alike
    | extend mean = iff(alike_weeks > 0, 1.0 * alike_n / alike_weeks, 1.0 * whole / (last - first + 1))
    | extend expected = (n + 0.5 * mean) / (weeks + 0.5);
    // Starts that are distributed randomly over the week follow no hours: a chi-squared of about one for each slot, and
    // for the same hours of several days, which tell hours from chance within a week or two.
    let evens = materialize(grid
    | extend chance = 1.0 * whole / (last - first + 1) * weeks
    | where chance > 0
    | summarize parts = sum((n - chance) * (n - chance) / chance), size = count(), n = sum(n), chance = sum(chance),
        whole = take_any(whole), hours = take_any(last - first + 1) by pipeline, alike
    | summarize variation = sum(parts) / sum(size), by_hour = avg((n - chance) * (n - chance) / chance),
        whole = take_any(whole), hours = take_any(hours) by pipeline
    | where variation between (0.5 .. 2.0) and by_hour < 2
    | project pipeline, even = 1.0 * whole / hours);
    let learned = profile
    | lookup kind=leftouter evens on pipeline
    | project pipeline, slot, expected = coalesce(even, expected);
    \(scheduled)
    let slots = materialize(planned
    | sort by pipeline asc, slot asc
    | extend upto = row_cumsum(expected, pipeline != prev(pipeline)));
    let weeks = slots | where slot == 167 | project pipeline, total = upto;
    """
  }

  /// KQL that defines `planned`: what was learned, or for pipelines with little history what `schedule` says.
  private var scheduled: String {
    guard !knownFacts(["schedule"]).isEmpty else { return "let planned = learned;" }
    return """
      let unlearned = pipelines
      | where name in (tallies) and name !in (frequent)
      | summarize schedule = tolower(trim(" ", take_any(schedule))) by pipeline = name;
      let simple = unlearned
      | extend every = extract(@"^(?:every )?(\\d+) ?(?:m|min|mins|minute|minutes|h|hour|hours|d|day|days)$", 1, schedule),
          unit = extract(@"^(?:every )?\\d+ ?([mhd])", 1, schedule)
      | extend minutes = case(
          isnotempty(every), todouble(every) * case(unit == "m", 1, unit == "h", 60, 1440),
          schedule in ("@hourly", "hourly"), 60.0, schedule in ("@daily", "daily", "@midnight"), 1440.0,
          schedule in ("@weekly", "weekly"), 10080.0, real(null))
      | where minutes > 0
      | extend slot = range(0, 167, 1)
      | mv-expand slot to typeof(long)
      | project pipeline, slot, expected = 60.0 / minutes;
      // Cron: minutes, hours and weekdays. Expressions with days of the month or months are left to what was learned.
      let crons = unlearned
      | extend part = split(schedule, " ")
      | where array_length(part) == 5 and tostring(part[2]) in ("*", "?") and tostring(part[3]) == "*";
      let cron_values = (place: int, low: long, high: long) {
        crons
        | mv-expand item = split(tostring(part[place]), ",") to typeof(string)
        | extend item = iff(item == "?", "*", item)
        | extend from = extract(@"^(\\d+)", 1, item), until = extract(@"^\\d+-(\\d+)", 1, item), step = extract(@"/(\\d+)$", 1, item)
        | where item matches regex @"^(\\*|\\d+(-\\d+)?)(/\\d+)?$"
        | extend begin = iff(isempty(from), low, tolong(from)),
            end = case(isnotempty(until), tolong(until), isempty(from) or isnotempty(step), high, tolong(from))
        | mv-expand value = range(begin, end, coalesce(tolong(step), 1)) to typeof(long)
        | distinct pipeline, value
      };
      let cron_slots = cron_values(1, 0, 23)
      | project pipeline, hour = value
      | join kind=inner (cron_values(4, 0, 6) | project pipeline, day = (value + 6) % 7) on pipeline
      | join kind=inner (cron_values(0, 0, 59) | summarize minutes = count() by pipeline) on pipeline
      | summarize expected = todouble(max(minutes)) by pipeline, slot = day * 24 + hour;
      let cron_grid = cron_slots
      | distinct pipeline
      | extend slot = range(0, 167, 1)
      | mv-expand slot to typeof(long)
      | lookup kind=leftouter cron_slots on pipeline, slot
      | project pipeline, slot, expected = coalesce(expected, 0.0);
      let said = union simple, cron_grid;
      let planned = union (learned | where pipeline !in ((said | distinct pipeline))), said;
      """
  }

  /// Returns KQL that adds `due` to rows with `pipeline` and a time: how many starts are expected until then, counted from
  /// an arbitrary origin; the difference of two values is the number expected between them.
  func due(at moment: String, as name: String = "due") -> String {
    """

    | extend slot = tolong(hour_of(\(moment))) % 168
    | lookup kind=leftouter slots on pipeline, slot
    | lookup kind=leftouter weeks on pipeline
    | extend \(name) = tolong(hour_of(\(moment))) / 168 * total + upto - expected * (tolong(hour_of(\(moment))) + 1 - hour_of(\(moment)))
    | project-away slot, expected, upto, total
    """
  }
}
