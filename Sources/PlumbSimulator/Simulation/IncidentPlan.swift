import PlumbModel

/// A fault that befalls a pipeline. Times are milliseconds of the world.
struct Incident: Sendable {
  var pipeline: Int
  var cause: Cause
  /// When the first signs show.
  var began: Int64
  /// When the fault reaches its full strength, starts to go, and is gone.
  var full: Int64
  var waning: Int64
  var ended: Int64
}

/// What an incident does to one pipeline, its own or one that it reaches.
struct Effect: BitwiseCopyable, Sendable {
  var began: Int64
  var full: Int64
  var waning: Int64
  var ended: Int64
  var severity: Double
  var incident: Int32
  var cause: UInt8

  /// The strength at a moment, 0 to `severity`.
  @inline(__always) func strength(at moment: Int64) -> Double {
    if moment < began || moment >= ended { return 0 }
    if moment < full { return severity * Double(moment &- began) / Double(full &- began) }
    if moment < waning { return severity }
    return severity * Double(ended &- moment) / Double(ended &- waning)
  }
}

/// A field of a pipeline's source that changed.
struct SchemaChange: Sendable {
  var at: Int64
  var pipeline: Int
  var field: String
  var change: String
  var before: String
  var after: String
}

/// A new build of a pipeline.
struct Deployment: Sendable {
  var at: Int64
  var pipeline: Int
  var build: Int
}

/// Which faults, schema changes and deployments happen when: drawn day by day and pipeline by pipeline, so that a
/// history may be extended at any time.
struct IncidentPlan: Sendable {
  /// In the order of their days, and of pipelines within a day.
  private(set) var incidents: [Incident] = []
  /// By pipeline.
  private(set) var effects: [[Effect]]
  private(set) var schemaChanges: [[SchemaChange]]
  private(set) var deployments: [Deployment] = []

  private let topology: Topology
  private let seed: UInt64
  /// Pipelines that share a source, a region and so their credentials and the vendor's service.
  private let groups: [[Int]]
  private let groupOf: [Int]
  /// History begins amid faults: those of the days before it are drawn too.
  private var nextDay: Int64 = -3

  static let day: Int64 = 86_400_000

  init(topology: Topology, seed: UInt64) {
    self.topology = topology
    self.seed = seed
    effects = Array(repeating: [], count: topology.pipelines.count)
    schemaChanges = Array(repeating: [], count: topology.pipelines.count)
    var groups: [[Int]] = []
    var groupOf = Array(repeating: -1, count: topology.pipelines.count)
    var known: [Int: Int] = [:]
    for i in topology.layers[0] {
      let pipeline = topology.pipelines[i]
      // Instances of the same stream share nothing: large worlds have many groups, not large ones.
      let key = (pipeline.source * SourceCatalogue.regions.count + pipeline.region)
      if let group = known[key], groups[group].count < 6 {
        groups[group].append(i)
        groupOf[i] = group
      } else {
        known[key] = groups.count
        groupOf[i] = groups.count
        groups.append([i])
      }
    }
    self.groups = groups
    self.groupOf = groupOf
  }

  /// Draws all days that begin before `moment`.
  mutating func extend(to moment: Int64) {
    while nextDay &* IncidentPlan.day < moment {
      drawDay(nextDay)
      nextDay += 1
    }
  }

  private mutating func drawDay(_ day: Int64) {
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

  // MARK: Faults

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

  // MARK: Schemas and builds

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

  private static let fields = [
    "userPrincipalName", "ipAddress", "deviceId", "riskLevel", "location", "appDisplayName", "severity",
    "correlationId", "resultType", "clientApp", "actor", "targetResources", "threatType", "confidence",
    "firstSeen", "expiresAt", "hash", "url",
  ]
  private static let types = ["string", "long", "datetime", "dynamic", "real", "guid", "bool"]

  private mutating func addSchemaChange(_ pipeline: Int, at: Int64, _ random: inout RandomStream) {
    let field = IncidentPlan.fields[random.below(IncidentPlan.fields.count)]
    let from = random.below(IncidentPlan.types.count)
    let type = IncidentPlan.types[from]
    var change = SchemaChange(
      at: at, pipeline: pipeline, field: field, change: "added", before: "", after: type)
    switch random.below(4) {
    case 0: break
    case 1: (change.change, change.before, change.after) = ("removed", type, "")
    case 2: (change.change, change.before, change.after) = ("renamed", field, "\(field)V2")
    default:
      let types = IncidentPlan.types
      let other = types[(from + 1 + random.below(types.count - 1)) % types.count]
      (change.change, change.before, change.after) = ("type-changed", type, other)
    }
    var place = schemaChanges[pipeline].count
    while place > 0 && schemaChanges[pipeline][place - 1].at > at { place -= 1 }
    schemaChanges[pipeline].insert(change, at: place)
  }
}
