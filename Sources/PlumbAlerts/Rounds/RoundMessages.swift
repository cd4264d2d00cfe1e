import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// The messages of a round: what is sent, folded by cause, or silenced.
extension AlertRunner {
  // MARK: Lineage

  static func edges(_ catalog: Catalog) throws -> [String: [String]] {
    guard let schema = catalog.schema(ofTable: "edges"), schema.contains(ColumnInfo("upstream", .string)),
      schema.contains(ColumnInfo("downstream", .string)), let table = try catalog.table(named: "edges")
    else { return [:] }
    var upstream: [String: Set<String>] = [:]
    let from = schema.firstIndex { $0.name == "upstream" } ?? 0
    let to = schema.firstIndex { $0.name == "downstream" } ?? 0
    let until = schema.firstIndex(of: ColumnInfo("until", .datetime))
    for group in table.groups {
      let (above, below) = (try group.column(from), try group.column(to))
      let ends = try until.map { try group.column($0) }
      for row in 0..<group.count where ends?.isEmptyCell(at: row) ?? true {
        upstream[below.value(at: row).string, default: []].insert(above.value(at: row).string)
      }
    }
    return upstream.mapValues { $0.sorted() }
  }

  static func tiers(_ catalog: Catalog) throws -> [String: Int64] {
    guard let schema = catalog.schema(ofTable: "pipelines"), let name = schema.firstIndex(of: ColumnInfo("name", .string)),
      let tier = schema.firstIndex(of: ColumnInfo("tier", .long)), let table = try catalog.table(named: "pipelines")
    else { return [:] }
    var tiers: [String: Int64] = [:]
    for group in table.groups {
      let (names, values) = (try group.column(name), try group.column(tier))
      for row in 0..<group.count where !values.isEmptyCell(at: row) { tiers[names.value(at: row).string] = values.value(at: row).number }
    }
    return tiers
  }

  // MARK: Messages

  func targets(of rule: AlertRule) -> [Target] {
    overridesTargets || rule.targets.isEmpty ? defaults : rule.targets.compactMap { targets[$0] }
  }

