import Glibc
import PlumbEngine
import PlumbModel

/// How much speaks for each cause of one pipeline's trouble, in points, and the sentences that say so.
///
/// Errors that name a cause give up to four points, more for many than for one and for fresh than for old. A number
/// that left its usual gives up to three, and what happened around it (an alert, a change of schema, others of
/// the vendor in trouble) up to two. What the errors and the delay say of data that comes late from upstream is
/// kept apart: the pipelines there are judged in turn.
struct Judgement: Sendable {
  struct Case: Sendable {
    var points = 0.0
    var since: Int64?
    var evidence: [String] = []
    /// The columns of `runs` that show it.
    var columns: [String] = []
  }

  /// By the place of the suspect.
  private(set) var cases = [Case](repeating: Case(), count: Suspect.count)

  private let past: PipelinePast
  private let symptoms: Symptoms
  private let moment: Int64

  private static let hour: Int64 = 36_000_000_000

  /// - Parameters:
  ///   - siblings: the symptoms of others that read from the same vendor's service.
  ///   - hasUpstreams: whether the pipeline reads from others, as far as is known.
  init(
    _ past: PipelinePast, _ symptoms: Symptoms, siblings: [Symptoms], hasUpstreams: Bool,
    readings: [ErrorReading], at moment: Int64
  ) {
    self.past = past
    self.symptoms = symptoms
    self.moment = moment
    judgeErrors(readings)
    judgeNumbers(hasUpstreams: hasUpstreams)
    judgeSurroundings(siblings)
    judgeChance(readings)
    if !hasUpstreams { moveUpstreamToSource() }
  }

  subscript(_ suspect: Suspect) -> Case { cases[suspect.place] }

  /// All points there are.
  var total: Double { cases.reduce(0) { $0 + $1.points } }

  private mutating func add(
    _ suspect: Suspect, _ points: Double, since: Int64? = nil, _ evidence: String? = nil, _ columns: [String] = []
  ) {
    guard points > 0.02 else { return }
    var found = cases[suspect.place]
    found.points += points
    if let since { found.since = Swift.min(found.since ?? .max, since) }
    if let evidence { found.evidence.append(evidence) }
    for column in columns where !found.columns.contains(column) { found.columns.append(column) }
    cases[suspect.place] = found
  }

  private mutating func add(_ cause: Cause, _ points: Double, _ sign: Sign) {
    guard let departure = symptoms.departure(sign) else { return }
    let phrase = sign.phrase(departure.value, usual: past.usual[sign.rawValue])
    add(.cause(cause), points, since: departure.since, phrase, [sign.column])
  }

  // MARK: Own errors

  private mutating func judgeErrors(_ readings: [ErrorReading]) {
    for suspect in Suspect.all {
      let count = symptoms.failures[suspect.place]
      guard count > 0 else { continue }
      let certainty = 1 - exp(-0.693 * count)
      let points = 4 * symptoms.share(suspect) * certainty * symptoms.freshness[suspect.place]
      add(
        suspect, points, since: symptoms.failedSince[suspect.place], sentence(suspect, readings),
        ["error_code", "error"])
    }
  }

  private func sentence(_ suspect: Suspect, _ readings: [ErrorReading]) -> String {
    var counts = [Int](repeating: 0, count: readings.count)
    let since = symptoms.failedSince[suspect.place] ?? .max
    for attempt in past.attempts where attempt.outcome == .failed && attempt.started >= since {
      guard readings.indices.contains(attempt.error) else { continue }
      if readings[attempt.error].shares.contains(where: { $0.suspect == suspect }) { counts[attempt.error] += 1 }
    }
    guard let most = counts.indices.max(by: { counts[$0] < counts[$1] }) else { return "" }
    let sum = counts.reduce(0, +)
    let reading = readings[most]
    if reading.isSkip {
      return "\(counts[most]) of the last \(Phrase.count(symptoms.done, "run")) \(counts[most] == 1 ? "was" : "were") skipped"
    }
    var text = "\(symptoms.failed) of the last \(Phrase.count(symptoms.done, "run")) failed"
    if past.failureRate.isFinite, past.history > 0 { text += " (usually \(Phrase.percent(past.failureRate)))" }
    let what = reading.phrase
    if !what.isEmpty { text += sum == counts[most] ? ", with \(what)" : ", most with \(what)" }
    return text
  }

  // MARK: Numbers that left their usual

