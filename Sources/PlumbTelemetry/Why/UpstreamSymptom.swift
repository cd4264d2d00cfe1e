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
  ///   - trouble: returns how late or failing the upstreams were at a given time; 0 if not at all.
  init(_ past: PipelinePast, recentFrom latest: Int, began: Int64?, trouble: (Int64) -> Double) {
    var failed: [(started: Int64, trouble: Double)] = [], succeeded: [Double] = []
    var second: Int64?
    for (place, attempt) in past.attempts.enumerated() {
      if let began, second == nil, attempt.outcome == .failed, attempt.started > began { second = attempt.started }
      switch attempt.outcome {
      case .failed where place >= latest: failed.append((attempt.started, trouble(attempt.started)))
      case .succeeded: succeeded.append(trouble(attempt.started))
      case .failed, .running, .skipped, .other: break
      }
    }
    // Upstreams are often a little late, which does no harm; the least trouble that separates failures from successes counts.
    for least in Set(failed.map(\.trouble)).sorted() where least > 0 {
      let late = failed.filter { $0.trouble >= least }
      let share = Double(late.count) / Double(failed.count)
      let harmless = succeeded.isEmpty ? 0 : Double(succeeded.count { $0 >= least }) / Double(succeeded.count)
      // Runs with late data may succeed occasionally; if they mostly do, lateness explains nothing.
      let strength = share * Swift.max(0, 1 - 2 * Swift.max(0, harmless - 0.1))
      guard strength > self.strength || failures == 0 else { continue }
      self.strength = strength
      failures = late.count
      since = late.first { $0.started >= began ?? .min }?.started
    }
    // A failure that began before the upstream's trouble has another reason.
    if failures > 0, let began, since != began, since != second { strength *= 0.3 }
  }
}
