import PlumbModel

/// The faults of worlds that are not easy.
///
/// Changes cause most incidents: about 70 % of outages (Beyer et al., "Site Reliability Engineering", 2016, chapter 1);
/// of the triggers in "The Site Reliability Workbook" (2018, appendix C) 37 % are binary pushes, 31 % configuration
/// pushes, 9 % user behaviour, 6 % processing pipelines, 5 % each service providers, performance and capacity. A deployment
/// fails one time in ten (Accelerate State of DevOps 2023: 5 % to 64 %, 10 % for high performers).
extension IncidentPlan {
  /// A deployment on a working day of a pipeline.
  private static let deploymentRate = 0.24
  private static let deploymentFailureRate = 0.105

  /// Faults a pipeline and day besides those of deployments, by layer.
  private static let faultRate: [Double] = [0.036, 0.017, 0.017, 0.019, 0.019]

  private static let ingestShares: [(Cause, Double)] = [
    (.expiredCredentials, 0.25), (.schemaDrift, 0.34), (.malformedRecords, 0.14), (.slowUpstream, 0.12),
    (.cpuExhaustion, 0.04), (.memoryExhaustion, 0.06), (.ioExhaustion, 0.05),
  ]
  private static let innerShares: [(Cause, Double)] = [
    (.schemaDrift, 0.2), (.malformedRecords, 0.12), (.cpuExhaustion, 0.2), (.memoryExhaustion, 0.2), (.ioExhaustion, 0.14),
    (.downstreamBackpressure, 0.14),
  ]
  private static let outerShares: [(Cause, Double)] = [
    (.cpuExhaustion, 0.2), (.memoryExhaustion, 0.22), (.ioExhaustion, 0.16), (.downstreamBackpressure, 0.42),
  ]

  mutating func drawWorldDay(_ day: Int64) {
    for group in groups.indices { drawVendorDay(group, day) }
    for pipeline in topology.pipelines.indices {
      drawFault(pipeline, day)
      if topology.pipelines[pipeline].layer.rawValue <= Layer.normalise.rawValue { drawHarmlessChange(pipeline, day) }
      drawBuilds(pipeline, day)
    }
  }

  // MARK: Times

  /// A moment of the day in a region: at any time, in its working hours, or when it is busy; nil on days without them.
  private func moment(_ day: Int64, _ time: FaultKind.Time, region: Int, _ random: inout RandomStream) -> Int64? {
    let offset = SourceCatalogue.regions[region].offset
    let local = calendar.day(at: day &* IncidentPlan.day, offset: offset)
    let midnight = calendar.start(ofDay: local, offset: offset)
    switch time {
    case .any: return day &* IncidentPlan.day &+ Int64(random.below(86_400)) &* 1_000
    case .work:
      guard calendar.isWorkingDay(local, region: region) else { return nil }
      // Fridays change little.
      if local % 7 == 4, random.chance(0.5) { return nil }
      return midnight &+ 9 &* WorkCalendar.hour &+ Int64(random.below(8 * 3_600)) &* 1_000
    case .load:
      // Twice as likely by day; half as likely on weekends.
      if !calendar.isWorkingDay(local, region: region), random.chance(0.5) { return nil }
      let hour = random.chance(0.7) ? 8 + random.below(11) : random.below(24)
      return midnight &+ Int64(hour) &* WorkCalendar.hour &+ Int64(random.below(3_600)) &* 1_000
    }
  }

  /// When a fault that struck at `moment` is repaired. What is not critical waits for working hours, and some for days.
  private func repaired(_ kind: FaultKind, _ pipeline: PipelineModel, from moment: Int64, _ random: inout RandomStream) -> Int64 {
    let slower = [1, 1, 1.6, 2.6][Swift.min(pipeline.tier, 3)]
    let hours = kind.hours * slower * Portable.exp(kind.spread * random.bell())
    let least = Swift.max(Int64(pipeline.schedule.meanInterval) * 2, 300_000)
    let end = moment &+ Swift.max(Int64(hours * 3_600) * 1_000, least)
    // Nobody looks: a week-long zombie.
    if pipeline.tier == 3, random.chance(0.05) { return moment &+ Int64(random.between(4, 9) * Double(IncidentPlan.day)) }
    let waits = [0, 0, 0.5, 0.85][Swift.min(pipeline.tier, 3)]
    guard random.chance(waits) else { return end }
    let work = calendar.workingTime(from: end, region: pipeline.region)
    return work > end ? work &+ Int64(random.below(7_200)) &* 1_000 : end
  }

  // MARK: Faults

