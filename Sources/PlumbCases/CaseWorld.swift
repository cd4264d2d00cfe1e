import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbTelemetry

/// The world of a case: made from the case, the seed and a passphrase, and equal for equal ones.
package struct CaseWorld: Sendable {
  package let about: Case
  package let seed: UInt64
  package let plan: CasePlan
  package let map: WorldMap
  package let options: WorldOptions

  /// - Parameter passphrase: of an interview; empty for a learner.
  /// - Throws: a diagnostic if no world has room for the case.
  package init(_ about: Case, seed: UInt64, passphrase: String = "", threads: Int = WorldOptions.processors) throws {
    self.about = about
    self.seed = seed
    let start = CaseRandom.seed(CaseRandom.seed(seed, about.id), passphrase)
    for attempt in 0..<60 {
      let worldSeed = CaseRandom.mixed(start &+ UInt64(attempt))
      var options = WorldOptions(pipelines: 160, days: about.days, seed: worldSeed, threads: threads)
      let map = World.map(of: options)
      let now = Int64(about.days) * 24 * CaseDraft.hour
      var draft = CaseDraft(map, now: now, random: CaseRandom(CaseRandom.mixed(worldSeed)))
      guard about.plant(&draft) else { continue }
      options.scenario = draft.plan.scenario
      (self.options, self.map, plan) = (options, map, draft.plan)
      return
    }
    throw Diagnostic("no-case", "no world of seed \(seed) has room for the case `\(about.id)`", help: "choose another seed")
  }

  /// The world, at the time when the case begins.
  ///
  /// - Parameter faults: those that come later; what was before them stays as it is.
  package func world(adding faults: [Scenario.Fault] = []) throws -> World {
    if faults.isEmpty { return try World(options) }
    var options = options
    options.scenario?.faults += faults
    return try World(options)
  }

  /// The tables of a case that everybody may read.
  package static let tableNames = World.tableNames.filter { $0 != "incidents" }

  /// The pipelines downstream of the culprits.
  package var blast: Set<String> {
    var names: Set<String> = []
    for culprit in plan.culprits where culprit.cause != CaseCause.falseAlarm {
      guard let index = map.index(of: culprit.pipeline) else { continue }
      names.formUnion(map.reach(from: index, along: map.downstreams).keys.map { map.pipelines[$0].name })
    }
    return names.subtracting(plan.culprits.map(\.pipeline))
  }

  /// The number of dependencies between two pipelines, in either direction; nil if they have nothing to do with each other.
  package func hops(from one: String, to other: String) -> Int? {
    guard let start = map.index(of: one), let end = map.index(of: other) else { return nil }
    if start == end { return 0 }
    let all = zip(map.upstreams, map.downstreams).map { $0 + $1 }
    return map.reach(from: start, along: all)[end]
  }

  package func ticks(_ moment: Int64) -> Int64 { options.start &+ moment &* 10_000 }
}
