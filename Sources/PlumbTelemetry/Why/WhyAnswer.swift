import PlumbDiagnostics
import PlumbEngine
import PlumbModel

/// The ranked causes of a pipeline's trouble: its own, and those of upstream pipelines that keep it waiting.
///
/// A pipeline's points for late data are passed on to the upstreams whose last success was late when its runs failed,
/// in proportion to that lateness; there they are distributed like the upstream's own points, and passed on again.
/// So each cause ends up with the points that reach the pipeline in question.
struct WhyAnswer {
  private struct Row {
    var suspect: Suspect
    var origin: Int
    /// The pipelines from the one in question to the origin.
    var way: [Int]
    var points: Double
    var lateness: String
  }

  private let reading: WhyReading
  private let symptoms: [Symptoms]
  private var judgements: [Int: Judgement] = [:]
  private var rows: [Row] = []

  static let schema: Schema = [
    ColumnInfo("rank", .long), ColumnInfo("cause", .string), ColumnInfo("score", .real),
    ColumnInfo("origin", .string), ColumnInfo("since", .datetime), ColumnInfo("evidence", .string),
    ColumnInfo("query", .string),
  ]
  /// Fewer points than this do not count as trouble.
  private static let leastPoints = 0.8
  private static let rowLimit = 10

  init(_ reading: WhyReading) {
    self.reading = reading
    symptoms = reading.pasts.map { Symptoms($0, readings: reading.readings, at: reading.moment) }
  }

  // MARK: Blame

  private mutating func judgement(_ pipeline: Int) -> Judgement {
    if let known = judgements[pipeline] { return known }
    let made = Judgement(
      reading.pasts[pipeline], symptoms[pipeline], surroundings(of: pipeline), readings: reading.readings, at: reading.moment)
    judgements[pipeline] = made
    return made
  }

  private func surroundings(of pipeline: Int) -> Judgement.Surroundings {
    let past = reading.pasts[pipeline]
    var around = Judgement.Surroundings()
    around.siblings = reading.siblings[pipeline].map { symptoms[$0] }
    around.hasUpstreams = !reading.upstreams[pipeline].isEmpty
    let needed = reading.upstreams[pipeline].filter { $0.weight > 0.5 }.map(\.pipeline)
    around.upstream = symptom(of: pipeline, from: needed)
    // Of many upstreams one is often late, which explains nothing; a single one may have failed whenever this one did.
    if needed.count > 1, around.upstream.failures > 1, around.upstream.strength < 1 {
      for one in needed {
        let alone = symptom(of: pipeline, from: [one])
        if alone.failures > 1, alone.strength > around.upstream.strength { around.upstream = alone }
      }
    }
    if pipeline == 0 { around.findings = reading.findings }
    around.lessons = lessons(of: pipeline)
    return around
  }

  /// How well the trouble of some upstreams explains a pipeline's failures.
  private func symptom(of pipeline: Int, from upstreams: [Int]) -> UpstreamSymptom {
    let seen = symptoms[pipeline]
    return UpstreamSymptom(reading.pasts[pipeline], recentFrom: seen.firstCounted, began: seen.failingSince) { moment in
      upstreams.reduce(0) { Swift.max($0, trouble(of: $1, at: moment)) }
    }
  }

  /// Returns what the workspace's history says about the codes of the latest failures, weighted by their share.
  private func lessons(of pipeline: Int) -> [CodeLesson] {
    guard let history = reading.history, symptoms[pipeline].failed > 0 else { return [] }
    let past = reading.pasts[pipeline]
    var counts: [String: Double] = [:]
    for attempt in past.attempts[symptoms[pipeline].firstCounted...] {
      guard attempt.outcome == .failed, reading.readings.indices.contains(attempt.error) else { continue }
      let open = 1 - 0.7 * reading.readings[attempt.error].certainty
      counts[reading.families[attempt.error], default: 0] += open / Double(symptoms[pipeline].failed)
    }
    let before = symptoms[pipeline].failingSince ?? reading.moment
    return counts.sorted { $0.key < $1.key }.flatMap { family, share in
      history.lessons(of: family, before: before).map {
        CodeLesson(suspect: $0.suspect, points: $0.points * share, sentence: $0.sentence)
      }
    }
  }

