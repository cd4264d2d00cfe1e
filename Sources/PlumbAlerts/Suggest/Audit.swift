import PlumbDatabase
import PlumbEngine

/// Finds rules that do nothing, are never right or repeat each other, and silences that have outlived their reason.
package enum AlertAudit {
  package static let schema: Schema = [
    ColumnInfo("finding", .string), ColumnInfo("rule", .string), ColumnInfo("other", .string), ColumnInfo("share", .real),
    ColumnInfo("detail", .string),
  ]

  /// How much of their alerts two rules must share.
  private static let alike = 0.9

  /// - Throws: as `AlertTest.scores`.
  package static func rows(
    of rules: [AlertRule], in catalog: Catalog, _ options: SessionOptions, over: Int64, now: Int64,
    isCancelled: @escaping @Sendable () -> Bool, progress: @escaping @Sendable (Double) -> Void
  ) throws -> [[Value]] {
    let replay = try Replay(catalog, options, over: over, now: now, isCancelled: isCancelled)
    let replays = try replay.run(rules, progress: progress)
    let truth = try Truth(catalog, options, now: now)
    var rows: [[Value]] = []
    func row(_ finding: String, _ rule: String, _ other: String = "", _ share: Double? = nil, _ detail: String) {
      rows.append([.string(finding), .string(rule), .string(other), share.map { .real(($0 * 1000).rounded() / 1000) } ?? .null(.real), .string(detail)])
    }
    let time = RuleKey.short(replay.end - replay.start - (replay.end - replay.start) % TimeSpan.hour)
    for replayed in replays {
      let name = replayed.rule.name
      let score = truth.score(name, [replayed], [:], from: replay.start, to: replay.end)
      if replayed.evaluations > 0, replayed.unknown == replayed.evaluations {
        row("always unknown", name, "", nil, replayed.problem ?? "")
      } else if replayed.episodes.isEmpty {
        row("never fired", name, "", nil, "in \(time)")
      } else if score.isScored, score.messages > 0, score.trueMessages == 0, !truth.incidents.isEmpty {
        row("never true", name, "", 0, "no incident explains any of its \(counted(score.messages, "message")) in \(time)")
      }
    }
    for (index, first) in replays.enumerated() {
      for second in replays[(index + 1)...] {
        let (a, b) = (hours(first, replay.end), hours(second, replay.end))
        guard a.count >= 5, b.count >= 5 else { continue }
        let share = Double(a.intersection(b).count) / Double(a.union(b).count)
        if share >= Self.alike {
          row("fire together", first.rule.name, second.rule.name, share, "in \(counted(a.intersection(b).count, "hour")) of the same keys")
        }
      }
    }
    let names = Set(rules.map(\.name))
    for silence in try Silence.all(in: catalog) {
      let age = RuleKey.short(now - silence.created - (now - silence.created) % TimeSpan.hour)
      if silence.until <= now {
        row("silence is over", silence.rule, "\(silence.id)", nil, "\(silence.reason); `.drop silence \(silence.id)` deletes it")
      } else if !names.contains(silence.rule) {
        row("silence without a rule", silence.rule, "\(silence.id)", nil, silence.reason)
      } else if now - silence.created > 7 * 24 * TimeSpan.hour {
        row("old silence", silence.rule, "\(silence.id)", nil, "\(silence.reason); it is \(age) old")
      }
    }
    return rows
  }

  /// The hours in which each key's alert fired.
  private static func hours(_ replay: RuleReplay, _ end: Int64) -> Set<[String]> {
    var result: Set<[String]> = []
    for episode in replay.episodes {
      let name = episode.pipeline.isEmpty ? episode.key : episode.pipeline
      for hour in stride(from: episode.began / TimeSpan.hour, through: (episode.ended ?? end) / TimeSpan.hour, by: 1) {
        result.insert([name, String(hour)])
      }
    }
    return result
  }
}
