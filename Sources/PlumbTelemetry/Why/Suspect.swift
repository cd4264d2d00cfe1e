import PlumbModel

/// A possible cause of a pipeline's trouble.
enum Suspect: Hashable, Sendable {
  /// A cause as `incidents` names it.
  case cause(Cause)
  /// Upstream data that was late or missing.
  case upstream
  /// No particular cause: it passes by itself.
  case noise
  /// More records than usual.
  case moreInput
  /// Runs that wait a long time to start.
  case queueing
  /// Runs that find no records.
  case silence
  /// Scheduled runs that did not start.
  case missedSchedule
  /// Something that neither errors nor numbers show.
  case unknown

  static let all: [Suspect] =
    Cause.allCases.map { .cause($0) } + [.upstream, .noise, .moreInput, .queueing, .silence, .missedSchedule, .unknown]

  /// The index in arrays by suspect.
  var place: Int {
    let causes = Cause.allCases.count
    switch self {
    case .cause(let cause): return Int(cause.rawValue)
    case .upstream: return causes
    case .noise: return causes + 1
    case .moreInput: return causes + 2
    case .queueing: return causes + 3
    case .silence: return causes + 4
    case .missedSchedule: return causes + 5
    case .unknown: return causes + 6
    }
  }

  /// The word in the result; causes have the names of `incidents`.
  var name: String {
    switch self {
    case .cause(let cause): cause.name
    case .upstream: "late-upstream"
    case .noise: "noise"
    case .moreInput: "more-input"
    case .queueing: "queueing"
    case .silence: "silence"
    case .missedSchedule: "missed-schedule"
    case .unknown: "unknown"
    }
  }
}

/// The short names that the tables of errors use.
extension Suspect {
  static let credentials = Suspect.cause(.expiredCredentials)
  static let vendor = Suspect.cause(.vendorOutage)
  static let schema = Suspect.cause(.schemaDrift)
  static let records = Suspect.cause(.malformedRecords)
  static let cpu = Suspect.cause(.cpuExhaustion)
  static let memory = Suspect.cause(.memoryExhaustion)
  static let disk = Suspect.cause(.ioExhaustion)
  static let slowSource = Suspect.cause(.slowUpstream)
  static let sink = Suspect.cause(.downstreamBackpressure)
  static let deployment = Suspect.cause(.badDeployment)
}
