import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// How many alarms are acceptable in a time, such as `1 a week`.
package struct AlarmBudget: Sendable {
  package let alarms: Double
  /// In ticks.
  package let time: Int64

  /// Reads `1 a week`, `3 per day` or `2/hour`; nil for anything else.
  package init?(_ text: String) {
    let words = text.lowercased().split { $0 == " " || $0 == "/" }.map(String.init).filter { !["a", "an", "per", "each", "every"].contains($0) }
    let units: [String: Int64] = ["hour": 1, "day": 24, "week": 168, "month": 720]
    guard words.count == 2, let alarms = Double(words[0]), alarms > 0, alarms.isFinite,
      let hours = units[words[1].hasSuffix("s") ? String(words[1].dropLast()) : words[1]]
    else { return nil }
    self.alarms = alarms
    time = hours * TimeSpan.hour
  }
}


/// A choice of thresholds and what it would have done.
package struct ThresholdChoice: Sendable {
  /// `one` for a limit for all keys, `per key` for one for each, `per hour` for one for each hour of the week.
  package let form: String
  /// The share of values that are not beyond it; nil for the rule's own.
  let quantile: Double?
  let threshold: String
  let score: Score
  let perWeek: Double
  package let query: String
  package var isSuggested = false

  package static let schema: Schema = [
    ColumnInfo("rule", .string), ColumnInfo("form", .string), ColumnInfo("threshold", .string), ColumnInfo("quantile", .real),
    ColumnInfo("alarms", .long), ColumnInfo("messages", .long), ColumnInfo("per_week", .real), ColumnInfo("recall", .real),
    ColumnInfo("precision", .real), ColumnInfo("suggested", .bool), ColumnInfo("kql", .string),
  ]

  package var row: [Value] {
    let values = score.row
    func column(_ name: String) -> Value { Score.schema.firstIndex { $0.name == name }.map { values[$0] } ?? .null(.real) }
    return [
      .string(score.rule), .string(form), .string(threshold), quantile.map { .real($0) } ?? .null(.real), .long(Int64(score.alarms)),
      .long(Int64(score.messages)), .real((perWeek * 100).rounded() / 100), column("recall"), column("precision"), .bool(isSuggested),
      .string(isSuggested ? RuleFile.body(of: query) : ""),
    ]
  }
}

