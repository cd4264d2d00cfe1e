import PlumbEngine

/// What `slow`, `stale` and `volume` found about one pipeline, so that `why` never says less than they do.
struct Findings: Sendable {
  struct Slow: Sendable {
    /// Seconds.
    var now: Double
    var usual: Double
    var since: Int64?
  }

  struct Stale: Sendable {
    /// Seconds since the last success.
    var now: Double
    var since: Int64?
    var runs: Int64
    var failures: Int64
    /// Seconds; nil if no SLA is broken.
    var agreement: Double?
  }

  struct Volume: Sendable {
    var now: Double
    var usual: Double
    var since: Int64?
    var runs: Int64
  }

  var slow: Slow?
  var stale: Stale?
  var volume: Volume?

  var isEmpty: Bool { slow == nil && stale == nil && volume == nil }

  /// - Parameter tables: restricted to the pipeline.
  init(_ tables: AnomalyTables, at moment: Int64, context: ExecutionContext, run: (String) throws -> Table) throws {
    func first(_ text: String, _ body: (_ real: (String) -> Double?, _ word: (String) -> Int64?) -> Void) throws {
      let table = try run(text + "\n| take 1")
      let reals = try table.schema.filter { $0.type == .real }.reduce(into: [String: TableColumn]()) {
        $0[$1.name] = try TableColumn(table, $1.name, .real)
      }
      let words = try table.schema.reduce(into: [String: TableColumn]()) {
        $0[$1.name] = try TableColumn(table, $1.name, .long, .int, .timespan, .datetime, .bool)
      }
      try table.forEachPlace(context) { place in
        body({ reals[$0]?.real(place) }, { words[$0]?.word(place) })
      }
    }
    func seconds(_ ticks: Int64?) -> Double? { ticks.map { Double($0) / 1e7 } }
    try first(tables.slow(asOf: moment)) { _, word in
      guard let now = seconds(word("now")), let usual = seconds(word("usual")) else { return }
      slow = Slow(now: now, usual: usual, since: word("since"))
    }
    try first(tables.stale(asOf: moment)) { _, word in
      guard let now = seconds(word("now")) else { return }
      stale = Stale(
        now: now, since: word("since"), runs: word("runs") ?? 0, failures: word("failures") ?? 0,
        agreement: word("breaks_sla") == 1 ? seconds(word("sla")) : nil)
    }
    guard tables.tells("records_in") else { return }
    try first(tables.volume(asOf: moment)) { real, word in
      let usual = real("usual") ?? word("usual").map { Double($0) }
      guard let now = word("now"), let usual else { return }
      volume = Volume(now: Double(now), usual: usual, since: word("since"), runs: word("runs") ?? 0)
    }
  }
}

extension Judgement {
  /// Adds what `slow`, `stale` and `volume` found, and what explains it.
  mutating func judgeFindings() {
    guard let findings = around.findings else { return }
    if let volume = findings.volume { judge(volume, findings) }
    if let slow = findings.slow { judge(slow, findings) }
    if let stale = findings.stale { judge(stale) }
  }

  private mutating func judge(_ volume: Findings.Volume, _ findings: Findings) {
    let phrase = "\(Phrase.number(volume.now)) records (usually \(Phrase.number(volume.usual)))"
    if volume.now > volume.usual {
      add(.moreInput, findings.slow == nil ? 1.5 : 2.5, since: volume.since, phrase, ["records_in"])
    } else if symptoms.failed == 0, volume.runs > 0 {
      // Runs that fail or do not start read nothing, which is not another cause.
      let missing = volume.usual > 0 ? 1 - volume.now / volume.usual : 1
      add(.silence, 2.5 * missing, since: volume.since, phrase, ["records_in", "records_out"])
    } else if symptoms.failed == 0, findings.stale == nil {
      // No run ended in the time that `volume` looks at, and none is late.
      add(.missedSchedule, 1, since: volume.since, phrase, ["ended", "records_in"])
    }
  }

  private mutating func judge(_ slow: Findings.Slow, _ findings: Findings) {
    let phrase = "runs take \(Phrase.time(seconds: slow.now)) (usually \(Phrase.time(seconds: slow.usual)))"
    if let volume = findings.volume, volume.now > 1.3 * volume.usual {
      add(.moreInput, 0.5, since: slow.since, phrase, ["duration"])
      return
    }
    // Other unusual values explain the duration.
    let explained: [Suspect] = [.cpu, .memory, .disk, .sink, .slowSource, .upstream, .deployment, .moreInput, .vendor]
    if let best = explained.max(by: { cases[$0.place].points < cases[$1.place].points }), cases[best.place].points >= 0.5 {
      let isSaid = cases[best.place].evidence.contains { $0.hasPrefix("runs take") }
      add(best, 0.5, since: slow.since, isSaid ? nil : phrase, ["duration"])
      return
    }
    let seen = Sign.allCases.filter { $0 != .duration && past.usual[$0.rawValue].isFinite }
    let others = seen.isEmpty ? "" : "; \(seen.map(\.noun).joined(separator: ", ")) are within their usual"
    add(.unknown, 1.5, since: slow.since, phrase + others, ["duration"])
  }

  private mutating func judge(_ stale: Findings.Stale) {
    let time = Phrase.time(seconds: stale.now)
    let agreement = stale.agreement.map { ", against an SLA of \(Phrase.time(seconds: $0))" } ?? ""
    if stale.runs == 0 {
      let last = stale.since == nil ? "it has never run" : "its last run succeeded \(time) earlier"
      let skips = past.attempts.filter { $0.outcome == .skipped && $0.started > stale.since ?? .min }.count
      let what = skips == 0 ? "no run since it was due" : "\(counted(skips, "run")) skipped since it was due"
      // A run that was skipped because an upstream had failed is missing for that reason.
      add(.missedSchedule, symptoms.skipped > 0 ? 1 : 3, since: stale.since, "\(what): \(last)\(agreement)", ["ended"])
    } else if symptoms.failed == 0, stale.failures == 0 {
      add(.unknown, 1.5, since: stale.since, "no success for \(time)\(agreement)", ["ended"])
    } else if total < 1 {
      add(.unknown, 1.5, since: stale.since, "no success for \(time), \(counted(Int(stale.failures), "failure")) since\(agreement)", ["error"])
    }
  }
}
