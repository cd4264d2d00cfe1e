import PlumbModel

/// The faults of an easy world: each announces itself, at any hour of any day.
extension IncidentPlan {
  mutating func drawEasyDay(_ day: Int64) {
    for group in groups.indices { drawOutage(group, day) }
    for pipeline in topology.pipelines.indices {
      drawIncident(pipeline, day)
      if topology.pipelines[pipeline].layer.rawValue <= Layer.normalise.rawValue {
        drawSchemaChange(pipeline, day)
      }
      drawDeployment(pipeline, day)
    }
  }

  /// A moment of the day, in whole seconds.
  private func moment(_ day: Int64, _ random: inout RandomStream) -> Int64 {
    day &* IncidentPlan.day &+ Int64(random.below(86_400)) &* 1_000
  }

  private static let dailyRate: [Double] = [0.116, 0.088, 0.082, 0.073, 0.073]

  private static let ingestCauses: [(Cause, Double)] = [
    (.expiredCredentials, 0.2), (.schemaDrift, 0.17), (.malformedRecords, 0.15), (.slowUpstream, 0.16),
    (.cpuExhaustion, 0.08), (.memoryExhaustion, 0.08), (.ioExhaustion, 0.06), (.badDeployment, 0.1),
  ]
  private static let innerCauses: [(Cause, Double)] = [
    (.badDeployment, 0.24), (.cpuExhaustion, 0.17), (.memoryExhaustion, 0.17), (.ioExhaustion, 0.15),
    (.malformedRecords, 0.08), (.schemaDrift, 0.07), (.downstreamBackpressure, 0.12),
  ]
  private static let outerCauses: [(Cause, Double)] = [
    (.badDeployment, 0.2), (.cpuExhaustion, 0.15), (.memoryExhaustion, 0.15), (.ioExhaustion, 0.14),
    (.downstreamBackpressure, 0.36),
  ]

  private mutating func drawIncident(_ pipeline: Int, _ day: Int64) {
    var random = RandomStream(seed, .incidents, pipeline, step: Int(day))
    let model = topology.pipelines[pipeline]
    // Slow schedules have longer faults, and so fewer.
    let slowness = Swift.max(1, Double(model.interval) / 3_600_000)
    let rate = IncidentPlan.dailyRate[model.layer.rawValue] * model.frailty / slowness
    guard random.chance(rate) else { return }
    let causes: [(Cause, Double)]
    switch model.layer {
    case .ingest: causes = IncidentPlan.ingestCauses
    case .normalise, .enrich: causes = IncidentPlan.innerCauses
    case .correlate, .serve: causes = IncidentPlan.outerCauses
    }
    let cause = causes[random.choice(causes.map(\.1), total: 1)].0
    let incident = makeIncident(pipeline, cause, moment(day, &random), &random)
    let severity = cause == .expiredCredentials ? 1 : random.between(0.84, 1)
    let number = add(incident, severity: severity)
    switch cause {
    case .expiredCredentials:
      if random.chance(0.35) { spreadInGroup(incident, number, &random) }
    case .schemaDrift:
      addSchemaChange(pipeline, at: incident.began, &random)
    case .badDeployment:
      deployments.append(Deployment(at: incident.began, pipeline: pipeline, build: 100 + random.below(900)))
    case .downstreamBackpressure:
      spreadUpstream(incident, number, severity, from: pipeline, hops: 2, &random)
    case .vendorOutage, .malformedRecords, .cpuExhaustion, .memoryExhaustion, .ioExhaustion, .slowUpstream: break
    }
  }

  /// The vendor's service for a source and region fails for most of those who read it.
  private mutating func drawOutage(_ group: Int, _ day: Int64) {
    var random = RandomStream(seed, .outages, group, step: Int(day))
    guard random.chance(0.02) else { return }
    let members = groups[group].filter { _ in random.chance(0.85) }
    guard let first = members.first else { return }
    let incident = makeIncident(first, .vendorOutage, moment(day, &random), &random)
    let number = add(incident, severity: 1)
    for member in members.dropFirst() {
      reach(member, incident, number, severity: random.between(0.7, 1), delay: random.below(600_000))
    }
  }

  private func makeIncident(
    _ pipeline: Int, _ cause: Cause, _ began: Int64, _ random: inout RandomStream
  ) -> Incident {
    let signature = Signature.all[Int(cause.rawValue)]
    let interval = topology.pipelines[pipeline].interval
    func span(_ hours: ClosedRange<Double>, atLeast least: Int64) -> Int64 {
      // Leans towards the short end, with a long tail.
      let unit = random.unit()
      let hours = hours.lowerBound + (hours.upperBound - hours.lowerBound) * unit * (0.4 + 0.6 * unit * unit)
      return Swift.max(Int64(hours * 3_600) * 1_000, least)
    }
    let full = began + span(signature.early, atLeast: cause == .badDeployment ? interval : interval * 3)
    let waning = full + span(signature.failing, atLeast: interval * 2)
    let ended = waning + span(signature.recovery, atLeast: 60_000)
    return Incident(
      pipeline: pipeline, cause: cause, began: began, full: full, waning: waning, ended: ended)
  }

  /// Adds the incident with its effect on its own pipeline; its number.
  private mutating func add(_ incident: Incident, severity: Double) -> Int {
    incidents.append(incident)
    let number = incidents.count - 1
    reach(incident.pipeline, incident, number, severity: severity, delay: 0)
    return number
  }

  private mutating func reach(
    _ pipeline: Int, _ incident: Incident, _ number: Int, severity: Double, delay: Int
  ) {
    let delay = Int64(delay)
    effects[pipeline].append(
      Effect(
        began: incident.began + delay, full: incident.full + delay, waning: incident.waning + delay,
        ended: incident.ended + delay, severity: severity, incident: Int32(truncatingIfNeeded: number),
        cause: incident.cause.rawValue))
  }

  private mutating func spreadInGroup(_ incident: Incident, _ number: Int, _ random: inout RandomStream) {
    guard groupOf[incident.pipeline] >= 0 else { return }
    for member in groups[groupOf[incident.pipeline]] where member != incident.pipeline {
      if random.chance(0.6) { reach(member, incident, number, severity: 1, delay: random.below(1_200_000)) }
    }
  }

  /// A full sink fills the pipelines before it, later and less with each step.
  private mutating func spreadUpstream(
    _ incident: Incident, _ number: Int, _ severity: Double, from pipeline: Int, hops: Int,
    _ random: inout RandomStream
  ) {
    guard hops > 0 else { return }
    for place in topology.incoming[pipeline] where topology.edges[place].kind == .data {
      let upstream = topology.edges[place].upstream
      if effects[upstream].last?.incident == Int32(truncatingIfNeeded: number) { continue }
      let weaker = severity * random.between(0.7, 0.92)
      reach(upstream, incident, number, severity: weaker, delay: (3 - hops) * (600_000 + random.below(1_800_000)))
      spreadUpstream(incident, number, weaker, from: upstream, hops: hops - 1, &random)
    }
  }

  private mutating func drawSchemaChange(_ pipeline: Int, _ day: Int64) {
    var random = RandomStream(seed, .schemas, pipeline, step: Int(day))
    if random.chance(0.012) { addSchemaChange(pipeline, at: moment(day, &random), &random) }
  }

  private mutating func drawDeployment(_ pipeline: Int, _ day: Int64) {
    var random = RandomStream(seed, .deployments, pipeline, step: Int(day))
    if random.chance(0.03) {
      let at = moment(day, &random)
      deployments.append(Deployment(at: at, pipeline: pipeline, build: 100 + random.below(900)))
    }
  }
}