  /// Writes the messages of a round into the store, to be delivered.
  func notify(
    _ rules: [AlertRule], _ outcomes: [Outcome], _ opened: [MessageAlert], _ closed: [MessageAlert], _ silenced: Set<String>,
    _ upstream: [String: [String]], _ tiers: [String: Int64], _ store: inout AlertStore, _ now: Int64
  ) {
    let byName = Dictionary(rules.map { ($0.name, $0) }) { first, _ in first }
    // What was sent last about an alert.
    var last: [String: Int] = [:]
    for (index, row) in store.notifications.enumerated() where row.state != AlertMessage.State.trouble.rawValue {
      last["\(row.rule)\u{1F}\(row.key)\u{1F}\(row.target)"] = index
    }
    let unwell = Set(opened.map(\.pipeline))
    let folding = CauseFolding(upstream: upstream)
    for (state, alerts) in [(AlertMessage.State.firing, opened), (.resolved, closed)] {
      var groups: [String: (cause: String?, target: Target, alerts: [MessageAlert])] = [:]
      var order: [String] = []
      for alert in alerts {
        guard let rule = byName[alert.rule] else { continue }
        for target in targets(of: rule) where target.kind != .alertmanager {
          let place = last["\(alert.rule)\u{1F}\(alert.key)\u{1F}\(target.name)"].map { store.notifications[$0] }
          let isKnown = place.map { $0.at >= alert.began && $0.status != .silenced } ?? false
          if state == .resolved {
            // Only what was reported can be over for its reader.
            guard isKnown, place?.state == AlertMessage.State.firing.rawValue else { continue }
          } else {
            if silenced.contains("\(alert.rule)\u{1F}\(alert.key)") {
              if place == nil || (place?.at ?? 0) < alert.began {
                store.notifications.append(row(alert, target, .silenced, id: "", message: nil, now))
              }
              continue
            }
            let isDue = place.map { rule.repeats > 0 && now - $0.at >= rule.repeats } ?? true
            if isKnown && !isDue { continue }
          }
          let cause = rule.groupsByCause && !alert.pipeline.isEmpty ? folding.cause(of: alert.pipeline) { unwell.contains($0) } : nil
          let name = "\(target.name)\u{1F}" + (cause ?? "\u{1F}\(alert.rule)\u{1F}\(alert.key)")
          if groups[name] == nil {
            groups[name] = (cause, target, [])
            order.append(name)
          }
          groups[name]?.alerts.append(alert)
        }
      }
      for name in order {
        guard let group = groups[name], let first = group.alerts.first else { continue }
        // Downstream alerts stay quiet while their cause is reported.
        if state == .firing, let cause = group.cause, isReported(cause, group.target, store, upstream, opened, now),
          group.alerts.allSatisfy({ alert in last["\(alert.rule)\u{1F}\(alert.key)\u{1F}\(group.target.name)"] == nil
            || store.notifications[last["\(alert.rule)\u{1F}\(alert.key)\u{1F}\(group.target.name)"] ?? 0].at < alert.began })
        {
          for alert in group.alerts { store.notifications.append(row(alert, group.target, .folded, id: "", message: nil, now)) }
          continue
        }
        let ordered = [group.alerts.first { $0.pipeline == group.cause } ?? first]
        let rest = group.alerts.filter { alert in !ordered.contains { $0.rule == alert.rule && $0.key == alert.key } }
        let message = AlertMessage(
          state: state, alerts: ordered + rest, cause: group.alerts.count > 1 ? group.cause : nil,
          tier: group.alerts.compactMap { tiers[$0.pipeline] }.min())
        let id = message.id(state == .resolved || group.alerts.contains { alert in
          last["\(alert.rule)\u{1F}\(alert.key)\u{1F}\(group.target.name)"] != nil } ? now : 0)
        for (place, alert) in message.alerts.enumerated() {
          store.notifications.append(row(alert, group.target, place == 0 ? .waiting : .folded, id: id, message: message, now))
        }
      }
    }
    // A rule that cannot be evaluated is reported once.
    for outcome in outcomes {
      let reported = store.notifications.last { $0.rule == outcome.rule.name && $0.state == AlertMessage.State.trouble.rawValue }
      let since = store.states.last { $0.rule == outcome.rule.name && $0.state == .unknown && $0.until == nil }?.since
      guard let trouble = outcome.trouble, let since, (reported?.at ?? .min) < since else { continue }
      let alert = MessageAlert(
        rule: outcome.rule.name, key: "", severity: outcome.rule.severity, pipeline: "",
        says: "the rule \(outcome.rule.name) cannot be evaluated: \(trouble)", runbook: "", labels: [], began: since, ended: nil,
        evidence: "null")
      let message = AlertMessage(state: .trouble, alerts: [alert], cause: nil, tier: nil)
      for target in targets(of: outcome.rule) where target.kind != .alertmanager {
        var row = row(alert, target, .waiting, id: message.id(0), message: message, now)
        row.state = message.state.rawValue
        store.notifications.append(row)
      }
    }
  }

  /// Whether a target knows of the cause: a message with an alert of its pipeline was sent, and the alert fires still.
  private func isReported(
    _ cause: String, _ target: Target, _ store: AlertStore, _ upstream: [String: [String]], _ opened: [MessageAlert], _ now: Int64
  ) -> Bool {
    opened.contains { alert in
      alert.pipeline == cause
        && store.notifications.contains { row in
          row.rule == alert.rule && row.key == alert.key && row.target == target.name && row.at >= alert.began && row.at < now
            && row.state == AlertMessage.State.firing.rawValue && row.status != .silenced
        }
    }
  }

  private func row(
    _ alert: MessageAlert, _ target: Target, _ status: DeliveryStatus, id: String, message: AlertMessage?, _ now: Int64
  ) -> NotificationRow {
    NotificationRow(
      id: id, at: now, rule: alert.rule, key: alert.key, state: alert.ended == nil ? "firing" : "resolved",
      severity: alert.severity.rawValue, target: target.name, status: status, attempts: 0, next: nil, problem: "", says: alert.says,
      alerts: message?.alerts.count ?? 1, payload: status == .waiting ? message.map { target.payload($0, id: id) } ?? "" : "")
  }
}
