import PlumbEngine

/// Reads what the surrounding pipelines did.
extension WhyReading {
  private static let day: Int64 = 864_000_000_000

  /// - Parameter usual: what was usual for all pipelines; read for these if nil.
  mutating func readPasts(_ index: NameIndex, _ usual: Table?) throws {
    let list = pasts.map { KQLText.string($0.name) }.joined(separator: ", ")
    let t = KQLText.moment(moment)
    let seen = tables.runs(with: Self.columns)
    try takeUsual(try usual ?? run(Self.usualText(tables, at: moment, " and pipeline in (\(list))")), index)
    // Rare runs need more days.
    let rare = pasts.filter { $0.gap > Self.day / 4 }.map { KQLText.string($0.name) }.joined(separator: ", ")
    let older = rare.isEmpty ? "" : " or (pipeline in (\(rare)) and started > \(t) - 60d)"
    try readAttempts(
      "\(seen)\n| where pipeline in (\(list)) and (started > \(t) - 2d\(older)) and started <= \(t)", index)
    readSkips()
    let change = "strcat_delim(\" \", field, change, before, after)"
    try readEvents("schema_changes", list, change, ["field", "change"], index)
    try readEvents("alerts", list, "message", ["rule", "message"], index)
  }

  private static var columns: [String] { ["ended", "status", "error_code", "error_category", "error"] + Sign.allCases.map(\.column) }

  /// Returns KQL for what is usual for pipelines, from the 60 days before a moment.
  ///
  /// - Parameter condition: more about the runs that count.
  static func usualText(_ tables: AnomalyTables, at moment: Int64, _ condition: String = "") -> String {
    let t = KQLText.moment(moment)
    let medians = Sign.allCases.map { sign in
      "m\(sign.rawValue) = percentile(\(sign.expression), 50), s\(sign.rawValue) = percentile(\(sign.expression), 84)"
    }
    return """
      let seen = \(tables.runs(with: columns))
      | where started >= \(t) - 60d and ended <= \(t)\(condition);
      seen
      | where status in ("succeeded", "failed")
      | summarize failure_rate = countif(status == "failed") * 1.0 / count() by pipeline
      | join kind=leftouter (seen
          | where status == "succeeded"
          | summarize history = count(), gap = (max(ended) - min(ended)) / max_of(count() - 1, 1),
              \(medians.joined(separator: ",\n              "))
              by pipeline) on pipeline
      """
  }

  private mutating func takeUsual(_ table: Table, _ index: NameIndex) throws {
    guard let names = try TableColumn(table, "pipeline", .string) else { return }
    let history = try TableColumn(table, "history", .long)
    let gap = try TableColumn(table, "gap", .timespan)
    let rate = try TableColumn(table, "failure_rate", .real)
    let middles = try Sign.allCases.map { try TableColumn(table, "m\($0.rawValue)", .real) }
    let highs = try Sign.allCases.map { try TableColumn(table, "s\($0.rawValue)", .real) }
    try table.forEachPlace(context) { place in
      guard let number = index.find(names.text(place)).map({ Int($0) }) else { return }
      pasts[number].history = history?.word(place) ?? 0
      pasts[number].gap = gap?.word(place) ?? 0
      pasts[number].failureRate = rate?.real(place) ?? .nan
      for sign in Sign.allCases {
        let middle = middles[sign.rawValue]?.real(place) ?? .nan
        pasts[number].usual[sign.rawValue] = middle
        pasts[number].spread[sign.rawValue] = (highs[sign.rawValue]?.real(place) ?? .nan) - middle
      }
    }
  }

