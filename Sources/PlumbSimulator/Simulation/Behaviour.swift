/// The numbers of a pipeline from which its runs are simulated, without texts, so that copies are cheap.
struct Behaviour: BitwiseCopyable {
  var interval: Int64
  var regionOffset: Int64
  var maxAttempts: UInt8
  var rate: Double
  var human: Double
  var recordBytes: Double
  var yield: Double
  var duration: Double
  var queue: Double
  var cpu: Double
  var memory: Double
  var ioWait: Double
  var noise: Double

  /// What worlds that are not easy need besides.
  var schedule: Schedule
  var meanInterval: Double
  /// The time that delays are measured by: between two runs, three hours at the most.
  var pause: Double
  var jitter: Double
  var capacity: Double
  var isSource: Bool
  var trigger: Int32
  /// Where the families of messages are that blame upstreams, and those that blame nothing, in a list of all.
  var upstreamFamilies = 0
  var upstreamFamilyCount = 1
  var transientFamilies = 0
  var transientFamilyCount = 1

  init(_ model: PipelineModel) {
    interval = model.interval
    regionOffset = SourceCatalogue.regions[model.region].offset
    maxAttempts = UInt8(truncatingIfNeeded: model.maxAttempts)
    rate = model.rate
    human = model.human
    recordBytes = model.recordBytes
    yield = model.yield
    duration = model.duration
    queue = model.queue
    cpu = model.cpu
    memory = model.memory
    ioWait = model.ioWait
    noise = model.noise
    schedule = model.schedule
    meanInterval = model.schedule.meanInterval
    pause = Swift.min(meanInterval, 3 * Double(WorkCalendar.hour))
    jitter = Swift.min(pause * 0.012, 45_000)
    capacity = model.capacity
    isSource = model.layer == .ingest
    trigger = Int32(truncatingIfNeeded: model.trigger)
  }
}

/// The combined effect of all faults on one attempt.
struct Influence {
  var duration = 1.0
  var queue = 1.0
  var cpu = 0.0
  var memory = 1.0
  var ioWait = 0.0
  var malformed = 0.0
  var withheld = 0.0
  var lateness = 0.0
  var capacity = 1.0
  var arrivals = 1.0
  var written = 1.0
  /// The probability that none of them makes the attempt fail.
  var survival = 1.0
  /// The largest hazard so far, and its source.
  var worst = 0.0
  var incident: Int32 = -1
  /// The kinds of errors of the worst, in an easy world.
  var firstError = ErrorKind.noise.lowerBound
  var errorCount = ErrorKind.noise.count
  /// What the worst is, and its families of messages, in other worlds.
  var blame = Blame.chance
  var family: UInt8 = 0
  var otherFamily: UInt8 = 0

  enum Blame { case chance, upstream, fault }

  @inline(__always) package mutating func add(hazard: Double, incident from: Int32, errors: Range<Int>) {
    survival *= 1 - hazard
    guard hazard > worst else { return }
    worst = hazard
    incident = from
    firstError = errors.lowerBound
    errorCount = errors.count
  }

  @inline(__always) mutating func add(
    _ g: Signature, strength x: Double, isRetry: Bool, incident: Int32, errors: Range<Int>
  ) {
    let early = show(g, x)
    let hazard: Double
    if x > g.threshold {
      let u = (x - g.threshold) / (1 - g.threshold)
      hazard = g.transient + (g.peak - g.transient) * u * u * (3 - 2 * u)
    } else {
      // Early on a first attempt may fail, and its retry mostly succeeds.
      hazard = g.transient * early * early * (isRetry ? 0.2 : 1)
    }
    add(hazard: hazard, incident: incident, errors: errors)
  }

  /// Adds what a fault of a world that is not easy does.
  @inline(__always) mutating func add(_ g: Signature, _ x: Double, isRetry: Bool, _ fault: Effect) {
    let early = show(g, x)
    let hazard: Double
    if x > g.threshold {
      let u = Swift.min((x - g.threshold) / (0.9 - g.threshold), 1)
      hazard = g.transient + (g.peak - g.transient) * u * u * (3 - 2 * u)
    } else {
      hazard = g.transient * early * early * (isRetry ? 0.2 : 1)
    }
    survival *= 1 - hazard
    guard hazard > worst else { return }
    worst = hazard
    incident = fault.incident
    (blame, family, otherFamily) = (.fault, fault.family, fault.otherFamily)
  }

  @inline(__always) mutating func add(hazard: Double, fromUpstream from: Int32) {
    survival *= 1 - hazard
    guard hazard > worst else { return }
    worst = hazard
    incident = from
    blame = .upstream
  }

  @inline(__always) mutating func add(hazard: Double, incident from: Int32) {
    survival *= 1 - hazard
    guard hazard > worst else { return }
    worst = hazard
    incident = from
    blame = .chance
  }

  /// Adds the signs of a fault at strength `x`; how much of its early phase is over, 0 to 1.
  @inline(__always) private mutating func show(_ g: Signature, _ x: Double) -> Double {
    // Signs grow fastest at first and are complete when runs begin to fail for good.
    let early = Swift.min(1, x / g.threshold)
    let shown = early * (2 - early)
    duration *= 1 + (g.duration - 1) * shown
    queue *= 1 + (g.queue - 1) * shown
    cpu += g.cpu * shown
    memory *= 1 + (g.memory - 1) * shown
    ioWait += g.ioWait * shown
    malformed += g.malformed * shown
    withheld += g.withheld * shown
    lateness += g.lateness * shown
    capacity *= 1 - (1 - g.capacity) * shown
    arrivals *= 1 + (g.arrivals - 1) * shown
    written *= 1 + (g.written - 1) * shown
    return early
  }
}
