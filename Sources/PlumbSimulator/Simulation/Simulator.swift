import PlumbEngine
import PlumbModel
import Synchronization

/// The running world: all pipelines, advanced layer by layer in slices of time, with their runs in a store.
///
/// Use it from one thread at a time. The length of slices and the number of threads affect only the speed.
final class Simulator: @unchecked Sendable {
  let topology: Topology
  let origin: Int64
  private(set) var plan: IncidentPlan
  private(set) var store: RunStore
  /// Everything that starts before this time is known, in milliseconds.
  private(set) var clock: Int64 = 0

  private let curve: LoadCurve
  private let behaviours: BufferView<Behaviour>
  private let states: [PipelineCell]
  private let cursors: BufferView<EdgeCursor>
  private let signatures: [Signature]
  private let kinds: BufferView<ErrorShares>
  private let families: BufferView<FamilyTraits>
  private let familyLists: BufferView<UInt8>
  private let calendar: WorkCalendar
  private let difficulty: Difficulty
  var isEasy: Bool { difficulty == .easy }
  private let sliceLength: Int64
  let mutedAlerts: [Scenario.MutedAlert]

  /// The approximate number of runs per slice.
  private static let sliceRuns = 131_072.0

  /// - Parameter origin: the ticks of time 0.
  init(topology: Topology, seed: UInt64, origin: Int64, difficulty: Difficulty, scenario: Scenario? = nil) {
    self.topology = topology
    self.origin = origin
    self.difficulty = difficulty
    let calendar = WorkCalendar(origin: origin)
    self.calendar = calendar
    plan = IncidentPlan(topology: topology, seed: seed, difficulty: difficulty, calendar: calendar, scenario: scenario)
    store = RunStore(topology: topology, origin: origin, seed: seed, isEasy: difficulty == .easy)
    curve = LoadCurve(origin: origin)
    let count = topology.pipelines.count
    let (all, lists) = Simulator.behaviours(of: topology)
    behaviours = BufferView(all)
    familyLists = BufferView(lists)
    states = topology.pipelines.indices.map { i in
      let model = topology.pipelines[i]
      let first = difficulty == .easy
        ? model.offset : model.schedule.kind == .event ? PipelineState.waiting : model.schedule.first(calendar)
      return PipelineCell(PipelineState(model, first: first, key: RandomStream.key(seed, .runs, i)))
    }
    cursors = BufferView(Simulator.cursors(of: topology, isEasy: difficulty == .easy, scenario: scenario))
    mutedAlerts = scenario?.mutedAlerts ?? []
    signatures = difficulty == .easy ? Signature.all : FaultKind.all.map(\.signature) + (scenario?.faults ?? []).map { Signature($0.signs) }
    families = BufferView(
      MessageFamily.all.map { FamilyTraits(duration: $0.durationShare, setsAside: $0.setsAside) })
    kinds = BufferView(ErrorKind.all.map { ErrorShares(duration: $0.durationShare, read: $0.readShare) })

    var perMillisecond = 0.0
    for i in 0..<count { perMillisecond += 1.05 / topology.pipelines[i].schedule.meanInterval }
    let length = Int64(Simulator.sliceRuns / perMillisecond) / 60_000 * 60_000
    sliceLength = Swift.min(Swift.max(length, 600_000), 14 * IncidentPlan.day)
  }

  /// What runs are made from, and the list of families of messages that it refers to.
  private static func behaviours(of topology: Topology) -> ([Behaviour], [UInt8]) {
    var lists: [UInt8] = []
    let behaviours = topology.pipelines.map { model in
      var behaviour = Behaviour(model)
      func append(_ suspect: MessageFamily.Suspect) -> (Int, Int) {
        let places = MessageFamily.positions(of: suspect, in: model, shared: nil)
        lists += places.map { UInt8(truncatingIfNeeded: $0) }
        return (lists.count - places.count, places.count)
      }
      (behaviour.upstreamFamilies, behaviour.upstreamFamilyCount) = append(.upstream)
      (behaviour.transientFamilies, behaviour.transientFamilyCount) = append(.transient)
      return behaviour
    }
    return (behaviours, lists)
  }

