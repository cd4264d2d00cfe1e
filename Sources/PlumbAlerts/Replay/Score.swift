import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// How well alerts match the incidents of a workspace.
///
/// - An incident counts if it began in the time of the replay and a run of its pipeline failed in it, or was skipped, and
///   no retry healed it.
/// - It is detected by an alert of its pipeline, or of a pipeline downstream of it, that begins while it lasts or within an
///   hour after it.
/// - A message is true if an incident explains it: one of its pipeline, or of a pipeline upstream of it.
package struct Score: Sendable {
  package let rule: String
  package let severity: String
  package var alarms = 0
  package var pipelines = 0
  package var perDay = 0.0
  package var firing: Int64 = 0
  package var longest: Int64 = 0
  package var flaps = 0
  package var messages = 0
  package var trueMessages = 0
  package var incidents = 0
  package var detected = 0
  package var timesToDetect: [Int64] = []
  package var missed: [String] = []
  package var evaluations = 0
  package var unknown = 0
  package var problem: String?
  /// Whether its alerts name pipelines, so that they can be matched with incidents.
  package var isScored = true

  package static let schema: Schema = [
    ColumnInfo("rule", .string), ColumnInfo("severity", .string), ColumnInfo("alarms", .long), ColumnInfo("messages", .long),
    ColumnInfo("per_day", .real), ColumnInfo("firing", .timespan), ColumnInfo("longest", .timespan), ColumnInfo("flaps", .long),
    ColumnInfo("incidents", .long), ColumnInfo("detected", .long), ColumnInfo("recall", .real), ColumnInfo("precision", .real),
    ColumnInfo("time_to_detect", .timespan), ColumnInfo("alarms_per_incident", .real), ColumnInfo("saved", .real),
    ColumnInfo("evaluations", .long), ColumnInfo("unknown", .long), ColumnInfo("missed", .dynamic), ColumnInfo("problem", .string),
  ]

  package var row: [Value] {
    func share(_ part: Int, _ whole: Int) -> Value { whole > 0 ? .real(rounded(Double(part) / Double(whole), 1_000)) : .null(.real) }
    let times = timesToDetect.sorted()
    return [
      .string(rule), .string(severity), .long(Int64(alarms)), .long(Int64(messages)), .real(rounded(perDay, 100)), .timespan(firing),
      .timespan(longest), .long(Int64(flaps)), .long(Int64(incidents)), .long(Int64(detected)),
      isScored ? share(detected, incidents) : .null(.real), isScored ? share(trueMessages, messages) : .null(.real),
      times.isEmpty ? .null(.timespan) : .timespan(times[(times.count - 1) / 2]), share(alarms, detected),
      alarms > 0 ? .real(rounded(1 - Double(messages) / Double(alarms), 1_000)) : .null(.real), .long(Int64(evaluations)),
      .long(Int64(unknown)), .dynamic(.array(missed.map { .string($0) })), .string(problem ?? ""),
    ]
  }
}

private func rounded(_ value: Double, _ unit: Double) -> Double { (value * unit).rounded() / unit }

