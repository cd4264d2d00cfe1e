import Glibc
import PlumbAlerts
import PlumbDatabase
import PlumbEngine

/// Evaluates rules at their intervals until it is stopped.
final class AlertLoop: Sendable {
  private let isStopped = LockedValue(false)

  func stop() { isStopped.withLock { $0 = true } }

  /// - Parameters:
  ///   - report: called after each round with the rules that it evaluated.
  ///   - failed: called when a round cannot be stored; the next one tries again.
  func run(
    _ rules: [AlertRule], _ runner: AlertRunner, report: (RoundReport, [AlertRule]) -> Void, failed: (any Error) -> Void
  ) {
    var due: [String: Int64] = [:]
    defer { runner.stopPreparing() }
    while !isStopped.withLock({ $0 }) {
      runner.prepareInBackground()
      let now = SessionOptions.systemClock()
      let ready = rules.filter { (due[$0.name] ?? .min) <= now }
      if !ready.isEmpty {
        for rule in ready { due[rule.name] = now + rule.every }
        do { report(try runner.round(ready, attempts: 1), ready) } catch { failed(error) }
      }
      usleep(100_000)
    }
  }
}
