import Glibc
import PlumbEngine
import PlumbModel

/// What one pipeline shows at a point in time: the errors of its latest runs, and which numbers are unusual.
struct Symptoms: Sendable {
  /// An unusual number.
  struct Departure: Sendable {
    var strength: Double
    /// The median of the latest runs.
    var value: Double
    var since: Int64
  }

  /// How many failures point at each suspect, by its index, and how recent the latest is, 0 to 1.
  private(set) var failures = [Double](repeating: 0, count: Suspect.all.count)
  private(set) var freshness = [Double](repeating: 0, count: Suspect.all.count)
  /// The same failures, with older ones weighted less.
  private(set) var weight = [Double](repeating: 0, count: Suspect.all.count)
  private(set) var failedSince = [Int64?](repeating: nil, count: Suspect.all.count)
  /// Indexed by sign.
  private(set) var departures = [Departure?](repeating: nil, count: Sign.allCases.count)
  /// Recent attempts that have ended, those that failed, and those since the last success.
  private(set) var done = 0
  private(set) var failed = 0
  /// Those of `failed` that never began.
  private(set) var skipped = 0
  private(set) var failedInARow = 0
  /// When the current sequence of failures began; one success ends it only if more follow. Nil without failures.
  private(set) var failingSince: Int64?
  /// The index of the earliest attempt that counts.
  private(set) var firstCounted = 0
  /// The starts of attempts that failed for lack of upstream data.
  private(set) var upstreamFailures: [Int64] = []
  /// The starts of attempts that failed, latest first.
  private(set) var latestFailures: [Int64] = []
  /// The starts of those that never began.
  private(set) var skips: Set<Int64> = []

  private static let hour: Int64 = 36_000_000_000
  /// Weekly runs are considered for this long.
  static let longest: Int64 = 60 * 24 * hour

  func departure(_ sign: Sign) -> Departure? { departures[sign.rawValue] }
  func strength(_ sign: Sign) -> Double { departures[sign.rawValue]?.strength ?? 0 }

  /// Returns how much of the latest failures, with older ones weighted less, points at `suspect`: a share of 1.
  func share(_ suspect: Suspect) -> Double {
    let all = weight.reduce(0, +)
    return all > 0 ? weight[suspect.place] / all : 0
  }

  init(_ past: PipelinePast, readings: [ErrorReading], at moment: Int64) {
    let gap = Swift.max(past.gap, 0)
    let window = Swift.min(Swift.max(6 * Self.hour, gap &* 8), Self.longest)
    let halfLife = Double(Swift.max(2 * Self.hour, gap &* 3))
    // Rare runs are outdated sooner.
    let latestCount = gap < Self.hour &* 3 / 4 ? 5 : 3
    var latest: [Int] = []
    var isInARow = true
    var successes = 0
    firstCounted = past.attempts.count
    for place in past.attempts.indices.reversed() {
      let attempt = past.attempts[place]
      guard attempt.started > moment &- window else { break }
      firstCounted = place
      guard attempt.outcome == .succeeded || attempt.outcome == .failed else { continue }
      done += 1
      if latest.count < latestCount { latest.append(place) }
      if attempt.outcome == .succeeded {
        isInARow = false
        successes += 1
      }
      guard attempt.outcome == .failed else { continue }
      failed += 1
      latestFailures.append(attempt.started)
      if successes < 3 {
        failingSince = attempt.started
        successes = 0
      }
      if isInARow { failedInARow += 1 }
      guard readings.indices.contains(attempt.error) else { continue }
      if readings[attempt.error].isSkip {
        skipped += 1
        skips.insert(attempt.started)
      }
      let fresh = exp(-0.693 * Double(Swift.max(moment &- attempt.ended, 0)) / halfLife)
      for (suspect, share) in readings[attempt.error].shares {
        failures[suspect.place] += share
        weight[suspect.place] += share * fresh
        freshness[suspect.place] = Swift.max(freshness[suspect.place], fresh)
        if suspect == .upstream, share > 0.4 { upstreamFailures.append(attempt.started) }
      }
    }
    findBeginnings(past, readings, gap: gap)
    for sign in Sign.allCases { departures[sign.rawValue] = departure(sign, past, latest) }
  }

  /// Goes back from the last failure of each suspect to the first of its sequence; a quiet period ends the sequence.
  private mutating func findBeginnings(_ past: PipelinePast, _ readings: [ErrorReading], gap: Int64) {
    let quiet = Swift.max(4 * Self.hour, gap &* 5)
    for attempt in past.attempts.reversed() {
      guard attempt.outcome == .failed, readings.indices.contains(attempt.error) else { continue }
      for (suspect, _) in readings[attempt.error].shares where failures[suspect.place] > 0 {
        if let since = failedSince[suspect.place], since &- attempt.started > quiet { continue }
        failedSince[suspect.place] = attempt.started
      }
    }
  }

  private func departure(_ sign: Sign, _ past: PipelinePast, _ latest: [Int]) -> Departure? {
    func counts(_ place: Int) -> Bool { !sign.needsSuccess || past.attempts[place].outcome == .succeeded }
    let seen = latest.filter(counts).map { past.value(sign, $0) }.filter(\.isFinite).sorted()
    guard !seen.isEmpty else { return nil }
    let value = seen.count % 2 == 1 ? seen[seen.count / 2] : (seen[seen.count / 2 - 1] + seen[seen.count / 2]) / 2
    // A single run may be chance.
    let strength = past.strength(sign, of: value) * (seen.count == 1 ? 0.5 : 1)
    guard strength > 0 else { return nil }
    var since = latest.first.map { past.attempts[$0].started } ?? 0
    var usualRuns = 0
    for place in past.attempts.indices.reversed() where counts(place) {
      let number = past.value(sign, place)
      guard number.isFinite, past.attempts[place].outcome == .succeeded || past.attempts[place].outcome == .failed
      else { continue }
      if past.strength(sign, of: number) > 0 {
        since = past.attempts[place].started
        usualRuns = 0
      } else {
        usualRuns += 1
        if usualRuns == 3 { break }
      }
    }
    return Departure(strength: strength, value: value, since: since)
  }
}
