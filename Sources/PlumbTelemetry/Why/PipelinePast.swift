import PlumbEngine

/// What a pipeline did in the days before a point in time, and what is usual for it.
struct PipelinePast: Sendable {
  /// An attempt to run that had started by then.
  struct Attempt: Sendable {
    enum Outcome: Sendable {
      case succeeded, failed, running
      /// Skipped for unknown reasons.
      case skipped
      case other
    }

    var started: Int64
    var ended: Int64
    var outcome: Outcome
    /// The index of its error reading, or -1.
    var error: Int
  }

  let name: String
  var origin = PipelineOrigin()

  /// In the order of their starts.
  private(set) var attempts: [Attempt] = []
  /// The signs of all attempts, one after the other; unknown ones are NaN.
  private var values: [Double] = []

  /// The number of successes from which the usual values were computed.
  var history: Int64 = 0
  /// The usual time between successes in ticks; 0 if unknown.
  var gap: Int64 = 0
  var failureRate = Double.nan
  /// Indexed by sign; NaN if unknown.
  var usual = [Double](repeating: .nan, count: Sign.allCases.count)
  var spread = [Double](repeating: .nan, count: Sign.allCases.count)

  var schemaChanges: [(at: Int64, text: String)] = []
  var alerts: [(at: Int64, rule: String, message: String)] = []

  init(name: String) { self.name = name }

  mutating func append(_ attempt: Attempt, value: (Sign) -> Double) {
    attempts.append(attempt)
    for sign in Sign.allCases { values.append(value(sign)) }
  }

  /// Counts an attempt as failed, with the reading of its error.
  mutating func fail(_ attempt: Int, reading: Int) {
    attempts[attempt].outcome = .failed
    attempts[attempt].error = reading
  }

  /// Returns whether the last finished run that had begun by `moment` failed, and began after `earliest`.
  func hadFailed(by moment: Int64, after earliest: Int64) -> Bool {
    let last = attempts.last { $0.started <= moment && ($0.outcome == .succeeded || $0.outcome == .failed) }
    return last.map { $0.outcome == .failed && $0.started > earliest } ?? false
  }

  func value(_ sign: Sign, _ attempt: Int) -> Double { values[attempt * Sign.allCases.count + sign.rawValue] }

  /// Returns the end of the last success that had ended by `moment`.
  func lastSuccess(by moment: Int64) -> Int64? {
    var last: Int64?
    for attempt in attempts where attempt.outcome == .succeeded && attempt.ended <= moment {
      last = Swift.max(last ?? .min, attempt.ended)
    }
    return last
  }

  /// Returns what the latest failed attempt reported, as a phrase; nil if it reported nothing.
  func lastError(_ readings: [ErrorReading]) -> String? {
    for attempt in attempts.reversed() where attempt.outcome == .failed && readings.indices.contains(attempt.error) {
      let reading = readings[attempt.error]
      if !reading.isSkip, !reading.phrase.isEmpty { return reading.phrase }
    }
    return nil
  }

  /// Returns how far a sign of one attempt is beyond the usual, 0 to 1.
  func strength(_ sign: Sign, of value: Double) -> Double {
    let usual = usual[sign.rawValue]
    guard history >= 10, value.isFinite, usual.isFinite else { return 0 }
    let spread = spread[sign.rawValue].isFinite ? Swift.max(spread[sign.rawValue], 0) : 0
    return sign.strength(value, usual: usual, spread: spread, gap: Double(gap) / 1e7)
  }
}
