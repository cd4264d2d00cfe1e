import PlumbEngine

/// How well the lateness of direct upstreams explains a pipeline's failures, from times and outcomes alone.
struct UpstreamSymptom: Sendable {
  /// 0 to 1: the share of recent failures during which an upstream was late or failing, minus the share among successes.
  var strength = 0.0
  /// The number of failures during which an upstream was late.
  var failures = 0
  var since: Int64?

  init() {}

  /// - Parameters:
  ///   - latest: the index of the earliest attempt that counts as recent.
  ///   - began: when the latest sequence of failures began.
  ///   - isLate: returns whether an upstream of the pipeline had no success in time at a given time.
  init(_ past: PipelinePast, recentFrom latest: Int, began: Int64?, isLate: (Int64) -> Bool) {
    var failed = 0, failedLate = 0, succeeded = 0, succeededLate = 0
    var second: Int64?
    for (place, attempt) in past.attempts.enumerated() {
      if let began, second == nil, attempt.outcome == .failed, attempt.started > began { second = attempt.started }
      switch attempt.outcome {
      case .failed where place >= latest:
        failed += 1
        if isLate(attempt.started) {
          failedLate += 1
          if attempt.started >= began ?? .min { since = since ?? attempt.started }
        }
      case .succeeded:
        succeeded += 1
        if isLate(attempt.started) { succeededLate += 1 }
      case .failed, .running, .skipped, .other: break
      }
    }
    guard failedLate > 0 else { return }
    failures = failedLate
    // Runs with late data may succeed occasionally; if they mostly do, lateness explains nothing.
    let share = Double(failedLate) / Double(failed)
    let harmless = succeeded == 0 ? 0 : Double(succeededLate) / Double(succeeded)
    strength = share * Swift.max(0, 1 - 2 * Swift.max(0, harmless - 0.1))
    // A failure that began before the upstream's trouble has another reason.
    if let began, since != began, since != second { strength *= 0.3 }
  }
}