  private mutating func judgeNumbers(hasUpstreams: Bool) {
    let cpu = symptoms.strength(.cpu)
    let queue = symptoms.strength(.queue)
    let duration = symptoms.strength(.duration)
    add(.cpuExhaustion, 3 * cpu, .cpu)
    if cpu > 0 {
      add(.cpuExhaustion, 0.4 * queue, .queue)
      add(.cpuExhaustion, 0.3 * duration, .duration)
    }
    add(.memoryExhaustion, 3 * symptoms.strength(.memory), .memory)
    let io = symptoms.strength(.ioWait)
    add(.ioExhaustion, 3 * io, .ioWait)
    if io > 0 { add(.ioExhaustion, 0.3 * duration, .duration) }
    judgeMalformed()

    let delay = symptoms.strength(.upstreamDelay)
    if let departure = symptoms.departure(.upstreamDelay) {
      let phrase = Sign.upstreamDelay.phrase(departure.value, usual: past.usual[Sign.upstreamDelay.rawValue])
      add(.upstream, 1.5 * delay, since: departure.since, phrase, ["upstream_delay"])
    }
    let isShort = symptoms.strength(.records)
    if !hasUpstreams, delay > 0 { add(.vendorOutage, 0.3 * isShort, .records) }
    // Work piles up whatever keeps runs from succeeding: it speaks for a full sink if errors name no other cause.
    // Errors that say nothing leave it open.
    let isOpen = symptoms.failed > 0 && symptoms.weight.allSatisfy { $0 == 0 }
    let unexplained = symptoms.failed == 0 ? 1 : isOpen ? 0.7 : symptoms.share(.cause(.downstreamBackpressure))
    add(.downstreamBackpressure, 0.8 * queue * unexplained, .queue)
    add(.downstreamBackpressure, symptoms.strength(.backlog) * unexplained, .backlog)
    if cpu == 0, io == 0 { add(.expiredCredentials, 0.4 * queue, .queue) }
  }

  private mutating func judgeMalformed() {
    let share = symptoms.strength(.malformed)
    let changes = past.schemaChanges.filter { change in
      symptoms.departure(.malformed).map { change.at <= $0.since + 6 * Self.hour } ?? true
    }
    if let change = changes.last {
      let phrase = "its field changed \(Phrase.time(moment &- change.at)) before: \(change.text)"
      let hasFailed = symptoms.failures[Suspect.cause(.schemaDrift).place] > 0
      add(.schemaDrift, 3 * share, .malformed)
      add(.cause(.schemaDrift), share > 0 || hasFailed ? 1.5 : 0.4, since: change.at, phrase, ["schema_version"])
      add(.malformedRecords, share, .malformed)
    } else {
      add(.malformedRecords, 3 * share, .malformed)
      add(.schemaDrift, 0.3 * share, .malformed)
    }
  }

  // MARK: What happened around it

  private mutating func judgeSurroundings(_ siblings: [Symptoms]) {
    let isTroubled = symptoms.failed > 0 || Sign.allCases.contains { symptoms.strength($0) > 0 }
    for alert in past.alerts {
      let text = "\(alert.rule) \(alert.message)".lowercased()
      let phrase = "alert \(alert.rule) \(Phrase.time(moment &- alert.at)) before: \(alert.message)"
      let namesSecret = ["credential", "secret", "certificate", "token"].contains { text.contains($0) }
      if namesSecret, text.contains("expir") {
        add(.cause(.expiredCredentials), isTroubled ? 2 : 0.4, since: alert.at, phrase)
      } else if ["build", "deploy", "release"].contains(where: { text.contains($0) }) {
        let age = moment &- alert.at
        let isClose = age < 12 * Self.hour
        add(.cause(.badDeployment), isTroubled && isClose ? 1.2 : 0.1, since: alert.at, phrase)
      }
    }
    guard past.origin.hasVendor, !siblings.isEmpty else { return }
    let place = past.origin.region.isEmpty ? "" : " in \(past.origin.region)"
    for (cause, least) in [(Cause.vendorOutage, 0.8), (.expiredCredentials, 0.8)] {
      let suspect = Suspect.cause(cause)
      let alike = siblings.filter { $0.failures[suspect.place] >= least }.count
      let hasSame = symptoms.failures[suspect.place] > 0
      guard alike > 0, hasSame || cause == .vendorOutage && isTroubled else { continue }
      let weight = hasSame ? 2.0 : 1.0
      add(
        suspect, weight * Double(alike) / Double(siblings.count), since: nil,
        "\(alike) of \(Phrase.count(siblings.count, "other pipeline")) of \(past.origin.vendor)\(place) fail alike")
    }
  }

  /// A failure or two with nothing around them may mean nothing.
  private mutating func judgeChance(_ readings: [ErrorReading]) {
    // What was skipped has not failed by chance.
    let failed = symptoms.failed - symptoms.skipped
    // Without a past nothing is as usual.
    guard past.history > 0, failed > 0, symptoms.failed <= 2, symptoms.failedInARow < 2 else { return }
    guard !Sign.allCases.contains(where: { symptoms.strength($0) > 0 }) else { return }
    let runs = Phrase.count(symptoms.done, "run")
    let what = past.lastError(readings).map { ", with \($0)," } ?? ""
    add(.noise, 1, since: nil, "\(failed) of the last \(runs) failed\(what) and all else is as usual")
  }

  /// What comes late comes from the source itself where there is no pipeline before this one.
  private mutating func moveUpstreamToSource() {
    let found = cases[Suspect.upstream.place]
    cases[Suspect.upstream.place] = Case()
    for (i, evidence) in found.evidence.enumerated() {
      add(
        .cause(.slowUpstream), found.points / Double(found.evidence.count), since: found.since, evidence,
        i == 0 ? found.columns : [])
    }
  }
}

extension Suspect {
  static let all: [Suspect] = Cause.allCases.map { .cause($0) } + [.upstream, .noise]
}
