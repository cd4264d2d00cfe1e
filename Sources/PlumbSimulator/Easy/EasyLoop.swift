import PlumbEngine
import PlumbModel

/// Advances one pipeline of an easy world through a slice of time, attempt by attempt.
///
/// - Reads: its faults, and the feeds of its upstreams, which must have been advanced as far.
/// - Seams: an attempt depends only on the state before it and on its own random stream; one that would start after
///   the slice leaves no trace, so that cutting time differently gives the same history.
struct EasyLoop: Sendable {
  let behaviours: BufferView<Behaviour>
  let states: [PipelineCell]
  let cursors: BufferView<EdgeCursor>
  let incoming: [Range<Int>]
  let signatures: [Signature]
  let kinds: BufferView<ErrorShares>
  let curve: LoadCurve
  let plan: IncidentPlan

  func advance(_ pipeline: Int, to end: Int64) {
    let it = behaviours[pipeline]
    let cell = states[pipeline]
    var state = cell.state
    defer { cell.state = state }
    let changes = plan.schemaChanges[pipeline]
    let from = state.planned
    let faults = plan.effects[pipeline].filter { $0.began < end && $0.ended > from }
    let usual = it.rate * Double(it.interval)

    while true {
      if state.overrun >= 0 {
        guard state.overrun < end else { return }
        skip(&state, pipeline)
        continue
      }
      let planned = state.planned
      guard planned < end else { return }
      var random = RandomStream(key: state.key, step: state.step)
      let load = self.load(it, &state, at: planned)

      var influence = Influence()
      for fault in faults {
        let x = fault.strength(at: planned)
        if x > 0 {
          influence.add(
            signatures[Int(fault.cause)], strength: x, isRetry: state.attempt > 1, incident: fault.incident,
            errors: ErrorKind.places(of: Cause(rawValue: fault.cause) ?? .vendorOutage))
        }
      }
      let queue = it.queue * (0.5 + 0.5 * load) * influence.queue * Portable.spread(0.4, &random)
      let started = planned &+ Int64(queue)
      guard started < end else { return }

      let late = followUpstreams(pipeline, at: started, &influence)
      influence.add(hazard: it.noise * (0.7 + 0.3 * load), incident: -1, errors: ErrorKind.noise)
      while state.nextSchemaChange < changes.count && changes[state.nextSchemaChange].at <= started {
        state.nextSchemaChange &+= 1
        state.schemaVersion &+= 1
      }

      // Records that came since the last attempt, and those that the source held back and now gives.
      state.swing = 0.95 * state.swing + 0.055 * random.bell()
      let arrived = it.rate * load * Double(started &- state.arrivedUntil) * Portable.exp(state.swing)
      state.arrivedUntil = started
      let heldShare = Swift.min(influence.withheld, 0.95)
      state.pending += arrived * (1 - heldShare)
      state.withheld += arrived * heldShare
      if heldShare < 0.1 && state.withheld > 0 {
        let released = state.withheld < usual ? state.withheld : state.withheld * 0.5
        state.withheld -= released
        state.pending += released
      }
      let batch = Swift.min(state.pending, 6 * usual * influence.capacity + 12).rounded(.down)
      let work = Swift.min(batch / Swift.max(usual, 1), 6)

      let hazard = 1 - influence.survival
      let hasFailed = random.unit() < hazard
      let isCancelled = !hasFailed && random.unit() < 0.0006
      let normal =
        it.duration * (0.55 + 0.45 * work) * influence.duration * (0.85 + 0.15 * load)
        * Portable.spread(0.15, &random)
      let badShare = Swift.min(0.0015 * Portable.spread(0.6, &random) + influence.malformed, 0.97)

      var record = RunRecord(
        started: started, bytes: 0, duration: 0, queueDelay: Int32(clamping: Int64(queue)),
        upstreamDelay: 0, recordsIn: 0, recordsOut: 0, malformed: 0, backlog: 0, memory: 0,
        hazard: Float(hazard), incident: -1, pipeline: Int32(truncatingIfNeeded: pipeline), cpu: 0, ioWait: 0,
        schemaVersion: state.schemaVersion, error: 0, status: .succeeded, attempt: state.attempt)
      var length = normal
      var read = batch
      if hasFailed {
        let place = influence.firstError &+ random.below(influence.errorCount)
        let shares = kinds[place]
        record.status = .failed
        record.incident = influence.incident
        record.error = UInt8(truncatingIfNeeded: place &+ 1)
        length *= shares.duration * random.between(0.8, 1.2)
        read = (batch * shares.read).rounded(.down)
      } else if isCancelled {
        record.status = .cancelled
        length *= 0.5
        read = (batch * 0.4).rounded(.down)
      }
      length = Swift.min(Swift.max(length, 800), 3 * Double(it.interval))
      record.duration = Int32(truncatingIfNeeded: Int64(length))
      let ended = started &+ Int64(record.duration)

      let bad = (read * badShare + random.unit()).rounded(.down)
      let malformed = Swift.min(bad, read)
      record.recordsIn = Int32(truncatingIfNeeded: Int64(Swift.min(read, 2e9)))
      record.malformed = Int32(truncatingIfNeeded: Int64(Swift.min(malformed, 2e9)))
      record.bytes = Int64(read * it.recordBytes * random.between(0.93, 1.07))
      if record.status == .succeeded {
        record.recordsOut = Int32(
          truncatingIfNeeded: Int64(Swift.min(((read - malformed) * it.yield).rounded(), 2e9)))
        state.pending -= batch
        state.lastSuccess = ended
      }
      let coming = it.rate * load * Double(record.duration)
      record.backlog = Int32(truncatingIfNeeded: Int64(Swift.min(state.pending + coming, 2e9)))

      let wobble = random.bell()
      let effort = 0.7 + 0.3 * Swift.min(work, 2.5)
      record.cpu = thousandths(it.cpu * effort + 0.04 * load + influence.cpu + 0.025 * wobble)
      record.ioWait = thousandths(it.ioWait * effort + influence.ioWait + 0.008 * random.bell())
      let memory = it.memory * (0.85 + 0.15 * effort) * influence.memory * (1 + 0.03 * wobble)
      record.memory = Int32(truncatingIfNeeded: Int64(memory))
      let wait = Double(it.interval) * (0.004 * Portable.spread(0.7, &random) + influence.lateness) + late
      record.upstreamDelay = Int32(truncatingIfNeeded: Int64(Swift.min(wait, 172_800_000)))

      state.staged.append(record)
      state.feed.append(
        FeedPoint(
          ended: ended, lastSuccess: state.lastSuccess, incident: record.incident, successes: 0, due: 0, delivered: 0))
      state.step &+= 1
      let backoff = Swift.max(15_000, Int64(Double(it.interval) * random.between(0.05, 0.12)))
      schedule(&state, it, ended: ended, backoff: backoff, hasFailed: hasFailed)
    }
  }

