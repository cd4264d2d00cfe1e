import PlumbModel

/// A way in which a fault goes: whether it announces itself, what it does to runs, and how long it lasts.
struct FaultKind: Sendable {
  /// When faults of the kind begin.
  enum Time: Sendable {
    case any
    /// In working hours, as changes do.
    case work
    /// When there is most to do.
    case load
  }

  let cause: Cause
  /// Its share among the faults of its cause.
  let weight: Double
  let time: Time
  /// What it does at full strength. Its hours of early signs are 0 for a fault that strikes at once.
  let signature: Signature
  /// The median of the hours until it is repaired, for a pipeline of tier 1, and the spread of their logarithm.
  let hours: Double
  let spread: Double

  var strikesAtOnce: Bool { signature.early.upperBound == 0 }

  private init(
    _ cause: Cause, _ weight: Double, _ time: Time = .any, hours: Double, spread: Double = 0.8, early: ClosedRange<Double> = 0...0,
    recovery: ClosedRange<Double> = 0.05...0.2, _ change: (inout Signature) -> Void
  ) {
    self.cause = cause
    self.weight = weight
    self.time = time
    self.hours = hours
    self.spread = spread
    var signature = Signature(early: early, failing: 0...0, recovery: recovery)
    if early.upperBound == 0 { (signature.threshold, signature.transient) = (0.3, 0) }
    change(&signature)
    self.signature = signature
  }

  /// The position of a kind is part of an effect.
  static let all: [FaultKind] = [
    FaultKind(.expiredCredentials, 1, hours: 2.2) { $0.peak = 0.99 },

    FaultKind(.vendorOutage, 0.5, .load, hours: 1.3) {
      $0.peak = 0.95
      $0.duration = 1.5
      $0.withheld = 0.5
    },
    FaultKind(.vendorOutage, 0.5, .load, hours: 1.6, early: 0.4...2.2, recovery: 0.2...0.8) {
      $0.peak = 0.94
      $0.threshold = 0.5
      $0.transient = 0.2
      $0.duration = 2.4
      $0.queue = 1.6
      $0.withheld = 0.5
      $0.lateness = 0.6
    },

    FaultKind(.schemaDrift, 0.7, .work, hours: 2.6) { $0.peak = 0.97 },
    FaultKind(.schemaDrift, 0.3, .work, hours: 4) {
      $0.peak = 0.4
      $0.malformed = 0.22
    },

    FaultKind(.malformedRecords, 0.45, hours: 2) {
      $0.peak = 0.8
      $0.malformed = 0.3
    },
    FaultKind(.malformedRecords, 0.55, hours: 2.4, early: 1.5...8, recovery: 0.2...1) {
      $0.peak = 0.93
      $0.threshold = 0.62
      $0.transient = 0.08
      $0.malformed = 0.45
    },

    FaultKind(.cpuExhaustion, 1, .load, hours: 2, early: 1.5...9, recovery: 0.3...1) {
      $0.peak = 0.94
      $0.threshold = 0.62
      $0.transient = 0.12
      $0.duration = 2.5
      $0.queue = 3.5
      $0.cpu = 0.5
      $0.capacity = 0.5
    },
    FaultKind(.memoryExhaustion, 1, .load, hours: 1.8, early: 3...24, recovery: 0.05...0.2) {
      $0.peak = 0.95
      $0.threshold = 0.74
      $0.transient = 0.1
      $0.duration = 1.3
      $0.memory = 2.6
      $0.ioWait = 0.05
    },
    FaultKind(.ioExhaustion, 0.65, .load, hours: 2, early: 1.5...9, recovery: 0.3...1) {
      $0.peak = 0.94
      $0.threshold = 0.62
      $0.transient = 0.12
      $0.duration = 2.8
      $0.queue = 2
      $0.ioWait = 0.5
      $0.capacity = 0.6
    },
    // A disk that is full says so at once.
    FaultKind(.ioExhaustion, 0.35, .load, hours: 1.6) { $0.peak = 0.98 },

    FaultKind(.slowUpstream, 1, .load, hours: 2.2, early: 0.7...5, recovery: 0.3...1) {
      $0.peak = 0.93
      $0.threshold = 0.6
      $0.transient = 0.12
      $0.duration = 2
      $0.withheld = 0.5
      $0.lateness = 1.8
    },
    FaultKind(.downstreamBackpressure, 1, .load, hours: 2.4, early: 1...6, recovery: 0.4...1.5) {
      $0.peak = 0.93
      $0.threshold = 0.6
      $0.transient = 0.09
      $0.duration = 1.7
      $0.queue = 5
      $0.ioWait = 0.05
      $0.capacity = 0.3
    },

    FaultKind(.badDeployment, 0.58, .work, hours: 1.2) { $0.peak = 0.98 },
    FaultKind(.badDeployment, 0.14, .work, hours: 2, early: 2...12, recovery: 0.05...0.15) {
      $0.peak = 0.95
      $0.threshold = 0.7
      $0.transient = 0.12
      $0.duration = 1.3
      $0.memory = 2.2
    },
    FaultKind(.badDeployment, 0.18, .work, hours: 3.5) {
      $0.peak = 0.42
      $0.duration = 1.4
      $0.cpu = 0.06
    },
    FaultKind(.badDeployment, 0.1, .work, hours: 3) {
      $0.peak = 0.25
      $0.duration = 2.3
      $0.cpu = 0.2
    },
  ]

  /// The positions of a cause's kinds.
  static func positions(of cause: Cause) -> [Int] { all.indices.filter { all[$0].cause == cause } }

  /// A vendor or a network that is away for minutes.
  static let blip: Int = all.firstIndex { $0.cause == .vendorOutage && $0.strikesAtOnce } ?? 0
}
