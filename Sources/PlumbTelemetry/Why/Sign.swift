import PlumbEngine

/// A number reported by runs that a fault may move away from the pipeline's usual.
enum Sign: Int, CaseIterable, Sendable {
  case duration, queue, upstreamDelay, records, malformed, cpu, memory, ioWait, backlog

  /// The column of `runs`.
  var column: String {
    switch self {
    case .duration: "duration"
    case .queue: "queue_delay"
    case .upstreamDelay: "upstream_delay"
    case .records: "records_in"
    case .malformed: "malformed"
    case .cpu: "cpu"
    case .memory: "memory_mb"
    case .ioWait: "io_wait"
    case .backlog: "backlog"
    }
  }

  /// Its name in sentences.
  var noun: String {
    switch self {
    case .duration: "duration"
    case .queue: "queue"
    case .upstreamDelay: "delay"
    case .records: "records"
    case .malformed: "malformed records"
    case .cpu: "processor"
    case .memory: "memory"
    case .ioWait: "I/O wait"
    case .backlog: "backlog"
    }
  }

  /// The number as a KQL expression, in seconds, as a share of 1, or as it is.
  var expression: String {
    switch self {
    case .duration, .queue, .upstreamDelay: "\(column) / 1s"
    case .malformed: "iff(records_in > 0, todouble(malformed) / records_in, real(null))"
    case .records, .cpu, .memory, .ioWait, .backlog: "todouble(\(column))"
    }
  }

  /// Whether failed runs say nothing about it, since they end early.
  var needsSuccess: Bool { self == .duration || self == .records }

  /// Returns how far `value` is beyond the usual, 0 to 1: 0 within a tolerance, 1 for the effect of a grave fault.
  ///
  /// - Parameters:
  ///   - spread: how much the number usually varies, in its unit.
  ///   - gap: seconds from run to run.
  func strength(_ value: Double, usual: Double, spread: Double, gap: Double) -> Double {
    func excess(_ amount: Double, beyond tolerance: Double, grave: Double) -> Double {
      Swift.min(Swift.max((amount - tolerance) / grave, 0), 1)
    }
    func times(_ least: Double, spreads: Double, grave: Double) -> Double {
      guard usual > 0 else { return 0 }
      return excess(value / usual - 1, beyond: Swift.max(least, spreads * spread / usual), grave: grave)
    }
    switch self {
    case .cpu, .ioWait: return excess(value - usual, beyond: Swift.max(0.06, 2 * spread), grave: 0.25)
    case .malformed: return excess(value - usual, beyond: Swift.max(0.01, 3 * spread), grave: 0.15)
    case .memory: return times(0.12, spreads: 2, grave: 0.8)
    case .duration: return times(0.3, spreads: 2, grave: 1)
    case .queue: return times(0.5, spreads: 2, grave: 2)
    case .backlog: return times(1, spreads: 3, grave: 3)
    case .upstreamDelay: return gap > 0 ? excess((value - usual) / gap, beyond: 0.25, grave: 0.75) : 0
    case .records: return usual > 0 ? excess(1 - value / usual, beyond: 0.3, grave: 0.5) : 0
    }
  }

  /// Returns the observation as part of a sentence.
  func phrase(_ value: Double, usual: Double) -> String {
    switch self {
    case .duration: "runs take \(Phrase.time(seconds: value)) (usually \(Phrase.time(seconds: usual)))"
    case .queue: "runs wait \(Phrase.time(seconds: value)) to start (usually \(Phrase.time(seconds: usual)))"
    case .upstreamDelay: "data arrives \(Phrase.time(seconds: value)) late (usually \(Phrase.time(seconds: usual)))"
    case .records: "\(Phrase.number(value)) records per run (usually \(Phrase.number(usual)))"
    case .malformed: "\(Phrase.percent(value)) of the records are malformed (usually \(Phrase.percent(usual)))"
    case .cpu: "CPU is at \(Phrase.percent(value)) (usually \(Phrase.percent(usual)))"
    case .memory: "memory is at \(Phrase.number(value)) MB (usually \(Phrase.number(usual)))"
    case .ioWait: "I/O wait is at \(Phrase.percent(value)) (usually \(Phrase.percent(usual)))"
    case .backlog: "\(Phrase.number(value)) records are waiting (usually \(Phrase.number(usual)))"
    }
  }
}
