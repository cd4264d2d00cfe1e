import PlumbModel
import PlumbSimulator

/// A case to investigate: a brief, a faulty world that a seed makes, hints, and how an expert investigates it.
package struct Case: Sendable {
  package enum Level: String, Sendable, CaseIterable { case easy, medium, hard }

  /// A hint; later ones tell more and cost more.
  package struct Hint: Sendable {
    package let text: @Sendable (CasePlan) -> String
    /// The points that it costs.
    package let price: Int
  }

  /// A step of the expert's route.
  package struct Step: Sendable {
    package let why: String
    package let query: String

    init(_ why: String, _ query: String) {
      self.why = why
      self.query = query
    }
  }

  package let id: String
  package let title: String
  package let level: Level
  /// Plants faults; returns false if the world does not have the pipelines for them.
  let plant: @Sendable (inout CaseDraft) -> Bool
  /// What to ask oneself first, and which operator helps.
  let question: String
  let operation: String
  /// The expert's route; the last step finds the answer.
  package let route: @Sendable (CasePlan) -> [Step]
  /// The days of history, from a Monday on.
  var days = 10

  /// From a question to nearly the query.
  package var hints: [Hint] {
    [
      Hint(text: { [question] _ in question }, price: 3), Hint(text: { [operation] _ in operation }, price: 6),
      Hint(
        text: { [route] plan in
          guard let step = route(plan).dropLast().last ?? route(plan).last else { return "" }
          return "\(step.why):\n\n\(step.query)"
        }, price: 12),
    ]
  }

  /// All cases, from easy to hard. To add one, add an element; nothing else needs to know.
  package static let all: [Case] = [
    criticalFeed, slow10x, falseAlarm, silentLoss, missingAlert, riskyDeploy, cascade, backpressure, capacity, twoFaults,
  ]

  package static func named(_ id: String) -> Case? { all.first { $0.id == id } }
}

/// What is wrong in a case's world, and what the brief says of it.
package struct CasePlan: Sendable {
  /// The cause of a fault as an answer names it.
  package struct Culprit: Hashable, Sendable {
    package var pipeline: String
    package var cause: String
    /// When it began, in milliseconds of the world; nil if the question does not arise.
    package var began: Int64?
  }

  package var scenario: Scenario
  package var culprits: [Culprit] = []
  /// Who writes the brief, how, and what.
  package var sender = ""
  package var brief = ""
  /// The pipeline that the brief names.
  package var symptom: String?
  /// Pipelines that a replacement can be chosen for, with those that would serve.
  package var failover: (from: String, to: [String])?
  /// Wrong ideas that the world suggests, each with what rules it out.
  package var decoys: [String] = []
}

/// A plan while it is made: the world's pipelines, and draws that follow from the seed.
package struct CaseDraft {
  package let map: WorldMap
  /// The end of the world's history, in milliseconds.
  let now: Int64
  let random: CaseRandom
  var plan: CasePlan

  static let minute: Int64 = 60_000
  static let hour: Int64 = 3_600_000

  init(_ map: WorldMap, now: Int64, random: CaseRandom) {
    self.map = map
    self.now = now
    self.random = random
    plan = CasePlan(scenario: Scenario(quietFrom: now - 40 * CaseDraft.hour))
  }

  func name(_ pipeline: Int) -> String { map.pipelines[pipeline].name }

  /// A pipeline for which `body` is true; nil if none exists.
  func pick(_ body: (Int) -> Bool) -> Int? { random.element(of: map.pipelines.indices.filter(body)) }

  func pick(from list: [Int], _ body: (Int) -> Bool = { _ in true }) -> Int? { random.element(of: list.filter(body)) }

  /// A moment some hours ago, in whole seconds.
  func ago(_ least: Double, _ most: Double) -> Int64 {
    now - Int64(random.between(least, most) * 3_600) * 1_000
  }

  /// Whether it runs often enough to show within hours when something began.
  func isFrequent(_ pipeline: Int, within minutes: Int64 = 30) -> Bool {
    map.pipelines[pipeline].isSteady && map.pipelines[pipeline].interval <= minutes * CaseDraft.minute
  }

  /// The pipelines upstream and downstream of a pipeline, and itself.
  func kin(of pipeline: Int) -> Set<Int> {
    Set(map.reach(from: pipeline, along: map.upstreams).keys).union(map.reach(from: pipeline, along: map.downstreams).keys)
      .union([pipeline])
  }

  mutating func add(_ fault: Scenario.Fault) {
    plan.scenario.faults.append(fault)
    plan.scenario.calm.insert(fault.pipeline)
  }

  /// Adds a fault that the answer names.
  mutating func addCulprit(_ fault: Scenario.Fault, as cause: String? = nil) {
    add(fault)
    plan.culprits.append(
      CasePlan.Culprit(pipeline: name(fault.pipeline), cause: cause ?? fault.cause.name, began: fault.began))
  }

  /// Adds unrelated pipelines that fail more, are slower, and change at the same time.
  mutating func addDistractions(besides related: Set<Int>, slow: Bool = true) {
    let loud = pick { !related.contains($0) && isFrequent($0, within: 20) && map.pipelines[$0].layer == 0 }
    if let loud {
      let cause: Cause = [.expiredCredentials, .vendorOutage, .malformedRecords][random.below(3)]
      add(Scenario.Fault(loud, cause, began: ago(10, 16)) { $0.failures = 0.97 })
      plan.decoys.append("\(name(loud)) fails more often, but for longer, and nothing of this depends on it")
    }
    if slow, let other = pick({ !related.contains($0) && $0 != loud && isFrequent($0) && map.pipelines[$0].layer >= 1 }) {
      add(Scenario.Fault(other, .cpuExhaustion, began: ago(8, 12)) {
        $0.duration = 14
        $0.cpu = 0.3
      })
      plan.decoys.append("\(name(other)) is slower, but nothing of this depends on it")
    }
  }

  /// Adds a harmless build or schema change near the time of a fault, to a pipeline that has nothing to do with it.
  mutating func addCoincidence(on pipeline: Int, near moment: Int64) {
    let at = moment + Int64(random.between(20, 70)) * CaseDraft.minute
    if random.chance(0.5) {
      plan.scenario.builds.append(.init(pipeline, at: at))
      plan.decoys.append("the build of \(name(pipeline)) came after the trouble began")
    } else {
      plan.scenario.schemaChanges.append(.init(pipeline, at: at))
      plan.decoys.append("the schema of \(name(pipeline)) changed after the trouble began")
    }
  }

  /// Writes the brief.
  mutating func brief(_ sender: String, about symptom: Int?, _ text: String) {
    plan.sender = sender
    plan.symptom = symptom.map { name($0) }
    plan.brief = text
  }
}

/// Random numbers that a case's seed determines: SplitMix64 (Steele, Lea, Flood, 2014).
final class CaseRandom {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  static func mixed(_ x: UInt64) -> UInt64 {
    var z = x &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }

  /// The seed of a text, so that cases differ.
  static func seed(_ seed: UInt64, _ text: String) -> UInt64 {
    var value = mixed(seed)
    for byte in text.utf8 { value = mixed(value ^ UInt64(byte)) }
    return value
  }

  func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return CaseRandom.mixed(state)
  }

  func unit() -> Double { Double(next() &>> 11) * 0x1p-53 }
  func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }
  func chance(_ probability: Double) -> Bool { unit() < probability }

  /// A number in 0 ..< `count`, which is at least 1.
  func below(_ count: Int) -> Int { Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(count)).high) }

  func element<Element>(of list: [Element]) -> Element? { list.isEmpty ? nil : list[below(list.count)] }
}