  private mutating func readAttempts(_ seen: String, _ index: NameIndex) throws {
    // A run that was skipped before it began was waiting for another. Airflow says so in a status. For other skips the
    // upstreams decide, since a run that the schedule left out has a time as well.
    let isUnbegun = tables.hasRunsSeen ? " or is_unbegun == true" : ""
    let skips = "status == \"skipped\" and (error_code == \"upstream_failed\"\(isUnbegun)), 4, "
    let unbegun = tables.hasRunsSeen
      ? "\n| lookup kind=leftouter (runs_seen | distinct run_id | extend is_unbegun = true) on run_id" : ""
    let signs = Sign.allCases.map { "v\($0.rawValue) = todouble(\($0.expression))" }
    let table = try run(
      """
      \(seen)\(unbegun)
      | sort by started asc
      | extend outcome = case(\(skips)status == "skipped" and (isnull(ended) or ended <= \(KQLText.moment(moment))), 5,
          isnull(ended) and status == "failed", 2,
          isnull(ended) or ended > \(KQLText.moment(moment)), 3, status == "succeeded", 1, status == "failed", 2, 0)
      | project pipeline, started, ended = iff(outcome == 3, datetime(null), ended), outcome = tolong(outcome),
          error_code, error_category, error, masked = iff(outcome == 2, \(CodeHistory.masked("error")), ""),
          family = iff(outcome == 2, \(CodeHistory.family(code: "error_code", text: "error")), ""), \(signs.joined(separator: ", "))
      """)
    guard let names = try TableColumn(table, "pipeline", .string),
      let starts = try TableColumn(table, "started", .datetime), let ends = try TableColumn(table, "ended", .datetime),
      let outcomes = try TableColumn(table, "outcome", .long), let codes = try TableColumn(table, "error_code", .string),
      let texts = try TableColumn(table, "error", .string), let masks = try TableColumn(table, "masked", .string),
      let kinds = try TableColumn(table, "family", .string),
      let categories = try TableColumn(table, "error_category", .string)
    else { return }
    let columns = try Sign.allCases.map { try TableColumn(table, "v\($0.rawValue)", .real) }
    var places: [String: Int] = [:]
    try table.forEachPlace(context) { place in
      guard let number = index.find(names.text(place)).map({ Int($0) }), let start = starts.word(place)
      else { return }
      let outcome: PipelinePast.Attempt.Outcome
      switch outcomes.word(place) {
      case 1: outcome = .succeeded
      case 2: outcome = .failed
      case 3: outcome = .running
      case 4: outcome = .failed
      case 5: outcome = .skipped
      default: outcome = .other
      }
      var attempt = PipelinePast.Attempt(
        started: start, ended: ends.word(place) ?? (outcome == .running ? .max : start), outcome: outcome, error: -1)
      if attempt.outcome == .failed {
        let (code, category) = (String(codes.text(place)), String(categories.text(place)))
        let text = String(texts.text(place))
        let isSkip = outcomes.word(place) == 4
        let key = isSkip ? "" : "\(code)\u{1F}\(category)\u{1F}\(String(masks.text(place)))"
        if let known = places[key] {
          attempt.error = known
        } else if readings.count < 4_096 {
          attempt.error = readings.count
          places[key] = readings.count
          readings.append(isSkip ? .skipped : ErrorReading(code: code, category: category, message: text))
          families.append(isSkip ? "" : String(kinds.text(place)))
        }
      }
      pasts[number].append(attempt) { columns[$0.rawValue]?.real(place) ?? .nan }
    }
  }

  /// Counts runs as failed for lack of data if they were skipped when a direct upstream had failed or was waiting too.
  private mutating func readSkips() {
    let skipping = pasts.indices.filter { pasts[$0].attempts.contains { $0.outcome == .skipped } }
    guard !skipping.isEmpty else { return }
    let reading = readings.firstIndex(where: \.isSkip) ?? readings.count
    if reading == readings.count {
      readings.append(.skipped)
      families.append("")
    }
    // A skip explains those further down; each round explains at least one, or is the last.
    var hasFound = true
    while hasFound {
      hasFound = false
      for pipeline in skipping {
        for place in pasts[pipeline].attempts.indices where hasWaited(pipeline, place) {
          pasts[pipeline].fail(place, reading: reading)
          hasFound = true
        }
      }
    }
  }

  /// Returns whether a skip is due to a direct upstream whose last run failed, the day before or since the previous run.
  private func hasWaited(_ pipeline: Int, _ place: Int) -> Bool {
    let attempts = pasts[pipeline].attempts
    let skip = attempts[place]
    guard skip.outcome == .skipped else { return false }
    // Another run of its own that is still running is a reason, too.
    if let before = attempts[..<place].last(where: { $0.outcome != .skipped }), before.ended > skip.started { return false }
    let earliest = Swift.min(skip.started &- Self.day, place > 0 ? attempts[place - 1].started : .max)
    return upstreams[pipeline].contains { pasts[$0.pipeline].hadFailed(by: skip.started, after: earliest) }
  }

  private mutating func readEvents(
    _ name: String, _ list: String, _ text: String, _ columns: [String], _ index: NameIndex
  ) throws {
    guard tables.has(name, [("at", .datetime), ("pipeline", .string)] + columns.map { ($0, .string) }) else { return }
    let t = KQLText.moment(moment)
    let isAlert = name == "alerts"
    var shown = text
    if !isAlert, !tables.has(name, [("before", .string), ("after", .string)]) {
      shown = "strcat(field, \" \", change)"
    }
    let table = try run(
      """
      \(name)
      | where pipeline in (\(list)) and at > \(t) - 36h and at <= \(t)
      | sort by at asc
      | project at, pipeline, rule = \(isAlert ? "rule" : "change"), text = \(shown)
      """)
    guard let times = try TableColumn(table, "at", .datetime), let names = try TableColumn(table, "pipeline", .string),
      let rules = try TableColumn(table, "rule", .string), let texts = try TableColumn(table, "text", .string)
    else { return }
    try table.forEachPlace(context) { place in
      guard let number = index.find(names.text(place)).map({ Int($0) }), let at = times.word(place)
      else { return }
      let shown = String(texts.text(place))
      if isAlert {
        pasts[number].alerts.append((at, String(rules.text(place)), shown))
      } else {
        pasts[number].schemaChanges.append((at, shown))
      }
    }
  }
}
