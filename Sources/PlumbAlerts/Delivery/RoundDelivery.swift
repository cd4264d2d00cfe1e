import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// Sends the messages of a round.
extension AlertRunner {
  // MARK: Delivery

  /// The longest time that a message is tried again.
  private static let patience = 24 * TimeSpan.hour

  func deliver(_ store: inout AlertStore, _ report: inout RoundReport, _ outcomes: [Outcome], attempts: Int, _ now: Int64) {
    let known = Dictionary((Array(targets.values) + defaults).map { ($0.name, $0) }) { first, _ in first }
    for index in store.notifications.indices where store.notifications[index].status == .waiting {
      guard let target = known[store.notifications[index].target] else { continue }
      for attempt in 0..<Swift.max(1, attempts) {
        let clock = SessionOptions.systemClock()
        if attempt == 0, let next = store.notifications[index].next, next > clock { break }
        if attempt > 0 { pause(milliseconds: 500 << attempt) }
        store.notifications[index].attempts += 1
        switch target.send(store.notifications[index].payload, id: store.notifications[index].id, write: write) {
        case .sent:
          store.notifications[index].status = .sent
          store.notifications[index].problem = ""
          store.notifications[index].next = nil
        case .again(let reason):
          store.notifications[index].problem = reason
          let tries = store.notifications[index].attempts
          store.notifications[index].next = clock + Swift.min(TimeSpan.hour, (5 * TimeSpan.second) << Int64(Swift.min(tries, 12)))
          if now - store.notifications[index].at > Self.patience { store.notifications[index].status = .failed }
          if attempt + 1 < Swift.max(1, attempts) { continue }
        case .failed(let reason):
          store.notifications[index].problem = reason
          store.notifications[index].status = .failed
        }
        break
      }
      if store.notifications[index].status != .sent {
        report.undelivered.append((target.name, store.notifications[index].problem))
      }
    }
    showAlertmanagers(&store, &report, outcomes, attempts: attempts, now)
  }

  /// Sends all that fires, and what ended lately, to each Alertmanager, which keeps what is sent again in time.
  private func showAlertmanagers(
    _ store: inout AlertStore, _ report: inout RoundReport, _ outcomes: [Outcome], attempts: Int, _ now: Int64
  ) {
    let managers = Set((Array(targets.values) + defaults).filter { $0.kind == .alertmanager })
    for target in managers.sorted(by: { $0.name < $1.name }) {
      var alerts: [MessageAlert] = []
      var longest: Int64 = 0
      // Times are those of the machine: an Alertmanager does not know the clock of a simulated world.
      let clock = SessionOptions.systemClock()
      let ahead = clock - now
      for outcome in outcomes where targets(of: outcome.rule).contains(target) {
        longest = Swift.max(longest, outcome.rule.every)
        guard let evaluation = outcome.evaluation else { continue }
        for row in store.states where row.rule == outcome.rule.name {
          guard let fired = row.fired, row.state == .firing || row.state == .recovering else { continue }
          let isOver = row.until != nil
          if isOver {
            // Only what was over in this round, and does not fire again.
            guard row.until == now, !store.states.contains(where: { $0.rule == row.rule && $0.key == row.key && $0.until == nil && $0.fired == fired })
            else { continue }
          } else if outcome.silenced.contains(row.key) {
            continue
          }
          alerts.append(
            alert(
              outcome.rule, row.key, row.pipeline, row.says, evaluation, row.evidence, began: fired + ahead,
              ended: isOver ? clock : nil))
        }
      }
      if alerts.isEmpty { continue }
      let body = AlertMessage.alertmanager(alerts, expires: clock + Swift.max(4 * longest, 5 * TimeSpan.minute))
      for attempt in 0..<Swift.max(1, attempts) {
        if attempt > 0 { pause(milliseconds: 500 << attempt) }
        let outcome = target.send(body, id: "", write: write)
        if case .sent = outcome { break }
        if case .failed(let reason) = outcome {
          report.undelivered.append((target.name, reason))
          break
        }
        if case .again(let reason) = outcome, attempt + 1 == Swift.max(1, attempts) { report.undelivered.append((target.name, reason)) }
      }
    }
  }
}