  /// Returns how late a pipeline's data was at a point in time, and 1 more if its previous run had failed.
  private func trouble(of pipeline: Int, at moment: Int64) -> Double {
    let recently = Swift.max(reading.pasts[pipeline].gap &* 3, 36_000_000_000)
    let hadFailed = reading.pasts[pipeline].hadFailed(by: moment, after: moment &- recently)
    return lateness(of: pipeline, at: moment) + (hadFailed ? 1 : 0)
  }

  /// Returns how many of its usual gaps beyond the first have passed since a pipeline's last success; 0 if in time.
  private func lateness(of pipeline: Int, at moment: Int64) -> Double {
    let past = reading.pasts[pipeline]
    guard past.gap > 0 || !past.attempts.isEmpty else { return 0 }
    let gap = Swift.max(past.gap, 600_000_000)
    let age = moment &- (past.lastSuccess(by: moment) ?? moment &- 48 * 36_000_000_000)
    return Swift.min(Swift.max(Double(age) / Double(gap) - 1.3, 0), 6)
  }

  /// Goes from a pipeline in question to its late upstreams, each of which is judged once.
  private mutating func spread(from root: Int) {
    rows = []
    guard reading.pasts.indices.contains(root) else { return }
    var waiting: [(pipeline: Int, share: Double, way: [Int], lateness: String)] = [(root, 1, [root], "")]
    var isSeen: Set<Int> = [root]
    var head = 0
    while head < waiting.count {
      let (pipeline, share, way, lateness) = waiting[head]
      head += 1
      let own = judgement(pipeline)
      let total = own.total
      // Points that reach an upstream without symptoms stay with it: its source is late if it did not fail.
      if total <= 0, pipeline != root {
        let suspect: Suspect = symptoms[pipeline].failed > 0 ? .unknown : .slowSource
        rows.append(Row(suspect: suspect, origin: pipeline, way: way, points: share, lateness: lateness))
        continue
      }
      let factor = pipeline == root ? 1 : share / total
      var late: [(pipeline: Int, weight: Double, text: String)] = []
      if own[.upstream].points > 0 {
        late = lateUpstreams(of: pipeline).filter { !isSeen.contains($0.pipeline) }
      }
      let sum = late.reduce(0) { $0 + $1.weight }
      for suspect in Suspect.all where own[suspect].points > 0 {
        let points = own[suspect].points * factor
        guard suspect == .upstream else {
          rows.append(Row(suspect: suspect, origin: pipeline, way: way, points: points, lateness: lateness))
          continue
        }
        if late.isEmpty {
          rows.append(
            Row(suspect: .upstream, origin: pipeline, way: way, points: points * 0.9, lateness: lateness))
        }
        for upstream in late {
          isSeen.insert(upstream.pipeline)
          waiting.append(
            (upstream.pipeline, points * upstream.weight / sum, way + [upstream.pipeline], upstream.text))
        }
      }
    }
  }

