import Glibc
import PlumbEngine
import PlumbModel

/// The evidence for each cause of one pipeline's trouble, in points, with sentences that explain it.
///
/// Errors that name a cause give up to four points, more if they are many and recent. An unusual number gives up to
/// three, as do an upstream that was late whenever runs failed, and what `slow`, `stale` and `volume` found.
/// Events around it (a build, a change of schema, trouble of other pipelines of the vendor) give up to three.
/// The share of upstreams is kept separate: their pipelines are judged in turn.
struct Judgement: Sendable {
  struct Case: Sendable {
    var points = 0.0
    var since: Int64?
    var evidence: [String] = []
    /// The columns of `runs` that show it.
    var columns: [String] = []
  }

  /// What is known about the pipelines around the one being judged.
  struct Surroundings: Sendable {
    /// The symptoms of other pipelines that read from the same vendor.
    var siblings: [Symptoms] = []
    /// Whether the pipeline is known to read from others.
    var hasUpstreams = false
    var upstream = UpstreamSymptom()
    /// What `slow`, `stale` and `volume` found; only for the pipeline in question.
    var findings: Findings?
    /// What its error codes occurred with earlier.
    var lessons: [CodeLesson] = []
  }

  /// Indexed by suspect.
  private(set) var cases = [Case](repeating: Case(), count: Suspect.all.count)

  /// `2 of the last 25 runs failed`, or what became of the only one.
  static func failures(_ failed: Int, of runs: Int) -> String {
    guard runs == 1 else { return "\(failed) of the last \(counted(runs, "run")) failed" }
    return failed == 1 ? "its only run failed" : "its only run did not fail"
  }

  let past: PipelinePast
  let symptoms: Symptoms
  let moment: Int64
  let around: Surroundings

  static let hour: Int64 = 36_000_000_000

  init(
    _ past: PipelinePast, _ symptoms: Symptoms, _ around: Surroundings, readings: [ErrorReading], at moment: Int64
  ) {
    self.past = past
    self.symptoms = symptoms
    self.moment = moment
    self.around = around
    judgeErrors(readings)
    judgeUpstream()
    judgeNumbers()
    judgeSurroundings()
    judgeLessons(readings)
    judgeFindings()
    judgeChance(readings)
  }

  subscript(_ suspect: Suspect) -> Case { cases[suspect.place] }

  /// The sum of all points.
  var total: Double { cases.reduce(0) { $0 + $1.points } }

