import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax
import PlumbTelemetry

/// What a round of evaluations found.
package struct RoundReport: Sendable {
  /// An instance that is not ok.
  package struct Standing: Sendable {
    package let rule: String
    package let key: String
    package let severity: Severity
    package let state: AlertState
    package let since: Int64
    package let says: String
    package let isSilenced: Bool
  }

  package var standings: [Standing] = []
  /// Rules whose query failed, with the reasons.
  package var failures: [(rule: String, problems: [Diagnostic], text: String)] = []
  /// Rules whose tables are too old to judge.
  package var stale: [(rule: String, reason: String)] = []
  /// Deliveries that have not arrived, with the reasons.
  package var undelivered: [(target: String, reason: String)] = []
  package var rules = 0
  /// How long queries, states and messages took, without deliveries, in ticks.
  package var took: Int64 = 0
  /// The age of the baselines that rules compared with; nil if none did.
  package var baselinesAge: Int64?

  package func count(_ state: AlertState) -> Int { standings.count { $0.state == state } }

  /// Whether something fires at or above a severity and is not silenced.
  package func fires(atLeast severity: Severity) -> Bool {
    standings.contains { ($0.state == .firing || $0.state == .recovering) && $0.severity >= severity && !$0.isSilenced }
  }
}

/// Evaluates rules over the current tables, advances their instances, and sends messages.
///
/// A round belongs to one thread at a time.
package final class AlertRunner {
  let catalog: Catalog
  let options: @Sendable () -> SessionOptions
  let preparation = Preparation()
  let targets: [String: Target]
  let defaults: [Target]
  let overridesTargets: Bool
  private var usual: [String: (day: Int64, gap: Int64?)] = [:]
  /// Writes a line to standard output.
  let write: (String) -> Void

  /// - Parameters:
  ///   - targets: those that rules name, by name.
  ///   - defaults: those of rules without any.
  ///   - overridesTargets: whether the defaults apply to all rules.
  package init(
    _ catalog: Catalog, _ options: @escaping @Sendable () -> SessionOptions, targets: [String: Target], defaults: [Target],
    overridesTargets: Bool = false, write: @escaping (String) -> Void
  ) {
    self.catalog = catalog
    self.options = options
    self.targets = targets
    self.defaults = defaults
    self.overridesTargets = overridesTargets
    self.write = write
  }

  /// What a rule's evaluation gave.
  struct Outcome {
    let rule: AlertRule
    var evaluation: Evaluation?
    var silenced: Set<String> = []
    var problems: [Diagnostic] = []
    var trouble: String?
  }

  /// Evaluates the rules once. Messages are tried up to `attempts` times.
  ///
  /// - Throws: what storing the states throws.
  package func round(_ rules: [AlertRule], attempts: Int) throws -> RoundReport {
    let now = options().clock()
    let began = SessionOptions.systemClock()
    var store = try reading { try AlertStore($0) }
    try prepareIfNeeded(rules, now)
    let silences = try reading { try Silence.all(in: $0) }.filter { $0.created <= now && now < $0.until }
    let outcomes = try reading { base in
      try rules.map { try evaluate($0, silences, base, now) }
    }
    var report = RoundReport()
    report.rules = rules.count
    var opened: [MessageAlert] = []
    var closed: [MessageAlert] = []
    var silenced: Set<String> = []
    for outcome in outcomes {
      advance(outcome, &store, &report, &opened, &closed, &silenced, now)
    }
    try reading { base in
      let lineage = Lineage(upstream: try Self.edges(base), tiers: try Self.tiers(base)) { try self.origins(of: $0, base, now) }
      notify(rules, outcomes, opened, closed, silenced, lineage, &store, now)
    }
    store.forget(before: now - AlertTables.history)
    try catalog.make(store.changes + (preparation.takeMade().map { [.setTable($0)] } ?? []))
    report.took = SessionOptions.systemClock() - began
    if rules.contains(where: \.comparesWithBaselines) {
      report.baselinesAge = try reading { try Preparation.computed(in: $0) }.map { Swift.max(now - $0, 0) }
    }
    deliver(&store, &report, outcomes, attempts: attempts, now)
    try catalog.make(store.changes)
    return report
  }

  /// Computes baselines before the round if rules need them, none apply, and nothing prepares them.
  private func prepareIfNeeded(_ rules: [AlertRule], _ now: Int64) throws {
    guard rules.contains(where: \.comparesWithBaselines) else { return }
    try reading { base in
      try preparation.load(base, options())
      guard !preparation.isGoing, preparation.begin(now: now) else { return }
      var failed: Int64?
      // What is wrong with the tables is the rule's to report.
      do { try preparation.prepare(base, options(), withOrigins: false) } catch { failed = now - now % (24 * TimeSpan.hour) }
      preparation.end(failedOn: failed)
    }
  }

  /// The origins to which `why` leads pipelines now, by pipeline.
  private func origins(of pipelines: [String], _ base: Catalog, _ now: Int64) throws -> [String: String] {
    let catalog = base.snapshot()
    catalog.store = nil
    var options = options()
    options.clock = { now }
    return try OriginRead.origins(of: pipelines, preparation.origins, catalog, Session(catalog: catalog, options: options))
  }

  func reading<Result>(_ body: (Catalog) throws -> Result) throws -> Result {
    let reading = try catalog.reading()
    defer { reading.end() }
    return try body(reading.catalog)
  }

  // MARK: Evaluation

  private func evaluate(_ rule: AlertRule, _ silences: [Silence], _ base: Catalog, _ now: Int64) throws -> Outcome {
    var outcome = Outcome(rule: rule)
    let catalog = base.snapshot()
    catalog.store = nil
    catalog.add(preparation.baselines.function)
    let read = LockedValue<Set<String>>([])
    for name in base.tableNames {
      guard let schema = base.schema(ofTable: name) else { continue }
      catalog.addLazy(name, schema: schema) {
        read.withLock { _ = $0.insert(name) }
        return try base.table(named: name) ?? Table(name: name, schema: schema, groups: [])
      }
    }
    var sessionOptions = options()
    sessionOptions.clock = { now }
    let session = Session(catalog: catalog, options: sessionOptions)
    do {
      let answer = try session.run(rule.query).last ?? Answer(schema: [], chunks: [])
      outcome.evaluation = try Evaluation(answer, of: rule)
      outcome.trouble = try trouble(rule, read.withLock { $0 }, base, sessionOptions, now)
      for silence in silences where silence.rule == rule.name {
        outcome.silenced.formUnion(try keys(answer, rule, silence, catalog, sessionOptions))
      }
    } catch let problems as Diagnostics {
      outcome.problems = problems.list
    } catch let problem as Diagnostic {
      outcome.problems = [problem]
    }
    if let problem = outcome.problems.first { outcome.trouble = problem.message }
    return outcome
  }

  /// The keys of the rows to which a silence applies.
  private func keys(
    _ answer: Answer, _ rule: AlertRule, _ silence: Silence, _ catalog: Catalog, _ options: SessionOptions
  ) throws -> Set<String> {
    if silence.condition.isEmpty { return try Evaluation(answer, of: rule).keys }
    let rows = catalog.snapshot()
    rows.add(Table(name: "alert_rows", QueryResult(schema: answer.schema, chunks: answer.chunks)))
    let found = try Session(catalog: rows, options: options).run("alert_rows | where \(silence.condition)").last
    return try found.map { try Evaluation($0, of: rule).keys } ?? []
  }

  /// Why the tables of a rule are too old to judge; nil if they are not.
  private func trouble(
    _ rule: AlertRule, _ names: Set<String>, _ base: Catalog, _ options: SessionOptions, _ now: Int64
  ) throws -> String? {
    if rule.noData == .ok { return nil }
    for name in names.sorted() {
      guard let schema = base.schema(ofTable: name), TableAge.matters(name, schema) else { continue }
      let table = KQLName.inQuery(name)
      let (moments, latest): (String, String)
      switch Arrival(table: name, schema) {
      case .run: (moments, latest) = ("moment = ended", "max_of(max(ended), max(started))")
      case .column(let column): (moments, latest) = ("moment = \(KQLName.inQuery(column))", "max(\(KQLName.inQuery(column)))")
      case .always, .edge, .pipeline: continue
      }
      func session() -> Session { Session(catalog: base, options: options) }
      var gap: Int64?
      if rule.noData == .usual {
        let day = now - now % (24 * TimeSpan.hour)
        if let known = usual[name], known.day == day {
          gap = known.gap
        } else {
          let (from, to) = (DateTime.text(day - TableAge.window), DateTime.text(day))
          let answer = try session().run(
            "\(table) | project \(moments) | where moment > datetime(\(from)) and moment <= datetime(\(to)) | sort by moment asc").last
          var arrivals: [Int64] = []
          for chunk in answer?.chunks ?? [] where chunk.count > 0 {
            let vector = chunk.vectors()[0]
            for row in 0..<chunk.count { arrivals.append(KnownRows.moment(vector, row)) }
          }
          gap = TableAge.usual(arrivals)
          usual[name] = (day, gap)
        }
      }
      guard let limit = TableAge.limit(rule, usual: gap) else { continue }
      let answer = try session().run("\(table) | summarize latest = \(latest)").last
      guard let chunk = answer?.chunks.first(where: { $0.count > 0 }), let newest = chunk.vectors()[0].value(at: 0).number else { continue }
      if now - newest > limit { return TableAge.problem(name, age: now - newest) }
    }
    return nil
  }

  // MARK: States

  private func advance(
    _ outcome: Outcome, _ store: inout AlertStore, _ report: inout RoundReport, _ opened: inout [MessageAlert],
    _ closed: inout [MessageAlert], _ silenced: inout Set<String>, _ now: Int64
  ) {
    let rule = outcome.rule
    let troubled = store.states.lastIndex { $0.rule == rule.name && $0.state == .unknown && $0.until == nil }
    if let trouble = outcome.trouble {
      if !outcome.problems.isEmpty {
        report.failures.append((rule.name, outcome.problems, rule.query))
      } else {
        report.stale.append((rule.name, trouble))
      }
      if let troubled, store.states[troubled].says == trouble || outcome.problems.isEmpty {
        store.states[troubled].says = trouble
      } else if troubled == nil {
        store.states.append(
          StateRow(
            rule: rule.name, key: "", state: .unknown, since: now, until: nil, fired: nil, severity: rule.severity.rawValue,
            pipeline: "", says: trouble, recent: "", evidence: .null))
      }
      for row in store.states where row.rule == rule.name && row.until == nil && row.state != .unknown && row.state != .ok {
        report.standings.append(standing(row, rule, isSilenced: false))
      }
      return
    }
    if let troubled { store.states[troubled].until = now }
    guard let evaluation = outcome.evaluation else { return }
    var machine = StateMachine(rule, instances: store.instances(of: rule.name))
    let present = evaluation.keys
    let changes = machine.advance(present, at: now)
    let changed = Set(changes.map(\.key))
    let evidence = evaluation.evidence { changed.contains($0) }
    var current: [String: Int] = [:]
    for (index, row) in store.states.enumerated() where row.rule == rule.name && row.until == nil && row.state != .unknown {
      current[row.key] = index
    }
    for change in changes {
      let old = current[change.key]
      if let old { store.states[old].until = now }
      let row = evidence[change.key]
      let previous = old.map { store.states[$0] }
      let says = row.map { rule.sentence(key: change.key, $0.values) } ?? previous?.says ?? rule.sentence(key: change.key, [])
      let pipeline = row?.text("pipeline") ?? previous?.pipeline ?? ""
      let instance = machine.instances[change.key]
      let tree = row.flatMap { JSONText.parseTree($0.json) } ?? previous?.evidence ?? .null
      if change.to == .ok {
        if let fired = previous?.fired {
          closed.append(
            alert(rule, change.key, pipeline, says, evaluation, tree, began: fired, ended: now))
        }
        if instance == nil { continue }
      }
      store.states.append(
        StateRow(
          rule: rule.name, key: change.key, state: change.to, since: now, until: nil, fired: instance?.firedAt,
          severity: rule.severity.rawValue, pipeline: pipeline, says: says, recent: instance?.recentText ?? "", evidence: tree))
      current[change.key] = store.states.count - 1
    }
    for (key, instance) in machine.instances {
      if let index = current[key] {
        store.states[index].recent = instance.recentText
      } else if !instance.recent.isEmpty {
        // Present lately and not pending: its share of evaluations must be remembered.
        store.states.append(
          StateRow(
            rule: rule.name, key: key, state: .ok, since: now, until: nil, fired: nil, severity: rule.severity.rawValue,
            pipeline: "", says: "", recent: instance.recentText, evidence: .null))
      }
    }
    for (key, index) in current where machine.instances[key] == nil && store.states[index].until == nil {
      store.states[index].until = now
    }
    for row in store.states where row.rule == rule.name && row.until == nil && row.state != .unknown && row.state != .ok {
      let isSilenced = outcome.silenced.contains(row.key)
      report.standings.append(standing(row, rule, isSilenced: isSilenced))
      guard row.state == .firing || row.state == .recovering, let fired = row.fired else { continue }
      if isSilenced { silenced.insert("\(row.rule)\u{1F}\(row.key)") }
      opened.append(alert(rule, row.key, row.pipeline, row.says, evaluation, row.evidence, began: fired, ended: nil))
    }
  }

  private func standing(_ row: StateRow, _ rule: AlertRule, isSilenced: Bool) -> RoundReport.Standing {
    RoundReport.Standing(
      rule: row.rule, key: row.key, severity: rule.severity, state: row.state, since: row.fired ?? row.since, says: row.says,
      isSilenced: isSilenced)
  }

  func alert(
    _ rule: AlertRule, _ key: String, _ pipeline: String, _ says: String, _ evaluation: Evaluation, _ tree: Dynamic,
    began: Int64, ended: Int64?
  ) -> MessageAlert {
    var labels: [(name: String, value: String)] = []
    for index in evaluation.keyColumns {
      let name = evaluation.schema[index].name
      let value: String
      if evaluation.keyColumns.count == 1 { value = key } else if case .string(let text)? = tree[name] { value = text } else {
        value = tree[name].map(\.json) ?? ""
      }
      labels.append((name, value))
    }
    if !pipeline.isEmpty, !labels.contains(where: { $0.name == "pipeline" }) { labels.append(("pipeline", pipeline)) }
    return MessageAlert(
      rule: rule.name, key: key, severity: rule.severity, pipeline: pipeline, says: says, runbook: rule.runbook, labels: labels,
      began: began, ended: ended, evidence: tree.json)
  }
}
