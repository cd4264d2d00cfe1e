import PlumbEngine
import PlumbModel

extension Simulator {
  /// Returns the alerts of simple rules until `clock`, in the order of time.
  func alertsTable(clock: Int64) throws -> Table {
    var alerts = ruleAlerts(clock: clock)
    alerts += planAlerts(clock: clock)
    alerts.sort { ($0.at, $0.pipeline, $0.rule.rawValue) < ($1.at, $1.pipeline, $1.rule.rawValue) }
    if !mutedAlerts.isEmpty {
      alerts.removeAll { alert in mutedAlerts.contains { $0.pipeline == alert.pipeline && $0.rule == alert.rule.name } }
    }
    let writer = RowsWriter(TelemetryModel.alerts)
    for alert in alerts {
      let pipeline = topology.pipelines[alert.pipeline]
      writer.append(0, word: alert.at)
      writer.append(1, string: alert.rule.name)
      writer.append(2, string: pipeline.name)
      writer.append(3, string: alert.rule.severity(tier: pipeline.tier))
      writer.append(4, string: alert.rule.message(pipeline.name, alert.number))
      writer.endRow()
    }
    return Table(name: "alerts", schema: TelemetryModel.alerts, groups: try writer.finish())
  }

  /// Returns announced builds, and secrets that are about to expire if they are monitored.
  private func planAlerts(clock: Int64) -> [Alert] {
    var alerts: [Alert] = []
    for notice in plan.notices where notice.at >= 0 && ticks(notice.at) <= clock {
      let rule: AlertRule = switch notice.kind {
      case .buildChanged: .buildChanged
      case .credentialExpiring: .credentialExpiring
      case .credentialRotated: .credentialRotated
      }
      alerts.append(Alert(at: ticks(notice.at), pipeline: notice.pipeline, rule: rule, number: notice.number))
    }
    guard isEasy else { return alerts }
    for build in plan.deployments where build.at >= 0 && ticks(build.at) <= clock {
      alerts.append(
        Alert(at: ticks(build.at), pipeline: build.pipeline, rule: .buildChanged, number: Int64(build.build)))
    }
    for incident in plan.incidents where incident.cause == .expiredCredentials && incident.began >= 0 {
      // Six in ten are monitored; which ones follows from the second in which they begin.
      guard ticks(incident.began) <= clock, incident.began / 1_000 % 10 < 6 else { continue }
      let hours = (incident.full - incident.began) / 3_600_000
      alerts.append(
        Alert(at: ticks(incident.began), pipeline: incident.pipeline, rule: .credentialExpiring, number: hours))
    }
    return alerts
  }

  private func ruleAlerts(clock: Int64) -> [Alert] {
    var watches = topology.pipelines.map { AlertWatch($0, origin: origin) }
    var alerts: [Alert] = []
    let areWide = store.dictionaries.areWide
    store.forEachSegment { segment, n in
      let statuses = segment.status.view(UInt8.self)
      let started = segment.started.view(Int64.self)
      let ended = segment.ended.view(Int64.self)
      let durations = segment.duration.view(Int64.self)
      let backlogs = segment.backlog.view(Int32.self)
      for row in 0..<n {
        guard let status = RunStatus(rawValue: statuses[row]), status != .skipped else { continue }
        let pipeline = segment.pipeline(row, areWide: areWide)
        watches[pipeline].see(
          status, started: started[row], ended: ended[row], duration: durations[row],
          backlog: Double(backlogs[row]), pipeline, &alerts)
      }
    }
    for pipeline in watches.indices { watches[pipeline].checkAge(at: clock, pipeline, &alerts) }
    return alerts.filter { $0.at <= clock }
  }
}

/// A rule that fired.
private struct Alert {
  var at: Int64
  var pipeline: Int
  var rule: AlertRule
  var number: Int64
}

private enum AlertRule: Int {
  case failedThreeTimes, slowRun, backlogHigh, slaMissed, credentialExpiring, buildChanged, credentialRotated

  var name: String {
    switch self {
    case .failedThreeTimes: "failed-three-times"
    case .slowRun: "slow-run"
    case .backlogHigh: "backlog-high"
    case .slaMissed: "sla-missed"
    case .credentialExpiring: "credential-expiring"
    case .buildChanged: "build-changed"
    case .credentialRotated: "credential-rotated"
    }
  }

  func severity(tier: Int) -> String {
    switch self {
    case .failedThreeTimes, .slaMissed: tier == 1 ? "critical" : "high"
    case .backlogHigh: tier == 1 ? "high" : "medium"
    case .slowRun, .credentialExpiring: "medium"
    case .buildChanged, .credentialRotated: "info"
    }
  }

  func message(_ pipeline: String, _ number: Int64) -> String {
    switch self {
    case .failedThreeTimes: "\(pipeline) failed \(number) times in a row"
    case .slowRun: "\(pipeline) took \(number) times its usual duration"
    case .backlogHigh: "\(pipeline) has \(number) records waiting"
    case .slaMissed: "\(pipeline) has had no success for \(number) minutes, more than agreed"
    case .credentialExpiring: "A credential of \(pipeline) expires in about \(number) hours"
    case .buildChanged: "Build \(number) of \(pipeline) was deployed"
    case .credentialRotated: "The credential of \(pipeline) was rotated"
    }
  }
}

/// What the rules remember about a pipeline.
private struct AlertWatch {
  private let sla: Int64
  private let usualBatch: Double
  private var failures: Int64 = 0
  private var usualDuration = 0.0
  private var isSlow = false
  private var isFull = false
  private var hasMissed = false
  private var lastSuccess: Int64

  init(_ model: PipelineModel, origin: Int64) {
    sla = model.sla * 10_000
    usualBatch = model.rate * model.schedule.meanInterval
    lastSuccess = origin + model.offset * 10_000
  }

  mutating func checkAge(at moment: Int64, _ pipeline: Int, _ alerts: inout [Alert]) {
    if !hasMissed && moment > lastSuccess + sla {
      hasMissed = true
      alerts.append(
        Alert(at: lastSuccess + sla, pipeline: pipeline, rule: .slaMissed, number: sla / 600_000_000))
    }
  }

  mutating func see(
    _ status: RunStatus, started: Int64, ended: Int64, duration: Int64, backlog: Double, _ pipeline: Int,
    _ alerts: inout [Alert]
  ) {
    checkAge(at: ended, pipeline, &alerts)
    if status == .failed {
      failures += 1
      if failures == 3 { alerts.append(Alert(at: ended, pipeline: pipeline, rule: .failedThreeTimes, number: 3)) }
    } else if status == .succeeded {
      failures = 0
      lastSuccess = ended
      hasMissed = false
      let ratio = usualDuration > 0 ? Double(duration) / usualDuration : 1
      if ratio > 3 && !isSlow {
        alerts.append(Alert(at: ended, pipeline: pipeline, rule: .slowRun, number: Int64(ratio)))
      }
      isSlow = ratio > 3
      // A single slow run must not become usual.
      let length = usualDuration > 0 ? Swift.min(Double(duration), 3 * usualDuration) : Double(duration)
      usualDuration += (usualDuration > 0 ? 0.05 : 1) * (length - usualDuration)
    }
    if backlog > usualBatch * 4 + 40 {
      if !isFull { alerts.append(Alert(at: ended, pipeline: pipeline, rule: .backlogHigh, number: Int64(backlog))) }
      isFull = true
    } else if backlog < usualBatch * 2 + 40 {
      isFull = false
    }
  }
}