  private static func cursors(of topology: Topology, isEasy: Bool, scenario: Scenario?) -> [EdgeCursor] {
    topology.edges.map { edge in
      let upstream = topology.pipelines[edge.upstream]
      let backup = scenario == nil ? upstream.backup : -1
      let isTight = scenario?.tightEdges.contains(Scenario.Link(edge.upstream, edge.downstream)) == true
      let fanIn = Double(topology.incoming[edge.downstream].count)
      return EdgeCursor(
        since: edge.since, until: edge.until, weight: isTight ? 0.95 : edge.weight,
        grace: isTight ? Swift.min(edge.grace, 1.2 * Double(Swift.max(upstream.interval, topology.pipelines[edge.downstream].interval))) : edge.grace,
        share: isEasy ? (edge.kind == .data ? 0.8 / fanIn : 0) : edge.share ?? 0, upstream: Int32(truncatingIfNeeded: edge.upstream),
        backup: Int32(truncatingIfNeeded: backup), interval: upstream.interval,
        backupInterval: backup >= 0 ? topology.pipelines[backup].interval : 0)
    }
  }

  /// Draws faults and schema changes up to `moment` without running anything.
  func plan(to moment: Int64) { plan.extend(to: moment) }

  /// Lets those who read from a pipeline read from another from the clock on, which takes over part of its load.
  func failOver(from pipeline: Int, to other: Int) {
    for place in topology.edges.indices where Int(cursors[place].upstream) == pipeline {
      cursors[place].upstream = Int32(truncatingIfNeeded: other)
      cursors[place].backup = -1
      cursors[place].interval = topology.pipelines[other].interval
      cursors[place].place = 0
      cursors[place].taken = states[other].state.delivered
    }
    for i in topology.pipelines.indices where Int(behaviours[i].trigger) == pipeline {
      behaviours[i].trigger = Int32(truncatingIfNeeded: other)
      states[i].state.successesSeen = states[other].state.successes
    }
    let load = behaviours[other].rate > 0 ? behaviours[pipeline].rate / behaviours[other].rate : 1
    behaviours[other].rate *= 1 + Swift.min(0.6 * load, 2)
  }

  /// The faults that are at work on each pipeline, in the order of pipelines.
  var faults: [PredictionTruth.Fault] {
    topology.pipelines.indices.flatMap { i in
      plan.effects[i].map { effect in
        PredictionTruth.Fault(
          pipeline: topology.pipelines[i].name, began: ticks(effect.began), ended: ticks(effect.ended),
          kind: isEasy ? Int(effect.cause) : Int(effect.kind))
      }
    }
  }

  /// Runs the world up to `moment`, which must not be before the clock.
  ///
  /// - Parameter progress: called after each slice with the time reached and the runs so far; returning false stops.
  func advance(to moment: Int64, threads: Int, progress: ((Int64, Int) -> Bool)? = nil) throws {
    plan.extend(to: moment)
    let advancing = self.advancing
    while clock < moment {
      let end = Swift.min(clock + sliceLength, moment)
      for layer in topology.layers { try advance(layer, to: end, advancing, threads: threads) }
      try store.append(states.map(\.state.staged), from: clock, threads: threads)
      for cell in states {
        cell.state.staged.removeAll()
        cell.state.trimFeed(before: end)
      }
      clock = end
      if let progress, !progress(clock, store.count) { return }
    }
  }

  /// Advances a pipeline to a moment, by the rules of the world.
  private var advancing: @Sendable (Int, Int64) -> Void {
    if difficulty == .easy {
      let loop = EasyLoop(
        behaviours: behaviours, states: states, cursors: cursors, incoming: topology.incoming, signatures: signatures,
        kinds: kinds, curve: curve, plan: plan)
      return { loop.advance($0, to: $1) }
    }
    let loop = RunLoop(
      behaviours: behaviours, states: states, cursors: cursors, incoming: topology.incoming, kinds: signatures, families: families,
      familyLists: familyLists, curve: curve, calendar: calendar, plan: plan, mute: difficulty.traits.mute)
    return { loop.advance($0, to: $1) }
  }

  private func advance(
    _ layer: Range<Int>, to end: Int64, _ advancing: @escaping @Sendable (Int, Int64) -> Void, threads: Int
  ) throws {
    let workers = Swift.min(threads, (layer.count + 3) / 4)
    guard workers > 1 else {
      for pipeline in layer { advancing(pipeline, end) }
      return
    }
    let next = Atomic<Int>(layer.lowerBound)
    let last = layer.upperBound
    try WorkerPool.shared.run(workers: workers) { _ in
      while true {
        let start = next.wrappingAdd(4, ordering: .relaxed).oldValue
        if start >= last { return }
        for pipeline in start..<Swift.min(start + 4, last) { advancing(pipeline, end) }
      }
    }
  }
}
