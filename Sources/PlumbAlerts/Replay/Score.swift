import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// How well alerts match the incidents of a workspace.
///
/// - An incident counts if it began in the time of the replay, affected a pipeline, and a run of its own pipeline failed in it, or was
///   skipped, and no retry healed it.
/// - It is detected by an alert of a pipeline that it affected (`Truth`), or of one downstream, that begins while it lasts or
///   within an hour after it.
/// - A message is true if an incident explains it: one that affected its pipeline, or a pipeline upstream of it.
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

extension Truth {
  /// Scores one rule, or several together.
  ///
  /// - Parameter origins: those that `why` gave for pipelines when alerts began; without them, the lineage decides what is one message.
  func score(
    _ name: String, _ replays: [RuleReplay], _ origins: [Int64: [String: String]], from start: Int64, to end: Int64
  ) -> Score {
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
    let messages = CauseFolding(upstream: upstream, origins: origins).messages(episodes, grouping: grouping)
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