  private mutating func drawFault(_ pipeline: Int, _ day: Int64) {
    var random = RandomStream(seed, .faults, pipeline, step: Int(day))
    let model = topology.pipelines[pipeline]
    // Rare runs give faults less to befall.
    let rate = IncidentPlan.faultRate[model.layer.rawValue] * model.frailty * Swift.min(1, 3 * Double(WorkCalendar.hour) / model.schedule.meanInterval)
    guard random.chance(rate) else { return }
    let shares: [(Cause, Double)]
    switch model.layer {
    case .ingest: shares = IncidentPlan.ingestShares
    case .normalise, .enrich: shares = IncidentPlan.innerShares
    case .correlate, .serve: shares = IncidentPlan.outerShares
    }
    let cause = shares[random.choice(shares.map(\.1), total: 1)].0
    let place = drawnKind(of: cause, &random)
    // A change of the source keeps the hours of those who change it.
    guard let at = moment(day, FaultKind.all[place].time, region: model.region, &random) else { return }
    let incident = makeFault(pipeline, place, at, &random)
    let number = append(incident, place, severity: random.between(0.88, 1), &random)
    switch cause {
    case .expiredCredentials:
      if random.chance(traits.watched) {
        notices.append(Notice(at: at &- Int64(random.between(20, 80) * 3_600_000), pipeline: pipeline, kind: .credentialExpiring, number: 24))
      }
      notices.append(Notice(at: incident.waning, pipeline: pipeline, kind: .credentialRotated, number: 0))
      if random.chance(0.35) { spread(incident, number, place, toGroupWith: 0.6, &random) }
    case .schemaDrift: addSchemaChange(pipeline, at: at, &random)
    case .downstreamBackpressure: fill(incident, number, place, incident.severity, from: pipeline, hops: 2, &random)
    case .badDeployment, .vendorOutage, .malformedRecords, .cpuExhaustion, .memoryExhaustion, .ioExhaustion, .slowUpstream: break
    }
  }

  private func drawnKind(of cause: Cause, _ random: inout RandomStream) -> Int {
    let places = FaultKind.positions(of: cause)
    return places[random.choice(places.map { FaultKind.all[$0].weight }, total: 1)]
  }

  private func makeFault(_ pipeline: Int, _ place: Int, _ at: Int64, _ random: inout RandomStream) -> Incident {
    let kind = FaultKind.all[place]
    let model = topology.pipelines[pipeline]
    var early: Int64 = 0
    if !kind.strikesAtOnce, random.chance(traits.announced) {
      let range = kind.signature.early
      let unit = random.unit()
      early = Swift.max(
        Int64((range.lowerBound + (range.upperBound - range.lowerBound) * unit * (0.4 + 0.6 * unit)) * 3_600) * 1_000,
        Int64(model.schedule.meanInterval) * 2)
    }
    let full = at &+ early
    let waning = repaired(kind, model, from: full, &random)
    let recovery = kind.signature.recovery
    let ended = waning &+ Swift.max(Int64(random.between(recovery.lowerBound, recovery.upperBound) * 3_600) * 1_000, 60_000)
    return Incident(pipeline: pipeline, cause: kind.cause, began: at, full: full, waning: waning, ended: ended)
  }

  /// Adds the incident with its effect on its own pipeline; its number.
  private mutating func append(_ incident: Incident, _ place: Int, severity: Double, _ random: inout RandomStream) -> Int {
    guard incident.ended < quietFrom else { return -1 }
    var incident = incident
    incident.severity = severity
    incidents.append(incident)
    let number = incidents.count - 1
    reach(incident.pipeline, incident, number, place, severity: severity, delay: 0, &random)
    return number
  }

  private mutating func reach(
    _ pipeline: Int, _ incident: Incident, _ number: Int, _ place: Int, severity: Double, delay: Int, _ random: inout RandomStream
  ) {
    guard number >= 0 else { return }
    let delay = Int64(delay)
    // A fault keeps to one or two families of messages.
    let model = topology.pipelines[pipeline]
    let families = MessageFamily.positions(of: .cause(incident.cause), in: model, shared: random.chance(traits.shared))
    let first = families[random.below(families.count)], second = families[random.below(families.count)]
    effects[pipeline].append(
      Effect(
        began: incident.began &+ delay, full: incident.full &+ delay, waning: incident.waning &+ delay,
        ended: incident.ended &+ delay, severity: severity, incident: Int32(truncatingIfNeeded: number),
        cause: incident.cause.rawValue, kind: UInt8(truncatingIfNeeded: place), family: UInt8(truncatingIfNeeded: first),
        otherFamily: UInt8(truncatingIfNeeded: second)))
  }

  private mutating func spread(
    _ incident: Incident, _ number: Int, _ place: Int, toGroupWith share: Double, _ random: inout RandomStream
  ) {
    guard groupOf[incident.pipeline] >= 0 else { return }
    for member in groups[groupOf[incident.pipeline]] where member != incident.pipeline {
      if random.chance(share) { reach(member, incident, number, place, severity: incident.severity, delay: random.below(1_200_000), &random) }
    }
  }