/// The curve of alarms against recall for a rule's threshold, from one pass over history.
package struct ThresholdCurve {
  private static let quantiles = [0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999]

  /// The values at one moment, by the number of their key.
  private typealias Values = [(key: Int, value: Double)]

  /// - Returns: the choices, the rule's own first, with at most one that is suggested.
  /// - Throws: a diagnostic if the rule has no threshold or history has no values.
  package static func choices(
    of rule: AlertRule, in catalog: Catalog, _ options: SessionOptions, budget: AlarmBudget, over: Int64, now: Int64,
    isCancelled: @escaping @Sendable () -> Bool, progress: @escaping @Sendable (Double) -> Void
  ) throws -> [ThresholdChoice] {
    let threshold = try Threshold(rule)
    var probe = rule
    probe.query = threshold.probe
    let problems = RuleCheck.problems(bare(probe), in: catalog, options)
    if let first = problems.first {
      throw Diagnostic(
        "no-threshold", "the rule `\(rule.name)` cannot be measured before its threshold: \(first.message)",
        help: "the columns of its key must exist where the threshold is")
    }
    let replay = try Replay(catalog, options, over: over, now: now, isCancelled: isCancelled)
    let (moments, rows) = try replay.values(of: probe, column: Threshold.column, progress: progress)
    var names: [String] = []
    var numbers: [String: Int] = [:]
    var pipelines: [String: String] = [:]
    let values = rows.map { row -> Values in
      row.map { entry in
        let number = numbers[entry.key] ?? names.count
        if number == names.count {
          numbers[entry.key] = number
          names.append(entry.key)
          pipelines[entry.key] = entry.pipeline
        }
        return (number, threshold.isUpper ? entry.value : -entry.value)
      }
    }
    let everything = values.flatMap { $0.map(\.value) }.sorted()
    guard !everything.isEmpty else {
      throw Diagnostic("no-values", "history has no rows to choose the threshold of `\(rule.name)` from", help: "replay a longer time with --over")
    }
    let truth = try Truth(catalog, options, now: now)
    let weeks = Swift.max(1.0 / 168, Double(replay.end - replay.start) / Double(168 * TimeSpan.hour))

    let hours = moments.map { Threshold.hourOfWeek($0) }
    // The limits are those of a key at an hour of the week.
    func choice(_ form: String, _ quantile: Double?, _ text: String, _ query: String, _ limits: (_ key: Int, _ hour: Int) -> Double) -> ThresholdChoice {
      let inclusive = threshold.isInclusive
      let found = zip(values, hours).map { row, hour in
        Set(row.filter { inclusive ? $0.value >= limits($0.key, hour) : $0.value > limits($0.key, hour) }.map { names[$0.key] })
      }
      let replayed = replay.judge(rule, moments, found, pipelines)
      let score = truth.score(rule.name, [replayed], [:], from: replay.start, to: replay.end)
      return ThresholdChoice(form: form, quantile: quantile, threshold: text, score: score, perWeek: Double(score.messages) / weeks, query: query)
    }
    let sign: Double = threshold.isUpper ? 1 : -1
    var choices = [
      choice("own", nil, threshold.written(threshold.current), rule.query, { _, _ in sign * threshold.current })
    ]
    var byKey = [[Double]](repeating: [], count: names.count)
    for row in values { for entry in row { byKey[entry.key].append(entry.value) } }
    for index in byKey.indices { byKey[index].sort() }
    let season = season(values, hours)
    let keyColumn = (rule.key?.count ?? 1) == 1 ? rule.key?.first ?? "pipeline" : nil
    var seen: Set<String> = []
    for quantile in Self.quantiles {
      let limit = threshold.rounded(sign * at(quantile, everything))
      let text = threshold.written(limit)
      if seen.insert(text).inserted {
        choices.append(choice("one", quantile, text, threshold.query(limit: limit), { _, _ in sign * limit }))
      }
      if let season {
        let excess = at(quantile, season.residuals)
        let limits = season.medians.map { threshold.rounded(sign * ($0 + excess)) }
        choices.append(
          choice(
            "per hour", quantile, "\(threshold.written(limits.min() ?? 0)) to \(threshold.written(limits.max() ?? 0))", threshold.query(hourlyLimits: limits),
            { sign * limits[$1] }))
      }
      guard let keyColumn, names.count > 1, names.count <= 2_000 else { continue }
      let limits = byKey.map { threshold.rounded(sign * at(quantile, $0)) }
      let list = zip(names, limits).map { (key: $0, limit: $1) }
      choices.append(
        choice(
          "per key", quantile, "\(threshold.written(limits.min() ?? 0)) to \(threshold.written(limits.max() ?? 0))",
          threshold.query(limits: list, column: keyColumn), { key, _ in sign * limits[key] }))
    }
    let allowed = budget.alarms * Double(168 * TimeSpan.hour) / Double(budget.time)
    let fitting = choices.indices.filter { choices[$0].form != "own" && choices[$0].perWeek <= allowed }
    // The most incidents, then the fewest messages, then the simplest form.
    let best = fitting.max { a, b in
      let (x, y) = (choices[a], choices[b])
      if x.score.detected != y.score.detected { return x.score.detected < y.score.detected }
      if x.score.incidents == 0 && x.perWeek != y.perWeek { return x.perWeek < y.perWeek }
      if x.score.messages != y.score.messages { return x.score.messages > y.score.messages }
      return x.form > y.form
    }
    if let best { choices[best].isSuggested = true }
    return choices
  }

  /// A probe without its sentence, whose columns may come after the threshold.
  private static func bare(_ rule: AlertRule) -> AlertRule {
    var rule = rule
    rule.says = ""
    return rule
  }

  /// The median of each hour of the week, and by how much values exceed that of their hour, sorted: an hour alone has too few values for a
  /// rare quantile, all hours together have enough.
  ///
  /// Nil unless each hour was seen in three weeks and the hours differ: the usual range of an hour's values is at most 40 % of the range
  /// of all. (Of three values that do not depend on the hour it is half of that on average.)
  private static func season(_ values: [Values], _ hours: [Int]) -> (medians: [Double], residuals: [Double])? {
    var byHour = [[Double]](repeating: [], count: 168)
    var visits = [Int](repeating: 0, count: 168)
    var before = -1
    for (row, hour) in zip(values, hours) {
      byHour[hour] += row.map(\.value)
      if hour != before { visits[hour] += 1 }
      before = hour
    }
    guard visits.allSatisfy({ $0 >= 3 }), byHour.allSatisfy({ !$0.isEmpty }) else { return nil }
    for hour in byHour.indices { byHour[hour].sort() }
    let all = byHour.flatMap { $0 }.sorted()
    func range(_ sorted: [Double]) -> Double { at(0.95, sorted) - at(0.05, sorted) }
    guard at(0.5, byHour.map(range).sorted()) <= 0.4 * range(all), range(all) > 0 else { return nil }
    let medians = byHour.map { at(0.5, $0) }
    return (medians, zip(byHour, medians).flatMap { hour, median in hour.map { $0 - median } }.sorted())
  }

  private static func at(_ quantile: Double, _ sorted: [Double]) -> Double {
    guard !sorted.isEmpty else { return .infinity }
    return sorted[Swift.min(sorted.count - 1, Int(Double(sorted.count) * quantile))]
  }
}
