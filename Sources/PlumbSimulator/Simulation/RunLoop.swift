import PlumbEngine
import PlumbModel

/// Advances one pipeline of a world that is not easy through a slice of time, attempt by attempt.
///
/// - Records flow: a pipeline has for input what its upstreams put out since its last attempt, times the share of each
///   edge; ingestion has what arrives. An attempt takes as much as it has capacity for, the rest waits. A failed attempt
///   takes nothing, or sets aside what it could not use.
/// - Reads: its faults, and the feeds of its upstreams, which must have been advanced as far.
/// - Seams: an attempt depends only on the previous state and on its own random stream; one that would start after the
///   slice leaves no trace, so cutting time differently gives the same history.
struct RunLoop: Sendable {
  let behaviours: BufferView<Behaviour>
  let states: [PipelineCell]
  let cursors: BufferView<EdgeCursor>
  let incoming: [Range<Int>]
  let kinds: [Signature]
  let families: BufferView<FamilyTraits>
  /// The families of messages that pipelines choose from.
  let familyLists: BufferView<UInt8>
  let curve: LoadCurve
  let calendar: WorkCalendar
  let plan: IncidentPlan
  let mute: Double

  func advance(_ pipeline: Int, to end: Int64) {
    let it = behaviours[pipeline]
    let cell = states[pipeline]
    var state = cell.state
    defer { cell.state = state }
    let changes = plan.schemaChanges[pipeline]
    if state.planned == PipelineState.waiting { trigger(&state, it, before: end) }
    guard state.planned < end || state.overrun >= 0 else { return }
    let from = state.planned
    let faults = plan.effects[pipeline].filter { $0.began < end && $0.ended > from }
    let usual = it.rate * it.meanInterval

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
        if x > 0 { influence.add(kinds[Int(fault.kind)], x, isRetry: state.attempt > 1, fault) }
      }
      let queue = it.queue * (0.5 + 0.5 * load) * influence.queue * Portable.spread(0.4, &random)
      let started = planned &+ Int64(queue)
      guard started < end else { return }

      let late = followUpstreams(pipeline, it, at: started, &state, &influence)
      // Networks, locks and machines fail more when there is more to do, and again soon after.
      let transient = it.noise * (0.55 + 0.45 * load) * state.season * (state.attempt > 1 ? 2.2 : 1)
      influence.add(hazard: Swift.min(transient, 0.5), incident: -1)
      while state.nextSchemaChange < changes.count && changes[state.nextSchemaChange].at <= started {
        state.nextSchemaChange &+= 1
        state.schemaVersion &+= 1
      }

      if it.isSource {
        state.swing = 0.95 * state.swing + 0.055 * random.bell()
        let arrived = it.rate * load * Double(started &- state.arrivedUntil) * Portable.exp(state.swing) * influence.arrivals
        let heldShare = Swift.min(influence.withheld, 0.95)
        state.pending += arrived * (1 - heldShare)
        state.withheld += arrived * heldShare
        if heldShare < 0.1 && state.withheld > 0 {
          let released = state.withheld < usual ? state.withheld : state.withheld * 0.5
          state.withheld -= released
          state.pending += released
        }
      }
      state.arrivedUntil = started
      let batch = Swift.min(state.pending, it.capacity * influence.capacity + 12).rounded(.down)
      let work = Swift.min(batch / Swift.max(usual, 1), 6)

      let hazard = 1 - influence.survival
      let hasFailed = random.unit() < hazard
      let isCancelled = !hasFailed && random.unit() < 0.0006
      let normal =
        it.duration * (0.55 + 0.45 * work) * influence.duration * (0.85 + 0.15 * load) * Portable.spread(0.15, &random)
      let badShare = Swift.min(0.0015 * Portable.spread(0.6, &random) + influence.malformed, 0.97)

      var record = RunRecord(
        started: started, bytes: 0, duration: 0, queueDelay: Int32(clamping: Int64(queue)),
        upstreamDelay: 0, recordsIn: 0, recordsOut: 0, malformed: 0, backlog: 0, memory: 0,
        hazard: Float(hazard), incident: -1, pipeline: Int32(truncatingIfNeeded: pipeline), cpu: 0, ioWait: 0,
        schemaVersion: state.schemaVersion, error: 0, status: .succeeded, attempt: state.attempt)
      var length = normal
      var read = batch
      if hasFailed {
        let place = family(it, influence, &random)
        let traits = families[place]
        record.status = .failed
        record.incident = influence.incident
        record.error = UInt8(truncatingIfNeeded: place &+ 1)
        length *= traits.duration * random.between(0.8, 1.2)
        if !traits.setsAside { read = 0 }
      } else if isCancelled {
        record.status = .cancelled
        length *= 0.5
        read = 0
      }
      length = Swift.min(Swift.max(length, 800), 3 * it.meanInterval)
      record.duration = Int32(truncatingIfNeeded: Int64(length))
      let ended = started &+ Int64(record.duration)