  /// Returns the upstreams whose last success was older than their schedule explains when runs of `pipeline` failed for
  /// lack of it, or that had failed when runs of it were skipped.
  private func lateUpstreams(of pipeline: Int) -> [(pipeline: Int, weight: Double, text: String)] {
    var moments = Array(symptoms[pipeline].upstreamFailures.prefix(8))
    if moments.isEmpty { moments = Array(symptoms[pipeline].latestFailures.prefix(8)) }
    if moments.isEmpty { moments = [reading.moment] }
    var late: [(pipeline: Int, weight: Double, text: String)] = []
    for (upstream, closeness) in reading.upstreams[pipeline] {
      let past = reading.pasts[upstream]
      guard past.gap > 0 || !past.attempts.isEmpty else { continue }
      var lateness = 0.0
      var longest: Int64 = 0
      var knowsSuccess = false
      var failures = 0.0
      for moment in moments {
        let success = past.lastSuccess(by: moment)
        knowsSuccess = knowsSuccess || success != nil
        let age = moment &- (success ?? moment &- 48 * 36_000_000_000)
        longest = Swift.max(longest, age)
        lateness += self.lateness(of: upstream, at: moment) / Double(moments.count)
      }
      var wasSkipped = false
      for moment in moments {
        let isSkip = symptoms[pipeline].skips.contains(moment)
        let recently = isSkip ? 48 * 36_000_000_000 : Swift.max(past.gap &* 3, 36_000_000_000)
        guard past.hadFailed(by: moment, after: moment &- recently) else { continue }
        failures += 1 / Double(moments.count)
        wasSkipped = wasSkipped || isSkip
      }
      // Of several that are late, the one whose lateness goes with the failures; one that fails more than one that is idle.
      var weight = symptoms[pipeline].failed == 0 ? 1 : Swift.max(symptom(of: pipeline, from: [upstream]).strength, 0.1)
      if symptoms[upstream].failed == 0 { weight *= 0.4 }
      guard lateness > 0.1 else {
        if failures > 0 {
          let what = wasSkipped ? "was skipped" : "failed"
          late.append((upstream, failures * closeness * weight, "\(past.name) had failed when \(reading.pasts[pipeline].name) \(what)"))
        }
        continue
      }
      let usual = past.gap > 0 ? " (usually every \(Phrase.time(past.gap)))" : ""
      let time = knowsSuccess ? "for \(Phrase.time(longest))" : "in the previous two days"
      late.append((upstream, (lateness + failures) * closeness * weight, "\(past.name) had no success \(time)\(usual)"))
    }
    return late
  }

  // MARK: Rows

  /// Returns where the trouble of a pipeline in question began; nil if nothing is wrong with it.
  mutating func origin(of root: Int) -> String? {
    spread(from: root)
    let (ranked, total) = rank()
    guard total >= Self.leastPoints || symptoms[root].failed > 0, let first = ranked.first else { return nil }
    return origin(first, judgements[first.origin]?[first.suspect] ?? Judgement.Case())
  }

  /// The rows with those about the same suspect and origin added up, most points first, and the sum of all points.
  private func rank() -> (rows: [Row], total: Double) {
    var ranked: [Row] = []
    for row in rows {
      if let same = ranked.firstIndex(where: { $0.suspect == row.suspect && $0.origin == row.origin }) {
        ranked[same].points += row.points
      } else {
        ranked.append(row)
      }
    }
    ranked.sort { ($0.points, -$0.way.count) > ($1.points, -$1.way.count) }
    return (ranked, ranked.reduce(0) { $0 + $1.points })
  }

  mutating func table(_ tables: AnomalyTables) throws -> Table {
    let writer = RowsWriter(Self.schema)
    spread(from: 0)
    let (ranked, total) = rank()
    guard total >= Self.leastPoints || symptoms.first.map({ $0.failed > 0 }) ?? false, !ranked.isEmpty else {
      return try calm(total, tables, writer)
    }
    let state = self.state
    for (i, row) in ranked.prefix(Self.rowLimit).enumerated() where i == 0 || row.points >= 0.03 * total {
      let found = judgements[row.origin]?[row.suspect] ?? Judgement.Case()
      writer.append(0, word: Int64(i + 1))
      writer.append(1, string: row.suspect.name)
      writer.append(2, real: (row.points / (total + 0.5) * 1_000).rounded() / 1_000)
      writer.append(3, string: origin(row, found))
      writer.append(4, wordOrNull: found.since)
      writer.append(5, string: i == 0 && !state.isEmpty ? "\(state); \(evidence(row, found))" : evidence(row, found))
      writer.append(6, string: query(row, found, tables))
      writer.endRow()
    }
    return Table(name: "why", schema: Self.schema, groups: try writer.finish())
  }

