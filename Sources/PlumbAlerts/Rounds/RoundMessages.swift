import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// What is known about how pipelines depend on each other, for the messages of a round.
struct Lineage {
  let upstream: [String: [String]]
  let tiers: [String: Int64]
  /// Asks `why` where the trouble of pipelines began.
  let origins: ([String]) throws -> [String: String]
}

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
    _ lineage: Lineage, _ store: inout AlertStore, _ now: Int64
  ) {
    let byName = Dictionary(rules.map { ($0.name, $0) }) { first, _ in first }
    // What was sent last about an alert.
    var last: [String: Int] = [:]
    for (index, row) in store.notifications.enumerated() where row.state != AlertMessage.State.trouble.rawValue {
      last["\(row.rule)\u{1F}\(row.key)\u{1F}\(row.target)"] = index
    }
    func known(_ alert: MessageAlert, _ target: Target) -> NotificationRow? {
      last["\(alert.rule)\u{1F}\(alert.key)\u{1F}\(target.name)"].map { store.notifications[$0] }
    }
    func isKnown(_ alert: MessageAlert, _ target: Target) -> Bool {
      known(alert, target).map { $0.at >= alert.began && $0.status != .silenced } ?? false
    }
    // When a target last heard of what still fires, by target and cause: a repetition includes what was folded into the message.
    var told: [[String]: Int64] = [:]
    for alert in opened {
      for target in byName[alert.rule].map({ targets(of: $0) }) ?? [] {
        guard isKnown(alert, target), let row = known(alert, target), row.status != .folded, !row.cause.isEmpty else { continue }
        told[[target.name, row.cause]] = Swift.max(told[[target.name, row.cause]] ?? .min, row.at)
      }
    }
    func isDue(_ alert: MessageAlert, _ rule: AlertRule, _ target: Target) -> Bool {
      guard isKnown(alert, target), let row = known(alert, target) else { return true }
      return rule.repeats > 0 && now - (told[[target.name, row.cause]] ?? row.at) >= rule.repeats
    }
    var due: [(alert: MessageAlert, rule: AlertRule, target: Target)] = []
    for alert in opened {
      guard let rule = byName[alert.rule] else { continue }
      for target in targets(of: rule) where target.kind != .alertmanager {
        if silenced.contains("\(alert.rule)\u{1F}\(alert.key)") {
          if (known(alert, target)?.at ?? .min) < alert.began { store.notifications.append(row(alert, target, .silenced, id: "", message: nil, "", now)) }
        } else if isDue(alert, rule, target) {
          due.append((alert, rule, target))
        }
      }
    }
    // Only what was reported can be over for its reader.
    for alert in closed {
      guard let rule = byName[alert.rule] else { continue }
      for target in targets(of: rule) where target.kind != .alertmanager {
        guard isKnown(alert, target), known(alert, target)?.state == AlertMessage.State.firing.rawValue else { continue }
        due.append((alert, rule, target))
      }
    }
    let causes = self.causes(of: due.filter { $0.rule.groupsByCause && $0.alert.ended == nil }.map(\.alert.pipeline), opened, lineage)
    // The causes that targets know of: something that fires still was reported with them.
    var reported: Set<[String]> = []
    for alert in opened {
      for target in byName[alert.rule].map({ targets(of: $0) }) ?? [] where isKnown(alert, target) {
        if let cause = known(alert, target)?.cause, !cause.isEmpty { reported.insert([target.name, cause]) }
      }
    }
    var groups: [[String]: (state: AlertMessage.State, cause: String?, target: Target, alerts: [MessageAlert])] = [:]
    var order: [[String]] = []
    for (alert, rule, target) in due {
      let state: AlertMessage.State = alert.ended == nil ? .firing : .resolved
      var cause: String?
      if rule.groupsByCause, !alert.pipeline.isEmpty {
        // What is over joins those with which it was reported.
        let told = known(alert, target)?.cause ?? ""
        cause = state == .resolved || (isKnown(alert, target) && !told.isEmpty) ? (told.isEmpty ? nil : told) : causes[alert.pipeline]
      }
      let name = [state.rawValue, target.name] + (cause.map { ["cause", $0] } ?? [alert.rule, alert.key, ""])
      if groups[name] == nil {
        groups[name] = (state, cause, target, [])
        order.append(name)
      }
      groups[name]?.alerts.append(alert)
    }
    for name in order {
      guard let group = groups[name], let first = group.alerts.first else { continue }
      let hasToldAny = group.alerts.contains { known($0, group.target) != nil }
      // Downstream alerts stay quiet while their cause is reported.
      if group.state == .firing, let cause = group.cause, reported.contains([group.target.name, cause]),
        !group.alerts.contains(where: { isKnown($0, group.target) })
      {
        for alert in group.alerts { store.notifications.append(row(alert, group.target, .folded, id: "", message: nil, cause, now)) }
        continue
      }
      let ordered = [group.alerts.first { $0.pipeline == group.cause } ?? first]
      let rest = group.alerts.filter { alert in !ordered.contains { $0.rule == alert.rule && $0.key == alert.key } }
      let message = AlertMessage(
        state: group.state, alerts: ordered + rest, cause: group.alerts.count > 1 || group.cause != first.pipeline ? group.cause : nil,
        tier: group.alerts.compactMap { lineage.tiers[$0.pipeline] }.min())
      let id = message.id(group.state == .resolved || hasToldAny ? now : 0)
      for (place, alert) in message.alerts.enumerated() {
        store.notifications.append(
          row(alert, group.target, place == 0 ? .waiting : .folded, id: id, message: message, group.cause ?? "", now))
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
        var row = row(alert, target, .waiting, id: message.id(0), message: message, "", now)
        row.state = message.state.rawValue
        store.notifications.append(row)
      }
    }
  }

  /// The causes of pipelines that have alerts: where `why` leads, or if it knows nothing, the pipeline farthest upstream that is reached
  /// through pipelines that have alerts.
  private func causes(of pipelines: [String], _ opened: [MessageAlert], _ lineage: Lineage) -> [String: String] {
    let names = Set(pipelines.filter { !$0.isEmpty })
    // A message matters more than its cause: if `why` cannot be asked, the lineage decides.
    let origins = (try? lineage.origins(names.sorted())) ?? [:]
    let unwell = Set(opened.map(\.pipeline))
    let folding = CauseFolding(upstream: lineage.upstream)
    return Dictionary(uniqueKeysWithValues: names.map { name in
      (name, origins[name] ?? folding.cause(of: name) { unwell.contains($0) })
    })
  }

  private func row(
    _ alert: MessageAlert, _ target: Target, _ status: DeliveryStatus, id: String, message: AlertMessage?, _ cause: String, _ now: Int64
  ) -> NotificationRow {
    NotificationRow(
      id: id, at: now, rule: alert.rule, key: alert.key, state: alert.ended == nil ? "firing" : "resolved",
      severity: alert.severity.rawValue, target: target.name, status: status, attempts: 0, next: nil, problem: "", says: alert.says,
      alerts: message?.alerts.count ?? 1, payload: status == .waiting ? message.map { target.payload($0, id: id) } ?? "" : "", cause: cause)
  }
}
