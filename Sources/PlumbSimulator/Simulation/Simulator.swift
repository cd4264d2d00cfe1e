import PlumbEngine
import Synchronization

/// The world in motion: all pipelines, advanced layer by layer in slices of time, with their runs in a store.
///
/// One caller at a time. The length of slices and the number of threads change nothing but speed.
final class Simulator: @unchecked Sendable {
  let topology: Topology
  let origin: Int64
  private(set) var plan: IncidentPlan
  private(set) var store: RunStore
  /// Everything that starts before this moment is known, in milliseconds.
  private(set) var clock: Int64 = 0

  private let curve: LoadCurve
  private let behaviours: BufferView<Behaviour>
  private let states: [PipelineCell]
  private let cursors: BufferView<EdgeCursor>
  private let kinds: BufferView<ErrorShares>
  private let sliceLength: Int64

  /// Runs that a slice has room for, roughly.
  private static let sliceRuns = 131_072.0

  /// - Parameter origin: the ticks of the moment 0.
  init(topology: Topology, seed: UInt64, origin: Int64) {
    self.topology = topology
    self.origin = origin
    plan = IncidentPlan(topology: topology, seed: seed)
    store = RunStore(topology: topology, origin: origin)
    curve = LoadCurve(origin: origin)
    let count = topology.pipelines.count
    behaviours = BufferView(topology.pipelines.map { Behaviour($0) })
    states = topology.pipelines.indices.map {
      PipelineCell(PipelineState(topology.pipelines[$0], key: RandomStream.key(seed, .runs, $0)))
    }
    cursors = BufferView(Simulator.cursors(of: topology))
    kinds = BufferView(ErrorKind.all.map { ErrorShares(duration: $0.durationShare, read: $0.readShare) })

    var perMillisecond = 0.0
    for i in 0..<count { perMillisecond += 1.05 / Double(topology.pipelines[i].interval) }
    let length = Int64(Simulator.sliceRuns / perMillisecond) / 60_000 * 60_000
    sliceLength = Swift.min(Swift.max(length, 600_000), 14 * IncidentPlan.day)
  }

  private static func cursors(of topology: Topology) -> [EdgeCursor] {
    topology.edges.map { edge in
      let upstream = topology.pipelines[edge.upstream]
      let backup = upstream.backup
      let fanIn = Double(topology.incoming[edge.downstream].count)
      return EdgeCursor(
        since: edge.since, until: edge.until, weight: edge.weight, grace: edge.grace,
        share: edge.kind == .data ? 0.8 / fanIn : 0, upstream: Int32(truncatingIfNeeded: edge.upstream),
        backup: Int32(truncatingIfNeeded: backup), interval: upstream.interval,
        backupInterval: backup >= 0 ? topology.pipelines[backup].interval : 0)
    }
  }

  /// Draws faults and schema changes up to `moment` without running anything.
  func plan(to moment: Int64) { plan.extend(to: moment) }

  /// Runs the world up to `moment`, which is not before the clock.
  ///
  /// - Parameter progress: called after each slice with the moment reached and the runs so far; false stops there.
  func advance(to moment: Int64, threads: Int, progress: ((Int64, Int) -> Bool)? = nil) throws {
    plan.extend(to: moment)
    let loop = RunLoop(
      behaviours: behaviours, states: states, cursors: cursors, incoming: topology.incoming,
      signatures: Signature.all, kinds: kinds, curve: curve, plan: plan)
    while clock < moment {
      let end = Swift.min(clock + sliceLength, moment)
      for layer in topology.layers { try advance(layer, to: end, loop, threads: threads) }
      try store.append(states.map(\.state.staged), from: clock, threads: threads)
      for cell in states {
        cell.state.staged.removeAll()
        cell.state.trimFeed(before: end)
      }
      clock = end
      if let progress, !progress(clock, store.count) { return }
    }
  }

  private func advance(_ layer: Range<Int>, to end: Int64, _ loop: RunLoop, threads: Int) throws {
    let workers = Swift.min(threads, (layer.count + 3) / 4)
    guard workers > 1 else {
      for pipeline in layer { loop.advance(pipeline, to: end) }
      return
    }
    let next = Atomic<Int>(layer.lowerBound)
    let last = layer.upperBound
    try WorkerPool.shared.run(workers: workers) { _ in
      while true {
        let start = next.wrappingAdd(4, ordering: .relaxed).oldValue
        if start >= last { return }
        for pipeline in start..<Swift.min(start + 4, last) { loop.advance(pipeline, to: end) }
      }
    }
  }
}
