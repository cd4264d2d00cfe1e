import PlumbModel

/// A fault of a pipeline. Times are milliseconds of the world.
struct Incident: Sendable {
  var pipeline: Int
  var cause: Cause
  /// When the first signs show.
  var began: Int64
  /// When the fault reaches its full strength, begins to recede, and is over.
  var full: Int64
  var waning: Int64
  var ended: Int64
  /// How strong it gets, 0 to 1.
  var severity = 1.0
}

/// The effect of an incident on one pipeline, its own or one that it spreads to.
struct Effect: BitwiseCopyable, Sendable {
  var began: Int64
  var full: Int64
  var waning: Int64
  var ended: Int64
  var severity: Double
  var incident: Int32
  var cause: UInt8
  /// A position in `FaultKind.all`, and two in `MessageFamily.all`, in worlds that are not easy.
  var kind: UInt8 = 0
  var family: UInt8 = 0
  var otherFamily: UInt8 = 0

  /// Returns the strength at a time, 0 to `severity`.
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

/// When faults, schema changes and deployments happen: drawn day by day and pipeline by pipeline, so that a history can
/// be extended at any time.
struct IncidentPlan: Sendable {
  /// In the order of their days, and of pipelines within a day.
  var incidents: [Incident] = []
  /// Indexed by pipeline.
  var effects: [[Effect]]
  private(set) var schemaChanges: [[SchemaChange]]
  var deployments: [Deployment] = []
  /// What somebody announces, in worlds that are not easy.
  var notices: [Notice] = []

  let topology: Topology
  let seed: UInt64
  let calendar: WorkCalendar
  let traits: Difficulty.Traits
  /// From when faults are planted, instead of drawn, and pipelines without other changes from then on.
  let quietFrom: Int64
  let calm: Set<Int>
  private let isEasy: Bool
  /// Pipelines that share a source and region, and therefore credentials and the vendor's service.
  let groups: [[Int]]
  let groupOf: [Int]
  /// History begins in the middle of faults: those of the days before it are drawn too.
  private var nextDay: Int64

  static let day: Int64 = 86_400_000

  init(topology: Topology, seed: UInt64, difficulty: Difficulty, calendar: WorkCalendar, scenario: Scenario? = nil) {
    quietFrom = scenario?.quietFrom ?? .max
    calm = scenario?.calm ?? []
    self.topology = topology
    self.seed = seed
    self.calendar = calendar
    traits = difficulty.traits
    isEasy = difficulty == .easy
    nextDay = isEasy ? -3 : -10
    effects = Array(repeating: [], count: topology.pipelines.count)
    schemaChanges = Array(repeating: [], count: topology.pipelines.count)
    var groups: [[Int]] = []
    var groupOf = Array(repeating: -1, count: topology.pipelines.count)
    var known: [Int: Int] = [:]
    for i in topology.layers[0] {
      let pipeline = topology.pipelines[i]
      // Instances of the same stream share nothing, so large worlds have many groups rather than large ones.
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
    if let scenario { plant(scenario) }
  }

  /// Draws all days that begin before `moment`, and some more where notices come days before what they announce.
  mutating func extend(to moment: Int64) {
    let last = isEasy ? moment : moment &+ 5 &* IncidentPlan.day
    while nextDay &* IncidentPlan.day < last {
      if isEasy { drawEasyDay(nextDay) } else { drawWorldDay(nextDay) }
      nextDay += 1
    }
  }

  // MARK: Schemas

  private static let fields = [
    "userPrincipalName", "ipAddress", "deviceId", "riskLevel", "location", "appDisplayName", "severity",
    "correlationId", "resultType", "clientApp", "actor", "targetResources", "threatType", "confidence",
    "firstSeen", "expiresAt", "hash", "url",
  ]
  private static let types = ["string", "long", "datetime", "dynamic", "real", "guid", "bool"]

  mutating func addSchemaChange(_ pipeline: Int, at: Int64, _ random: inout RandomStream) {
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