      let malformed = Swift.min((read * badShare + random.unit()).rounded(.down), read)
      record.recordsIn = Int32(truncatingIfNeeded: Int64(Swift.min(read, 2e9)))
      record.malformed = Int32(truncatingIfNeeded: Int64(Swift.min(malformed, 2e9)))
      record.bytes = Int64(read * it.recordBytes * random.between(0.93, 1.07))
      state.pending -= read
      if record.status == .succeeded {
        let out = ((read - malformed) * it.yield * influence.written).rounded()
        record.recordsOut = Int32(truncatingIfNeeded: Int64(Swift.min(out, 2e9)))
        state.delivered += out
        state.successes &+= 1
        state.lastSuccess = ended
      }
      let coming = it.isSource ? it.rate * load * Double(record.duration) : 0
      record.backlog = Int32(truncatingIfNeeded: Int64(Swift.min(state.pending + coming, 2e9)))

      let wobble = random.bell()
      let effort = 0.7 + 0.3 * Swift.min(work, 2.5)
      record.cpu = thousandths(it.cpu * effort + 0.04 * load + influence.cpu + 0.025 * wobble)
      record.ioWait = thousandths(it.ioWait * effort + influence.ioWait + 0.008 * random.bell())
      let memory = it.memory * (0.85 + 0.15 * effort) * influence.memory * (1 + 0.03 * wobble)
      record.memory = Int32(truncatingIfNeeded: Int64(memory))
      let wait = it.pause * (0.004 * Portable.spread(0.7, &random) + influence.lateness) + late
      record.upstreamDelay = Int32(truncatingIfNeeded: Int64(Swift.min(wait, 172_800_000)))