  /// The current state of the pipeline in question, and since when.
  private var state: String {
    guard let past = reading.pasts.first, let seen = symptoms.first else { return "" }
    func ago(_ moment: Int64) -> String { "\(Phrase.time(reading.moment &- moment))" }
    if seen.failedInARow > 0, let since = seen.failingSince {
      let row = seen.failedInARow == 1 ? "its last run failed" : "its last \(seen.failedInARow) runs failed"
      return "\(row), failing for \(ago(since))"
    }
    guard let last = past.attempts.last(where: { $0.outcome == .succeeded }) else { return "" }
    if seen.failed > 0, let failure = seen.latestFailures.first {
      return "it succeeds again: its last failure was \(ago(failure)) ago"
    }
    if reading.findings?.stale != nil { return "its last success was \(ago(last.ended)) ago" }
    let since = Sign.allCases.compactMap { seen.departure($0)?.since }.min() ?? reading.findings?.slow?.since ?? reading.findings?.volume?.since
    return since.map { "it succeeds, but has been unusual for \(ago($0))" } ?? ""
  }

  /// Returns the row that says that nothing is wrong, or that nothing is known.
  private func calm(_ total: Double, _ tables: AnomalyTables, _ writer: RowsWriter) throws -> Table {
    guard let past = reading.pasts.first, let seen = symptoms.first else {
      return Table(name: "why", schema: Self.schema, groups: [])
    }
    var text = "\(past.name) is as usual: \(Judgement.failures(seen.failed, of: seen.done))"
    if past.failureRate.isFinite { text += " (usually \(Phrase.percent(past.failureRate)))" }
    if seen.failed > 0 { text = ([unexplained(0)] + failingParts(of: 0)).joined(separator: "; ") }
    if past.attempts.isEmpty {
      text = "\(past.name) has not run in the previous two days"
      text += reading.lastRun.map { last in
        let later = KQLText.moment(last &+ 600_000_000)
        return "; its last run was \(Phrase.time(reading.moment &- last)) earlier: ask `why \(KQLText.string(past.name)) at \(later)`"
      } ?? ", and no earlier run is known"
    }
    // The few hours considered may contain no run that ended.
    let knowsNone = past.attempts.isEmpty || seen.done == 0
    if seen.done == 0, let last = past.attempts.last {
      text = "\(past.name) has not finished a run recently: its last run, \(Phrase.time(reading.moment &- last.started)) earlier, \(last.outcome.phrase)"
    }
    let success = past.lastSuccess(by: reading.moment).map { Phrase.time(reading.moment &- $0) }
    if let success { text += "; its last success was \(success) ago" }
    writer.append(0, word: 1)
    writer.append(1, string: knowsNone ? "no-runs" : seen.failed > 0 ? "unknown" : "nothing")
    // The less evidence against it, the more certain it is that nothing is wrong; for the unknown there is no degree.
    if knowsNone || seen.failed == 0 {
      writer.append(2, real: ((1 - total / (total + 1)) * 1_000).rounded() / 1_000)
    } else {
      writer.appendNull(2)
    }
    writer.append(3, string: past.name)
    writer.appendNull(4)
    writer.append(5, string: text)
    writer.append(6, string: runsQuery(past.name, since: nil, columns: [], tables))
    writer.endRow()
    return Table(name: "why", schema: Self.schema, groups: try writer.finish())
  }

  /// Returns where it began: the vendor if its service is to blame, the consumer that is full, otherwise the pipeline.
  private func origin(_ row: Row, _ found: Judgement.Case) -> String {
    let past = reading.pasts[row.origin]
    if row.suspect == .cause(.vendorOutage) || row.suspect == .cause(.slowUpstream), past.origin.hasVendor {
      return past.origin.vendor
    }
    if row.suspect == .cause(.downstreamBackpressure), let full = fullConsumer(of: row.origin, since: found.since) {
      return reading.pasts[full].name
    }
    return past.name
  }

  /// Returns the pipeline within two steps downstream that felt the backpressure first, if one did before `pipeline`.
  private func fullConsumer(of pipeline: Int, since: Int64?) -> Int? {
    let near = reading.downstreams[pipeline]
    var best: (pipeline: Int, since: Int64)?
    for consumer in near + near.flatMap({ reading.downstreams[$0] }) where consumer != pipeline {
      guard symptoms[consumer].share(.cause(.downstreamBackpressure)) > 0.3,
        let begun = symptoms[consumer].failedSince[Suspect.cause(.downstreamBackpressure).place],
        begun <= (since ?? .max), begun < best?.since ?? .max
      else { continue }
      best = (consumer, begun)
    }
    return best?.pipeline
  }

