import PlumbDatabase
import PlumbEngine

/// The test of rules over history.
package enum AlertTest {
  /// 30 days.
  package static let usualTime = 30 * 24 * TimeSpan.hour

  package static let instanceSchema: Schema = [
    ColumnInfo("rule", .string), ColumnInfo("key", .string), ColumnInfo("pipeline", .string), ColumnInfo("began", .datetime),
    ColumnInfo("ended", .datetime), ColumnInfo("incidents", .dynamic),
  ]

  /// Replays rules and lists their alerts, with the incidents that explain them.
  ///
  /// - Throws: as `scores`.
  package static func instances(
    of rules: [AlertRule], in catalog: Catalog, _ options: SessionOptions, over: Int64, now: Int64,
    isCancelled: @escaping @Sendable () -> Bool = { false }, progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws -> [[Value]] {
    let replay = try Replay(catalog, options, over: over, now: now, isCancelled: isCancelled)
    let replays = try replay.run(rules, progress: progress)
    let truth = try Truth(catalog, options, now: now)
    let episodes = replays.flatMap(\.episodes).sorted { ($0.began, $0.rule, $0.key) < ($1.began, $1.rule, $1.key) }
    return episodes.map { episode in
      let incidents = truth.explaining(episode.pipeline, at: episode.began).map { Dynamic.string(truth.incidents[$0].id) }
      return [
        .string(episode.rule), .string(episode.key), .string(episode.pipeline), .datetime(episode.began), .moment(episode.ended),
        .dynamic(.array(incidents)),
      ]
    }
  }

  /// Replays rules and scores each of them; with several, the last score is of the rule `all`.
  ///
  /// - Throws: `ReplayStopped`; a diagnostic if no table has rows in that time; what is wrong with a rule's query.
  package static func scores(
    of rules: [AlertRule], in catalog: Catalog, _ options: SessionOptions, over: Int64, now: Int64, withAll: Bool = false,
    isCancelled: @escaping @Sendable () -> Bool = { false }, progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws -> [Score] {
    let replay = try Replay(catalog, options, over: over, now: now, isCancelled: isCancelled)
    let replays = try replay.run(rules, progress: progress)
    let truth = try Truth(catalog, options, now: now)
    let origins = try replay.origins(of: replays)
    var scores = replays.map { truth.score($0.rule.name, [$0], origins, from: replay.start, to: replay.end) }
    if withAll { scores.append(truth.score("all", replays, origins, from: replay.start, to: replay.end)) }
    return scores
  }
}