      state.staged.append(record)
      state.step &+= 1
      let backoff = Swift.max(15_000, Int64(it.pause * random.between(0.05, 0.12)))
      // Schedulers start runs somewhat late, now and then by minutes.
      let jitter = it.jitter * (random.chance(0.03) ? 12 : 1) * 4 * random.unit() * random.unit()
      schedule(&state, it, ended: ended, backoff: backoff, hasFailed: hasFailed, jitter: Int64(jitter))
      if record.status == .succeeded {
        let due = state.planned == PipelineState.waiting ? ended &+ Int64(it.meanInterval) : state.slot
        state.due = due &+ Int64(2 * it.duration) &+ Int64(it.pause * 0.2)
      }
      state.feed.append(
        FeedPoint(
          ended: ended, lastSuccess: state.lastSuccess, incident: record.incident, successes: state.successes, due: state.due,
          delivered: state.delivered))
      if state.planned == PipelineState.waiting { trigger(&state, it, before: end) }
    }
  }

  @inline(__always) private func family(_ it: Behaviour, _ influence: Influence, _ random: inout RandomStream) -> Int {
    if random.chance(mute) { return MessageFamily.all.count - 1 }
    switch influence.blame {
    case .fault: return Int(random.chance(0.8) ? influence.family : influence.otherFamily)
    case .upstream: return Int(familyLists[it.upstreamFamilies &+ random.below(it.upstreamFamilyCount)])
    case .chance: return Int(familyLists[it.transientFamilies &+ random.below(it.transientFamilyCount)])
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
      state.isHoliday = calendar.isHoliday(day, region: Int(it.schedule.region))
      state.season = LoadCurve.season(day: day)
    }
    let people = curve.load(at: moment, offset: it.regionOffset, isHoliday: state.isHoliday)
    return (1 - it.human + it.human * people) * (1 + (state.monthFactor - 1) * (0.3 + 0.7 * it.human))
  }

  /// Schedules a retry soon, if it ends before the next run is due; a pipeline that keeps failing stops retrying.
  @inline(__always) private func schedule(
    _ state: inout PipelineState, _ it: Behaviour, ended: Int64, backoff: Int64, hasFailed: Bool, jitter: Int64
  ) {
    let next = it.schedule.kind == .event ? state.slot &+ it.schedule.interval : it.schedule.next(after: state.slot, calendar)
    if hasFailed {
      let retry = ended &+ backoff
      if state.attempt < it.maxAttempts && state.failedRuns < 1 && retry < next &- it.schedule.interval / 8 {
        state.attempt &+= 1
        state.planned = retry
        return
      }
      state.failedRuns &+= 1
    } else {
      state.failedRuns = 0
    }
    state.attempt = 1
    if it.schedule.kind == .event {
      state.idleFrom = ended
      state.planned = PipelineState.waiting
      return
    }
    state.slot = next
    if next < ended {
      state.overrun = next
      while state.slot < ended { state.slot = it.schedule.next(after: state.slot, calendar) }
    }
    state.planned = Swift.max(state.slot &+ jitter, ended)
  }

  /// Plans the run of a pipeline that waits for another: as soon as that one has succeeded once more than this one saw.
  ///
  /// What was done while this one ran is one run's input. Nothing is decided before the feed is known as far.
  private func trigger(_ state: inout PipelineState, _ it: Behaviour, before end: Int64) {
    guard state.idleFrom < end else { return }
    let feed = states[Int(it.trigger)].state.feed
    var at: Int64?
    for place in 0..<feed.count {
      let point = feed.values[place]
      guard point.successes > state.successesSeen else { continue }
      if let at, point.ended > state.idleFrom, at < point.ended { break }
      at = Swift.max(point.ended, state.idleFrom)
      state.successesSeen = point.successes
      if point.ended > state.idleFrom { break }
    }
    guard let at else { return }
    state.slot = at &+ 4_000
    state.planned = state.slot
  }

  /// Adds a row for a scheduled time at which the previous run was still running.
  private func skip(_ state: inout PipelineState, _ pipeline: Int) {
    state.staged.append(
      RunRecord(
        started: state.overrun, bytes: 0, duration: 0, queueDelay: 0, upstreamDelay: 0, recordsIn: 0,
        recordsOut: 0, malformed: 0, backlog: Int32(truncatingIfNeeded: Int64(Swift.min(state.pending, 2e9))),
        memory: 0, hazard: 0, incident: -1, pipeline: Int32(truncatingIfNeeded: pipeline), cpu: 0, ioWait: 0,
        schemaVersion: state.schemaVersion, error: 0, status: .skipped, attempt: 1))
    state.overrun = -1
  }

  /// Takes what the upstreams put out by `started`; how late the latest of them is, in milliseconds.
  @inline(__always) private func followUpstreams(
    _ pipeline: Int, _ it: Behaviour, at started: Int64, _ state: inout PipelineState, _ influence: inout Influence
  ) -> Double {
    var latest = 0.0
    for place in incoming[pipeline] {
      let edge = cursors[place]
      guard started >= edge.since && started < edge.until else { continue }
      guard let point = latestPoint(of: Int(edge.upstream), at: started, &cursors[place].place) else { continue }
      if edge.share > 0 {
        state.pending += (point.delivered - edge.taken) * edge.share
        cursors[place].taken = point.delivered
      }
      var late = Double(started &- point.due)
      if late <= 0 { continue }
      if edge.backup >= 0, let other = latestPoint(of: Int(edge.backup), at: started, &cursors[place].backupPlace) {
        // Switching to the backup costs a little.
        late = Swift.min(late, Swift.max(Double(started &- other.due), 0) + Double(edge.interval) * 0.4)
      }
      latest = Swift.max(latest, late)
      let v = Swift.min(Swift.max((late / edge.grace - 0.35) / 1.15, 0), 1)
      if v > 0 { influence.add(hazard: edge.weight * v * v * (3 - 2 * v), fromUpstream: point.incident) }
    }
    return latest
  }

  /// The newest point of a feed by a moment; `place` is the one seen last.
  @inline(__always) private func latestPoint(of upstream: Int, at moment: Int64, _ place: inout Int) -> FeedPoint? {
    let first = states[upstream].state.firstPoint
    let count = states[upstream].state.feed.count
    guard count > 0 else { return nil }
    let points = states[upstream].state.feed.values
    var at = Swift.max(place &- first, 0)
    while at &+ 1 < count && points[at &+ 1].ended <= moment { at &+= 1 }
    place = first &+ at
    return points[at].ended <= moment ? points[at] : nil
  }
}

/// What a family of messages says about a run.
struct FamilyTraits: BitwiseCopyable {
  /// The share of the usual duration that passes before the run ends.
  var duration: Double
  var setsAside: Bool
}