/// The incidents, the runs that they spoiled, and the lineage, for matching.
package struct Truth: Sendable {
  package struct Incident: Sendable {
    let id: String
    let pipeline: String
    let began: Int64
    let ended: Int64
    /// When the first run ended that failed in it for good.
    let spoiled: Int64?
  }

  package let incidents: [Incident]
  private let byPipeline: [String: [Int]]
  private let upstream: [String: [String]]

  /// How long after its end an incident explains an alert.
  private static let grace = TimeSpan.hour

  /// - Parameter catalog: read as it is now, without changing what it stores.
  package init(_ catalog: Catalog, _ options: SessionOptions, now: Int64) throws {
    let reading = try catalog.reading()
    defer { reading.end() }
    reading.catalog.store = nil
    var options = options
    options.clock = { now }
    let session = Session(catalog: reading.catalog, options: options)
    func rows(_ text: String) throws -> [[Value]] {
      guard let answer = try session.run(text).last else { return [] }
      return answer.chunks.filter { $0.count > 0 }.flatMap { chunk in
        let columns = chunk.vectors()
        return (0..<chunk.count).map { row in columns.map { $0.value(at: row) } }
      }
    }
    func has(_ table: String, _ columns: [(String, ScalarType)]) -> Bool {
      guard let schema = catalog.schema(ofTable: table) else { return false }
      return columns.allSatisfy { schema.contains(ColumnInfo($0.0, $0.1)) }
    }
    let needed: [(String, ScalarType)] = [("pipeline", .string), ("began", .datetime), ("ended", .datetime)]
    let names = ["incidents", AlertTables.marks].filter { has($0, needed) }
    guard !names.isEmpty else {
      (incidents, byPipeline, upstream) = ([], [:], [:])
      return
    }
    let union = names.map { name in
      let id = has(name, [("id", .string)]) ? "id" : "strcat(pipeline, \" \", tostring(began))"
      return "(\(name) | project id = \(id), pipeline, began, ended = coalesce(ended, now()))"
    }.joined(separator: ", ")
    var spoiled: [String: Int64] = [:]
    if has("runs", [("pipeline", .string), ("started", .datetime), ("ended", .datetime), ("status", .string)]) {
      let attempt = has("runs", [("attempt", .long)]) ? "attempt" : "1"
      let text = """
        let all = union \(union);
        let bad = runs
          | where isnotnull(started) and status in ("failed", "succeeded", "skipped") and isnotnull(ended)
          | sort by pipeline asc, started asc
          | extend attempt = \(attempt)
          | extend healed = pipeline == next(pipeline) and next(attempt) > attempt and next(status) == "succeeded"
          | where status == "skipped" or (status == "failed" and not(healed))
          | project pipeline, failed = ended;
        all
        | join kind=inner bad on pipeline
        | where failed >= began and failed <= ended + 1h
        | summarize first = min(failed) by id
        """
      for row in try rows(text) { spoiled[row[0].string] = row[1].number }
    }
    let hasRuns = !spoiled.isEmpty
    incidents = try rows("union \(union) | sort by began asc, id asc").compactMap { row in
      guard let began = row[2].number, let ended = row[3].number else { return nil }
      return Incident(
        id: row[0].string, pipeline: row[1].string, began: began, ended: ended,
        spoiled: hasRuns ? spoiled[row[0].string] : began)
    }
    byPipeline = Dictionary(grouping: incidents.indices.map { $0 }) { [incidents] in incidents[$0].pipeline }
    var upstream: [String: [String]] = [:]
    if has("edges", [("upstream", .string), ("downstream", .string)]) {
      for row in try rows("edges | distinct upstream, downstream") { upstream[row[1].string, default: []].append(row[0].string) }
    }
    self.upstream = upstream
  }

  /// The incidents that explain an alert of a pipeline at a moment.
  func explaining(_ pipeline: String, at moment: Int64) -> [Int] {
    ([pipeline] + ancestors(of: pipeline)).flatMap { name in
      (byPipeline[name] ?? []).filter { incidents[$0].began <= moment && moment <= incidents[$0].ended + Self.grace }
    }
  }

  /// The pipelines upstream, nearest first.
  func ancestors(of pipeline: String) -> [String] {
    var found: [String] = []
    var seen: Set<String> = [pipeline]
    var front = [pipeline]
    while !front.isEmpty {
      front = front.flatMap { upstream[$0] ?? [] }.filter { seen.insert($0).inserted }
      found += front
    }
    return found
  }

  /// The incidents that count for a time: those that began in it and spoiled a run for good.
  func counted(from start: Int64, to end: Int64) -> [Int] {
    incidents.indices.filter { incidents[$0].began >= start && incidents[$0].began < end && incidents[$0].spoiled != nil }
  }

  // MARK: Scores

  /// Scores one rule, or several together.
  func score(_ name: String, _ replays: [RuleReplay], from start: Int64, to end: Int64) -> Score {
    var score = Score(rule: name, severity: replays.count == 1 ? replays[0].rule.severity.rawValue : "")
    let episodes = replays.flatMap(\.episodes).sorted { ($0.began, $0.rule, $0.key) < ($1.began, $1.rule, $1.key) }
    score.alarms = episodes.count
    score.pipelines = Set(episodes.map(\.pipeline)).count
    score.perDay = Double(episodes.count) / Swift.max(1.0 / 24, Double(end - start) / Double(24 * TimeSpan.hour))
    score.evaluations = replays.reduce(0) { $0 + $1.evaluations }
    score.unknown = replays.reduce(0) { $0 + $1.unknown }
    score.problem = replays.lazy.compactMap(\.problem).first
    for episode in episodes {
      let length = (episode.ended ?? end) - episode.began
      score.firing += length
      score.longest = Swift.max(score.longest, length)
    }
    score.flaps = flaps(episodes)
    score.isScored = !incidents.isEmpty && !(episodes.count > 0 && episodes.allSatisfy(\.pipeline.isEmpty))
    let grouping = Set(replays.filter(\.rule.groupsByCause).map(\.rule.name))
    let messages = CauseFolding(upstream: upstream).messages(episodes, grouping: grouping)
    score.messages = messages.count
    score.trueMessages = messages.count { message in
      message.contains { !explaining(episodes[$0].pipeline, at: episodes[$0].began).isEmpty }
    }
    let counted = counted(from: start, to: end)
    score.incidents = counted.count
    var detections: [Int: Int64] = [:]
    for episode in episodes {
      for incident in explaining(episode.pipeline, at: episode.began) {
        detections[incident] = Swift.min(detections[incident] ?? .max, episode.began)
      }
    }
    for incident in counted {
      guard let moment = detections[incident], let spoiled = incidents[incident].spoiled else {
        score.missed.append(incidents[incident].id)
        continue
      }
      score.detected += 1
      score.timesToDetect.append(Swift.max(0, moment - spoiled))
    }
    return score
  }

  /// Alerts of a key that fired again within an hour after they were over.
  private func flaps(_ episodes: [Episode]) -> Int {
    var last: [[String]: Int64] = [:]
    var count = 0
    for episode in episodes {
      let name = [episode.rule, episode.key]
      if let end = last[name], episode.began - end < TimeSpan.hour { count += 1 }
      if let end = episode.ended { last[name] = end }
    }
    return count
  }
}