  mutating func add(
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

  private mutating func add(_ suspect: Suspect, _ points: Double, _ sign: Sign) {
    guard let departure = symptoms.departure(sign) else { return }
    let phrase = sign.phrase(departure.value, usual: past.usual[sign.rawValue])
    add(suspect, points, since: departure.since, phrase, [sign.column])
  }

  // MARK: Own errors

  private mutating func judgeErrors(_ readings: [ErrorReading]) {
    for suspect in Suspect.all {
      let count = symptoms.failures[suspect.place]
      guard count > 0 else { continue }
      let certainty = 1 - exp(-0.693 * count)
      var points = 4 * symptoms.share(suspect) * certainty * symptoms.freshness[suspect.place]
      // An error that no rule knows is weaker than any other evidence, and what an upstream explains is not unknown.
      if suspect == .unknown { points *= 0.5 * Swift.max(0.1, 1 - 2 * around.upstream.strength) }
      // Transient trouble does not fail many times in a row.
      if suspect == .noise, symptoms.failedInARow > 2 { points *= 0.5 }
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
      if symptoms.done == 1 { return "its only run was skipped" }
      return "\(counts[most]) of the last \(counted(symptoms.done, "run")) \(counts[most] == 1 ? "was" : "were") skipped"
    }
    var text = Judgement.failures(symptoms.failed, of: symptoms.done)
    if past.failureRate.isFinite, past.history > 0 { text += " (usually \(Phrase.percent(past.failureRate)))" }
    let what = reading.phrase
    if !what.isEmpty { text += sum == counts[most] ? ", with \(what)" : ", most with \(what)" }
    if suspect == .unknown { text += what.isEmpty ? ", and nothing says why" : ", which names no cause" }
    return text
  }

  // MARK: Upstreams

  private mutating func judgeUpstream() {
    let found = around.upstream
    guard found.strength > 0 else { return }
    // Errors that name another cause leave little for upstreams to explain.
    let isOpen = symptoms.weight.allSatisfy { $0 == 0 }
    let open = isOpen ? 1 : symptoms.share(.unknown) + symptoms.share(.upstream) + symptoms.share(.noise)
    let certainty = 1 - exp(-0.693 * Double(found.failures))
    add(.upstream, 3 * found.strength * certainty * Swift.max(open, 0.05), since: found.since)
  }

  // MARK: Numbers that left their usual

  private mutating func judgeNumbers() {
    // What grows after a build is more often the build's.
    let rest = lastBuild.map { beganLater(than: $0) } ?? false ? 0.4 : 1
    let cpu = symptoms.strength(.cpu)
    let queue = symptoms.strength(.queue)
    let duration = symptoms.strength(.duration)
    add(.cpu, 3 * cpu * rest, .cpu)
    if cpu > 0 {
      add(.cpu, 0.4 * queue, .queue)
      add(.cpu, 0.3 * duration, .duration)
    }
    let memory = symptoms.strength(.memory)
    add(.memory, 3 * memory * rest, .memory)
    let io = symptoms.strength(.ioWait)
    add(.disk, 3 * io, .ioWait)
    if io > 0 { add(.disk, 0.3 * duration, .duration) }
    judgeMalformed()

    let delay = symptoms.strength(.upstreamDelay)
    if delay > 0 {
      // Late data comes from the source itself if no pipeline precedes this one.
      add(around.hasUpstreams ? .upstream : .slowSource, 1.5 * delay, .upstreamDelay)
      if !around.hasUpstreams {
        add(.vendor, 0.3 * symptoms.strength(.records), .records)
        add(.slowSource, 0.5 * duration, .duration)
      }
    }
    // Work piles up whatever keeps runs from succeeding; it points at a full sink only if errors name no other cause.
    // Errors without a cause leave it open.
    let isOpen = symptoms.failed > 0 && symptoms.share(.unknown) > 0.5
    let unexplained = symptoms.failed == 0 ? 1 : isOpen ? 0.7 : symptoms.share(.sink)
    let backlog = symptoms.strength(.backlog)
    let isOther = cpu > 0 || io > 0 || memory > 0 || delay > 0
    if backlog > 0 || duration > 0 || symptoms.share(.sink) > 0 {
      add(.sink, (isOther ? 0.3 : 1) * queue * unexplained, .queue)
    } else if !isOther {
      add(.queueing, 2 * queue * unexplained, .queue)
    }
    add(.sink, (isOther ? 0.4 : 1.2) * backlog * unexplained, .backlog)
  }

  private mutating func judgeMalformed() {
    let share = symptoms.strength(.malformed)
    let changes = past.schemaChanges.filter { moment &- $0.at < 36 * Self.hour }
    guard share > 0 || !changes.isEmpty else { return }
    guard let change = changes.last else {
      add(.records, 3 * share, .malformed)
      add(.schema, 0.3 * share, .malformed)
      return
    }
    let phrase = "its field changed \(Phrase.time(moment &- change.at)) earlier: \(change.text)"
    let hasFailed = symptoms.failures[Suspect.schema.place] > 0
    add(.schema, 3 * share, .malformed)
    let points = began(after: change.at) ? 2.5 : share > 0 || hasFailed ? 1.5 : 0.2
    add(.schema, points, since: change.at, phrase, ["schema_version"])
    add(.records, share, .malformed)
  }

  /// When the current trouble began, whatever it is; nil if there is none.
  private var troubleSince: Int64? {
    var since = symptoms.failingSince
    for sign in Sign.allCases {
      if let departure = symptoms.departure(sign) { since = Swift.min(since ?? .max, departure.since) }
    }
    return since
  }

  /// Returns whether the trouble began within a few runs after an event, and not before it.
  private func began(after event: Int64) -> Bool {
    guard let since = troubleSince else { return false }
    let few = Swift.min(Swift.max(2 * Self.hour, past.gap &* 3), 48 * Self.hour)
    return since >= event &- past.gap / 2 && since <= event &+ few
  }

  /// When the last build was announced.
  private var lastBuild: Int64? {
    past.alerts.last { alert in
      ErrorWords("\(alert.rule) \(alert.message)").words.contains(where: Self.buildWords.contains)
    }?.at
  }

  /// Returns whether a number began to leave its usual within twelve hours after an event, before anything failed for it: a
  /// leak takes hours to show.
  private func beganLater(than event: Int64) -> Bool {
    guard let since = troubleSince, let grows = [Sign.memory, .cpu, .duration].compactMap({ symptoms.departure($0)?.since }).min()
    else { return false }
    return since >= event &- past.gap / 2 && grows <= event &+ 12 * Self.hour
  }

  // MARK: What happened around it

  private mutating func judgeSurroundings() {
    let isTroubled = symptoms.failed > 0 || Sign.allCases.contains { symptoms.strength($0) > 0 }
    for alert in past.alerts {
      let words = ErrorWords("\(alert.rule) \(alert.message)").words
      let phrase = "alert \(alert.rule) \(Phrase.time(moment &- alert.at)) earlier: \(alert.message)"
      let namesSecret = words.contains { ["credential", "credentials", "secret", "certificate", "token", "password"].contains($0) }
      if namesSecret, words.contains(where: { $0.hasPrefix("expir") }) {
        add(.credentials, isTroubled ? 2 : 0.4, since: alert.at, phrase)
      } else if words.contains(where: Self.buildWords.contains) {
        let isClose = moment &- alert.at < 12 * Self.hour
        let points = began(after: alert.at) ? 3 : beganLater(than: alert.at) ? 2.2 : isTroubled && isClose ? 0.8 : 0.1
        add(.deployment, points, since: alert.at, phrase)
      }
    }
    judgeSiblings(isTroubled)
  }

  /// The words with which alerts announce a deployment.
  static let buildWords: Set<String> = ["build", "deploy", "deployed", "deployment", "release", "released", "rollout", "rollback"]

  private mutating func judgeSiblings(_ isTroubled: Bool) {
    let siblings = around.siblings
    guard past.origin.hasVendor, !siblings.isEmpty else { return }
    let place = past.origin.region.isEmpty ? "" : " in \(past.origin.region)"
    func phrase(_ alike: Int, _ how: String) -> String {
      "\(alike) of \(counted(siblings.count, "other pipeline")) of \(past.origin.vendor)\(place) \(how)"
    }
    for suspect in [Suspect.vendor, .credentials] {
      let alike = siblings.filter { $0.failures[suspect.place] >= 0.6 }.count
      let hasSame = symptoms.failures[suspect.place] > 0
      guard alike > 0, hasSame || suspect == .vendor && isTroubled else { continue }
      add(suspect, (hasSame ? 2.0 : 1.0) * Double(alike) / Double(siblings.count), phrase(alike, "fail alike"))
    }
    // Errors without a cause: several pipelines that begin to fail together have something in common.
    guard symptoms.share(.unknown) > 0.5, let since = symptoms.failingSince else { return }
    let together = siblings.filter { other in
      other.failedInARow >= 2 && other.failingSince.map { abs($0 &- since) < 2 * Self.hour } ?? false
    }.count
    guard together > 0 else { return }
    add(.vendor, 2.5 * Double(together) / Double(siblings.count), since: since, phrase(together, "began to fail at the same time"))
  }

  private mutating func add(_ suspect: Suspect, _ points: Double, _ evidence: String) {
    add(suspect, points, since: nil, evidence)
  }

  private mutating func judgeLessons(_ readings: [ErrorReading]) {
    for lesson in around.lessons {
      add(lesson.suspect, lesson.points, since: symptoms.failingSince, lesson.sentence, ["error_code"])
    }
  }

  /// Judges whether a failure or two without other evidence are chance.
  private mutating func judgeChance(_ readings: [ErrorReading]) {
    // Skipped runs did not fail by chance.
    let failed = symptoms.failed - symptoms.skipped
    // Without a past there is nothing usual.
    guard past.history > 0, failed > 0, symptoms.failed <= 2, symptoms.failedInARow < 2 else { return }
    guard !Sign.allCases.contains(where: { symptoms.strength($0) > 0 }) else { return }
    let hasPassed = symptoms.failedInARow == 0
    var evidence = Judgement.failures(failed, of: symptoms.done) + (hasPassed ? ", runs succeed again" : "")
    // What `slow`, `stale` or `volume` name is not as usual.
    if around.findings?.isEmpty ?? true { evidence += hasPassed ? ", and everything else is as usual" : ", and all else is as usual" }
    add(.noise, hasPassed ? 1.5 : 0.8, since: nil, evidence)
  }
}