  /// Describes failures whose cause no rule knows.
  private func unexplained(_ pipeline: Int) -> String {
    let (past, seen) = (reading.pasts[pipeline], symptoms[pipeline])
    return Judgement.failures(seen.failed, of: seen.done)
      + (past.lastError(reading.readings).map { ", with \($0), which names no cause" } ?? ", and nothing says why")
  }

  /// Names the parts of a pipeline that failed, such as the tasks of a DAG, and points the reader to them.
  private func failingParts(of pipeline: Int) -> [String] {
    let failing = reading.parts[pipeline].filter { symptoms[$0].failed > symptoms[$0].skipped }
    guard let first = failing.min(by: { reading.pasts[$0].name < reading.pasts[$1].name }) else { return [] }
    let name = reading.pasts[first].name
    let others = failing.count > 1 ? " and \(counted(failing.count - 1, "other"))" : ""
    return ["of its parts \(name)\(others) failed: ask `why \(KQLText.string(name))`"]
  }

  private func evidence(_ row: Row, _ found: Judgement.Case) -> String {
    var parts = found.evidence
    if row.suspect == .unknown, parts.isEmpty, symptoms[row.origin].failed > 0 { parts.append(unexplained(row.origin)) }
    if row.origin == 0 { parts += failingParts(of: 0) }
    if row.way.count > 1 {
      let steps = row.way.count - 1
      let between = row.way.dropFirst().dropLast().map { reading.pasts[$0].name }
      let by = between.isEmpty ? "" : " via \(between.joined(separator: ", "))"
      parts.insert("\(row.lateness), \(counted(steps, "step")) upstream\(by)", at: 0)
    }
    return parts.joined(separator: "; ")
  }

  // MARK: Queries

  private func query(_ row: Row, _ found: Judgement.Case, _ tables: AnomalyTables) -> String {
    let past = reading.pasts[row.origin]
    if row.suspect == .cause(.vendorOutage), !reading.siblings[row.origin].isEmpty, tables.shows("status") {
      let names = ([row.origin] + reading.siblings[row.origin]).map { KQLText.string(reading.pasts[$0].name) }
      let keys = ["pipeline"] + ["error_code"].filter(tables.shows)
      return "runs | where pipeline in (\(names.joined(separator: ", "))) and status == \"failed\" and "
        + between(found.since, past) + " | summarize failures = count() by \(keys.joined(separator: ", "))"
    }
    return runsQuery(past.name, since: found.since, columns: found.columns, tables)
  }

  private func runsQuery(_ name: String, since: Int64?, columns: [String], _ tables: AnomalyTables) -> String {
    let past = reading.pasts.first { $0.name == name }
    let telling = columns.isEmpty ? ["duration", "error_code"] : columns
    let shown = (["started", "status"] + telling).filter(tables.shows)
    return "runs | where pipeline == \(KQLText.string(name)) and \(between(since, past)) | project "
      + shown.joined(separator: ", ")
  }

  /// Returns the time from shortly before the trouble began to the time in question.
  private func between(_ since: Int64?, _ past: PipelinePast?) -> String {
    let day: Int64 = 864_000_000_000
    let before = Swift.max(Swift.min(past?.gap ?? 0, day) &* 4, 36_000_000_000)
    let start = Swift.max((since ?? reading.moment &- day) &- before, 0)
    return "started between (\(KQLText.minute(start)) .. \(KQLText.minute(reading.moment, isUp: true)))"
  }
}

extension PipelinePast.Attempt.Outcome {
  /// For sentences about a run.
  fileprivate var phrase: String {
    switch self {
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .running: "is still running"
    case .skipped: "was skipped"
    case .other: "neither succeeded nor failed"
    }
  }
}