/// Folds alerts with the same cause into messages.
///
/// The cause of an alert is the pipeline farthest upstream that is reached from its own through pipelines that have alerts
/// too. An alert joins the message of its cause while an alert of that message fires, or for an hour after.
package struct CauseFolding: Sendable {
  let upstream: [String: [String]]

  /// The pipeline to which an alert leads.
  ///
  /// - Parameter isUnwell: whether a pipeline has alerts now.
  func cause(of pipeline: String, _ isUnwell: (String) -> Bool) -> String {
    var seen: Set<String> = [pipeline]
    var current = pipeline
    while let next = (upstream[current] ?? []).sorted().first(where: { isUnwell($0) && !seen.contains($0) }) {
      seen.insert(next)
      current = next
    }
    return current
  }

  /// The messages as lists of positions in `episodes`, which are ordered by their beginnings.
  func messages(_ episodes: [Episode], grouping rules: Set<String>) -> [[Int]] {
    var messages: [[Int]] = []
    var open: [String: (message: Int, until: Int64)] = [:]
    var unwell: [String: Int64] = [:]
    var from = 0
    while from < episodes.count {
      var to = from
      while to < episodes.count, episodes[to].began == episodes[from].began { to += 1 }
      let moment = episodes[from].began
      for index in from..<to {
        unwell[episodes[index].pipeline] = Swift.max(unwell[episodes[index].pipeline] ?? 0, episodes[index].ended ?? .max)
      }
      for index in from..<to {
        let episode = episodes[index]
        guard rules.contains(episode.rule), !episode.pipeline.isEmpty else {
          messages.append([index])
          continue
        }
        let cause = cause(of: episode.pipeline) { (unwell[$0] ?? 0) > moment }
        let over = episode.ended.map { $0 + TimeSpan.hour } ?? .max
        if let known = open[cause], known.until >= moment {
          messages[known.message].append(index)
          open[cause] = (known.message, Swift.max(known.until, over))
        } else {
          open[cause] = (messages.count, over)
          messages.append([index])
        }
      }
      from = to
    }
    return messages
  }
}