  /// A full sink fills the pipelines before it, later and less with each step.
  private mutating func fill(
    _ incident: Incident, _ number: Int, _ place: Int, _ severity: Double, from pipeline: Int, hops: Int, _ random: inout RandomStream
  ) {
    guard hops > 0 else { return }
    for edge in topology.incoming[pipeline] where topology.edges[edge].kind == .data {
      let upstream = topology.edges[edge].upstream
      if effects[upstream].last?.incident == Int32(truncatingIfNeeded: number) { continue }
      let weaker = severity * random.between(0.68, 0.9)
      reach(upstream, incident, number, place, severity: weaker, delay: (3 - hops) * (600_000 + random.below(1_800_000)), &random)
      fill(incident, number, place, weaker, from: upstream, hops: hops - 1, &random)
    }
  }

  // MARK: Vendors

  /// Outages of a vendor's service in a region, or everywhere, and blips of minutes.
  private mutating func drawVendorDay(_ group: Int, _ day: Int64) {
    var random = RandomStream(seed, .vendorDays, group, step: Int(day))
    if random.chance(0.014) {
      let region = groups[group].first.map { topology.pipelines[$0].region } ?? 0
      let place = drawnKind(of: .vendorOutage, &random)
      if let at = moment(day, .load, region: region, &random) {
        drawOutage(group, place, at, share: 0.85, isWide: random.chance(0.12), &random)
      }
    }
    if random.chance(0.05) {
      let at = day &* IncidentPlan.day &+ Int64(random.below(86_400)) &* 1_000
      guard let first = groups[group].first(where: { _ in random.chance(0.6) }) else { return }
      let end = at &+ 240_000 &+ Int64(random.below(1_500)) &* 1_000
      let incident = Incident(pipeline: first, cause: .vendorOutage, began: at, full: at, waning: end, ended: end &+ 60_000)
      let number = append(incident, FaultKind.blip, severity: random.between(0.7, 1), &random)
      for member in groups[group] where member != first && random.chance(0.5) {
        reach(member, incident, number, FaultKind.blip, severity: random.between(0.6, 1), delay: random.below(60_000), &random)
      }
    }
  }

  private mutating func drawOutage(
    _ group: Int, _ place: Int, _ at: Int64, share: Double, isWide: Bool, _ random: inout RandomStream
  ) {
    let members = groups[group].filter { _ in random.chance(share) }
    guard let first = members.first else { return }
    let incident = makeFault(first, place, at, &random)
    let number = append(incident, place, severity: random.between(0.9, 1), &random)
    for member in members.dropFirst() {
      reach(member, incident, number, place, severity: random.between(0.7, 1), delay: random.below(600_000), &random)
    }
    guard isWide else { return }
    // The same service in other regions.
    let source = topology.pipelines[first].source
    for member in topology.layers[0] where topology.pipelines[member].source == source && !groups[group].contains(member) {
      if random.chance(0.7) {
        reach(member, incident, number, place, severity: random.between(0.7, 1), delay: random.below(1_200_000), &random)
      }
    }
  }

  // MARK: Changes

  private mutating func drawHarmlessChange(_ pipeline: Int, _ day: Int64) {
    var random = RandomStream(seed, .schemas, pipeline, step: Int(day))
    guard random.chance(0.016) else { return }
    guard let at = moment(day, .work, region: topology.pipelines[pipeline].region, &random) else { return }
    if at >= quietFrom, calm.contains(pipeline) { return }
    addSchemaChange(pipeline, at: at, &random)
  }

  private mutating func drawBuilds(_ pipeline: Int, _ day: Int64) {
    var random = RandomStream(seed, .deployments, pipeline, step: Int(day))
    let model = topology.pipelines[pipeline]
    guard random.chance(IncidentPlan.deploymentRate) else { return }
    guard let at = moment(day, .work, region: model.region, &random) else { return }
    if at >= quietFrom, calm.contains(pipeline) { return }
    let build = 100 + random.below(900)
    notices.append(Notice(at: at, pipeline: pipeline, kind: .buildChanged, number: Int64(build)))
    deployments.append(Deployment(at: at, pipeline: pipeline, build: build))
    guard random.chance(IncidentPlan.deploymentFailureRate * Swift.min(model.frailty, 2.5)) else { return }
    let place = drawnKind(of: .badDeployment, &random)
    let incident = makeFault(pipeline, place, at, &random)
    _ = append(incident, place, severity: random.between(0.9, 1), &random)
    // The repair is a build, too.
    let repair = 100 + random.below(900)
    notices.append(Notice(at: incident.waning, pipeline: pipeline, kind: .buildChanged, number: Int64(repair)))
    deployments.append(Deployment(at: incident.waning, pipeline: pipeline, build: repair))
  }
}

/// Something that is announced. Times are milliseconds of the world.
struct Notice: Sendable {
  enum Kind: Sendable { case buildChanged, credentialExpiring, credentialRotated }

  var at: Int64
  var pipeline: Int
  var kind: Kind
  var number: Int64
}