  @inline(__always) private func thousandths(_ share: Double) -> UInt16 {
    UInt16(truncatingIfNeeded: Int64(Swift.min(Swift.max(share, 0.002), 0.998) * 1_000))
  }

  @inline(__always) private func load(_ it: Behaviour, _ state: inout PipelineState, at moment: Int64) -> Double {
    let day = curve.day(at: moment, offset: it.regionOffset)
    if day != state.monthDay {
      state.monthDay = day
      state.monthFactor = curve.monthEndFactor(day: day)
    }
    let people = curve.load(at: moment, offset: it.regionOffset)
    return (1 - it.human + it.human * people) * (1 + (state.monthFactor - 1) * (0.3 + 0.7 * it.human))
  }

  /// Retries soon, if that ends before the next run is due; a pipeline that keeps failing stops retrying.
  @inline(__always) private func schedule(
    _ state: inout PipelineState, _ it: Behaviour, ended: Int64, backoff: Int64, hasFailed: Bool
  ) {
    let next = state.slot &+ it.interval
    if hasFailed {
      let retry = ended &+ backoff
      if state.attempt < it.maxAttempts && state.failedRuns < 1 && retry < next &- it.interval / 8 {
        state.attempt &+= 1
        state.planned = retry
        return
      }
      state.failedRuns &+= 1
    } else {
      state.failedRuns = 0
    }
    state.attempt = 1
    state.slot = next
    if next < ended {
      state.overrun = next
      while state.slot < ended { state.slot &+= it.interval }
    }
    state.planned = state.slot
  }

  /// Leaves a row for a scheduled time at which the run before was still going.
  private func skip(_ state: inout PipelineState, _ pipeline: Int) {
    state.staged.append(
      RunRecord(
        started: state.overrun, bytes: 0, duration: 0, queueDelay: 0, upstreamDelay: 0, recordsIn: 0,
        recordsOut: 0, malformed: 0, backlog: Int32(truncatingIfNeeded: Int64(Swift.min(state.pending, 2e9))),
        memory: 0, hazard: 0, incident: -1, pipeline: Int32(truncatingIfNeeded: pipeline), cpu: 0, ioWait: 0,
        schemaVersion: state.schemaVersion, error: 0, status: .skipped, attempt: 1))
    state.overrun = -1
  }

  /// Looks at the upstreams as they were at `started`; how late the latest of them is, in milliseconds.
  @inline(__always) private func followUpstreams(
    _ pipeline: Int, at started: Int64, _ influence: inout Influence
  ) -> Double {
    var latest = 0.0
    for place in incoming[pipeline] {
      let edge = cursors[place]
      guard started >= edge.since && started < edge.until else { continue }
      let upstream = Int(edge.upstream)
      var late = lateness(of: upstream, edge.interval, at: started, &cursors[place].place)
      if late <= 0 { continue }
      let incident = states[upstream].state.feed.values[cursors[place].place &- states[upstream].state.firstPoint].incident
      if edge.backup >= 0 {
        let other = lateness(
          of: Int(edge.backup), edge.backupInterval, at: started, &cursors[place].backupPlace)
        // Switching to the stand-in costs a little.
        late = Swift.min(late, Swift.max(other, 0) + Double(edge.interval) * 0.4)
      }
      latest = Swift.max(latest, late)
      let v = Swift.min(Swift.max((late / edge.grace - 0.35) / 1.15, 0), 1)
      if v > 0 {
        influence.withheld += edge.share * v
        influence.add(hazard: edge.weight * v * v * (3 - 2 * v), incident: incident, errors: ErrorKind.upstream)
      }
    }
    return latest
  }

  /// How much older the last success of an upstream is than its schedule explains; `place` is the point seen last.
  @inline(__always) private func lateness(
    of upstream: Int, _ interval: Int64, at moment: Int64, _ place: inout Int
  ) -> Double {
    let first = states[upstream].state.firstPoint
    let count = states[upstream].state.feed.count
    guard count > 0 else { return 0 }
    let points = states[upstream].state.feed.values
    var at = Swift.max(place &- first, 0)
    while at &+ 1 < count && points[at &+ 1].ended <= moment { at &+= 1 }
    place = first &+ at
    guard points[at].ended <= moment else { return 0 }
    return Double(moment &- points[at].lastSuccess) - Double(interval) * 1.25
  }
}

/// How far into a run an error comes.
struct ErrorShares: BitwiseCopyable {
  var duration: Double
  var read: Double
}
