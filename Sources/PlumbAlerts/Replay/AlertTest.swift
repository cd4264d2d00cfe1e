import PlumbDatabase
import PlumbEngine

/// The test of rules over history.
package enum AlertTest {
  /// 30 days.
  package static let usualTime = 30 * 24 * TimeSpan.hour

  /// Replays rules and scores each of them; with several, the last score is of the rule `all`.
  ///
  /// - Throws: `ReplayStopped`; a diagnostic if there is no history; what is wrong with a rule's query.
  package static func scores(
    of rules: [AlertRule], in catalog: Catalog, _ options: SessionOptions, over: Int64, now: Int64, withAll: Bool = false,
    isCancelled: @escaping @Sendable () -> Bool = { false }, progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws -> [Score] {
    let replay = try Replay(catalog, options, over: over, now: now, isCancelled: isCancelled)
    let replays = try replay.run(rules, progress: progress)
    let reading = try catalog.reading()
    defer { reading.end() }
    let base = reading.catalog
    base.store = nil
    let truth = try Truth(base, options, now: now)
    var scores = replays.map { truth.score($0.rule.name, [$0], from: replay.start, to: replay.end) }
    if withAll { scores.append(truth.score("all", replays, from: replay.start, to: replay.end)) }
    return scores
  }
}
