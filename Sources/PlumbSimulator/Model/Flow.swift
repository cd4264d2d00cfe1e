/// Schedules, shares of edges and rates of a world that is not easy, drawn once its layers are connected.
extension Topology {
  /// Records a day that enter the ingest pipelines of a world of 160 at a load of 1; business days, holidays and ends of
  /// months bring them to 2.3 million.
  private static let dailyInput = 2_198_000.0

  /// How often runs of a stream or a topic come, where not by its tier.
  private static let cadences: [String: Schedule.Kind] = [
    "vulnerability": .daily, "secure-scores": .daily, "dependabot": .daily, "code-scanning": .officeHours, "malware": .daily,
    "provisioning": .officeHours, "risky-users": .interval, "domains": .weekdays, "compliance-export": .daily,
    "executive-report": .weekdays, "partner-share": .daily, "code-context": .officeHours, "insider-risk": .officeHours,
    "supply-chain": .interval, "asset-inventory": .daily,
  ]

  mutating func letFlow(_ calendar: WorkCalendar, seed: UInt64) {
    for i in pipelines.indices {
      var random = RandomStream(seed, .schedules, i)
      setSchedule(i, &random)
    }
    for range in incoming { setShares(range, seed) }
    setRates(seed)
  }

  /// Which stream or topic a pipeline is of, as its name says.
  private func cadence(of pipeline: PipelineModel) -> Schedule.Kind? {
    Topology.cadences.first { pipeline.name.contains("-\($0.key)-") || pipeline.name.hasPrefix("\($0.key)-") }?.value
  }

  private mutating func setSchedule(_ i: Int, _ random: inout RandomStream) {
    let region = pipelines[i].region
    let regionOffset = SourceCatalogue.regions[region].offset
    var schedule = Schedule(
      kind: .interval, interval: pipelines[i].interval, offset: pipelines[i].offset, region: Int32(region), regionOffset: regionOffset)
    let eventShare = [0, 0.5, 0.3, 0.15, 0.1][pipelines[i].layer.rawValue]
    let draw = random.unit()
    switch cadence(of: pipelines[i]) {
    case .daily?, .weekdays?:
      schedule.kind = cadence(of: pipelines[i]) ?? .daily
      schedule.interval = WorkCalendar.day
      // Nightly batches after midnight, each at its quarter of an hour.
      schedule.offset = Int64(1 + random.below(5)) * WorkCalendar.hour + Int64(random.below(4)) * 900_000
    case .officeHours?:
      schedule.kind = .officeHours
      schedule.interval = random.chance(0.6) ? WorkCalendar.hour : WorkCalendar.hour / 2
      schedule.offset = Int64(random.below(20)) * 60_000
    case .interval?, .event?, nil:
      if draw < eventShare { schedule.kind = .event }
    }
    pipelines[i].schedule = schedule
    if schedule.kind == .event { setTrigger(i) }
    let pause = Swift.min(pipelines[i].schedule.meanInterval, 3 * Double(WorkCalendar.hour))
    pipelines[i].duration = Swift.min(Swift.max(pause * random.between(0.03, 0.11), 18_000), 1_500_000)
    switch pipelines[i].schedule.kind {
    case .interval, .event: pipelines[i].sla = Int64(pipelines[i].schedule.meanInterval) * [2, 3, 4][random.below(3)]
    case .daily: pipelines[i].sla = 30 * WorkCalendar.hour
    case .weekdays, .officeHours: pipelines[i].sla = 4 * WorkCalendar.day
    }
    pipelines[i].maxAttempts = pipelines[i].schedule.meanInterval >= 3_600_000 ? 3 : 2
    // Half of all failures pass by themselves; some pipelines are flakier than others.
    pipelines[i].noise = 0.0235 * Portable.spread(0.5, &random)
    pipelines[i].capacity = random.between(3, 6)
  }

  /// The upstream whose successes start runs: the first whose data is read, which is in a lower layer and has its schedule.
  private mutating func setTrigger(_ i: Int) {
    let range = incoming[i]
    guard let place = range.first(where: { edges[$0].kind == .trigger }) ?? range.first(where: { edges[$0].kind == .data }) else {
      pipelines[i].schedule.kind = .interval
      return
    }
    edges[place].kind = .trigger
    let upstream = edges[place].upstream
    pipelines[i].trigger = upstream
    pipelines[i].schedule.interval = Int64(pipelines[upstream].schedule.meanInterval)
  }

  /// How much of an upstream's records a downstream reads: everything that is ingested, a filtered part further on.
  private mutating func setShares(_ range: Range<Int>, _ seed: UInt64) {
    for place in range {
      var random = RandomStream(seed, .flows, place)
      let layer = pipelines[edges[place].downstream].layer
      let bounds: ClosedRange<Double>
      switch layer {
      case .ingest, .normalise: bounds = 1...1
      case .enrich: bounds = 0.2...0.6
      case .correlate: bounds = 0.1...0.4
      case .serve: bounds = 0.3...0.9
      }
      let share = edges[place].kind == .lookup ? 0 : random.between(bounds.lowerBound, bounds.upperBound)
      edges[place].share = (share * 100).rounded() / 100
      let slower = Swift.max(
        pipelines[edges[place].upstream].schedule.meanInterval, pipelines[edges[place].downstream].schedule.meanInterval)
      edges[place].grace = Swift.min(slower, 8 * Double(WorkCalendar.hour)) * random.between(1.5, 4)
    }
  }

  /// Rates follow from what is ingested, the shares and the yields.
  private mutating func setRates(_ seed: UInt64) {
    var total = 0.0
    for i in layers[0] { total += pipelines[i].rate }
    let factor = Topology.dailyInput * Double(pipelines.count) / 160 / total / Double(WorkCalendar.day)
    for i in pipelines.indices {
      if pipelines[i].layer == .ingest {
        pipelines[i].rate *= factor
      } else {
        var rate = 0.0
        for place in incoming[i] {
          let upstream = pipelines[edges[place].upstream]
          rate += (edges[place].share ?? 0) * upstream.rate * upstream.yield
        }
        pipelines[i].rate = rate
      }
      // Batches of quiet nights, weekends and ends of months fit; what piles up does not at once.
      let piles = pipelines[i].schedule.kind == .weekdays || pipelines[i].schedule.kind == .officeHours ? 4.0 : 1
      pipelines[i].capacity *= piles * pipelines[i].rate * pipelines[i].schedule.meanInterval
    }
  }
}
