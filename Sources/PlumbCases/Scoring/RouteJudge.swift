import PlumbEngine

/// Reads a route: which of the habits of a good investigation it shows, and where.
struct RouteJudge {
  private let world: CaseWorld
  private let entries: [RouteEntry]
  /// The places of queries that ran, in `entries`.
  private let queries: [Int]
  private let texts: [String]
  private let isAssisted: Bool

  init(_ world: CaseWorld, _ entries: [RouteEntry], isAssisted: Bool) {
    self.world = world
    self.entries = entries
    self.isAssisted = isAssisted
    queries = entries.indices.filter { entries[$0].kind == .query && entries[$0].isSuccess }
    texts = entries.map { $0.text.lowercased() }
  }

  private func places(_ body: (String) -> Bool) -> [Int] { queries.filter { body(texts[$0]) } }

  private func has(_ text: String, _ words: String...) -> Bool { words.contains { text.contains($0) } }

  private func names(_ text: String, _ pipeline: String) -> Bool { text.contains(pipeline.lowercased()) }

  /// The place of the first answer; the end without one.
  private var answered: Int { entries.firstIndex { $0.kind == .answer } ?? entries.count }

  var lines: [ScoreSheet.Line] {
    var lines = [scope, baseline, lineage, rejection, impact, evidence]
    if ["slow-10x", "backpressure"].contains(world.about.id) { lines.insert(separation, at: 2) }
    if world.plan.failover != nil { lines.append(mitigation) }
    lines.append(followUp)
    if entries.contains(where: { $0.kind == .event }) { lines.append(interruptions) }
    if isAssisted, entries.contains(where: { $0.kind == .query && $0.isAgents }) { lines += [asking, verifying] }
    return lines
  }

  private func line(_ name: String, _ most: Double, _ found: [Int], of share: Double? = nil, _ yes: String, _ no: String) -> ScoreSheet.Line {
    let share = share ?? (found.isEmpty ? 0 : 1)
    return ScoreSheet.Line(
      name: name, points: most * share, most: most, reason: share > 0 ? yes : no, entries: found.prefix(4).map { $0 + 1 })
  }

  /// Among the first three queries, one that counts over many pipelines or over time.
  private var scope: ScoreSheet.Line {
    let first = Array(queries.prefix(3))
    let found = first.filter { has(texts[$0], "summarize", "overview", "slow", "stale", "volume", "top-nested", "count") && !isAboutOne(texts[$0]) }
    return line(
      "scope first", 7, found, "One of the first queries asked how many pipelines are affected, or since when.",
      "The first queries looked at single rows or one pipeline before it was clear how many are affected.")
  }

  private func isAboutOne(_ text: String) -> Bool {
    guard text.contains("pipeline ==") || text.contains("name ==") else { return false }
    return !text.contains("by bin(") && !text.contains("recent")
  }

  private var baseline: ScoreSheet.Line {
    let found = places { text in
      if has(text, "compare ", "slow", "stale", "volume") { return true }
      let times = text.components(of: "ago(") + text.components(of: "datetime(")
      return text.contains("summarize") && (times >= 2 || has(text, "by bin(", "make-series") || has(text, "usual", "recent", "before"))
    }
    return line(
      "baseline compared", 7, found, "Figures were compared with those of an earlier time.",
      "No query compared the time of the trouble with an earlier one, so usual and unusual were not told apart.")
  }

  private var separation: ScoreSheet.Line {
    let found = places { (has($0, "queue_delay") || has($0, "upstream_delay")) && has($0, "duration", "queue_delay") && has($0, "summarize", "project") }
    return line(
      "waiting apart from working", 7, found, "The time in the queue or for the upstream was separated from the time at work.",
      "Neither queue_delay nor upstream_delay was looked at, so waiting was taken for working.")
  }

  private var lineage: ScoreSheet.Line {
    let found = places { has($0, "lineage", "edges", "blast", "graph-match") }
    return line(
      "lineage used", 6, found, "Dependencies were followed.", "Nobody asked what the pipeline depends on, or what depends on it.")
  }

  /// Another suspect was looked at before the answer.
  private var rejection: ScoreSheet.Line {
    let culprits = Set(world.plan.culprits.map(\.pipeline) + [world.plan.symptom ?? ""])
    let others = world.map.pipelines.map(\.name).filter { !culprits.contains($0) }
    let found = queries.filter { place in
      place < answered && (others.contains { names(texts[place], $0) } || (has(texts[place], "build-changed", "schema_changes") && has(texts[place], "started", "at ")))
    }
    return line(
      "a hypothesis rejected", 6, found, "Another suspect was tested before the answer.",
      "No query tested another explanation, so the first idea was also the last.")
  }

  private var impact: ScoreSheet.Line {
    let found = places { has($0, "tier", "sla", "owner", "freshness", "blast", "downstream") }
    return line(
      "impact named", 5, found, "Tier, agreement or the pipelines downstream were looked at.",
      "Who is hit, and how badly, was not looked at.")
  }

  private var evidence: ScoreSheet.Line {
    let culprits = world.plan.culprits.map(\.pipeline)
    let found = queries.filter { place in
      place < answered && has(texts[place], "errors", "schema_changes", "alerts", "error", "malformed", "memory_mb", "io_wait", "cpu", "backlog", "records_out", "why")
        && (culprits.contains { names(texts[place], $0) } || (entries[place].rows ?? 0) > 0)
    }
    return line(
      "cause with evidence", 7, found, "The cause follows from errors, changes or measurements.",
      "No query looked at errors, changes or measurements that show the cause.")
  }

  private var mitigation: ScoreSheet.Line {
    guard let failover = world.plan.failover else { return line("mitigation first", 6, [], "", "") }
    let found = entries.indices.filter { entries[$0].kind == .mitigation && names(texts[$0], failover.from) }
    let isFirst = found.contains { $0 < answered }
    let serves = found.contains { place in failover.to.contains { names(texts[place], $0) } }
    let share = found.isEmpty ? 0 : (isFirst ? 0.6 : 0.3) + (serves ? 0.4 : 0)
    return line(
      "mitigation first", 6, found, of: share,
      isFirst
        ? serves ? "Readers were moved to a feed that serves, before the cause was answered." : "Readers were moved before the answer, but to a feed that does not serve."
        : "Readers were moved only after the answer.", "Readers were left with old data: `.mitigate failover` was not used.")
  }

  private var followUp: ScoreSheet.Line {
    let made = places { has($0, ".create", ".alter") && $0.contains(" alert ") }
    let tested = places { $0.contains(".test alert") }
    var found = made + tested + places { has($0, "alerts") && has($0, "rule") }
    found += entries.indices.filter { entries[$0].kind == .note && has(texts[$0], "rule", "alert", "threshold", "monitor") }
    let isProven = !made.isEmpty && !tested.isEmpty
    return line(
      "follow-up", 4, Set(found).sorted(), of: isProven ? 1 : found.isEmpty ? 0 : 0.7,
      isProven
        ? "A rule was made, and tested against the past." : "A rule, or what would have warned earlier, was considered, but none was made and tested.",
      "Nothing was proposed that would warn earlier the next time (`.create alert` and `.test alert`, a query of `alerts` by rule, or a `.note`).")
  }

  // MARK: Interruptions

  /// What the last answer names.
  private var answer: CaseAnswer { entries.last { $0.kind == .answer }.map { CaseAnswer(stored: $0.text) } ?? CaseAnswer() }

  /// The entry that reacts to the interjection at a place; nil if none does.
  private func reaction(to place: Int) -> Int? {
    let later = entries.indices.filter { $0 > place }
    guard let known = world.interjection(withText: entries[place].text), let pipeline = known.pipeline else {
      return later.first { entries[$0].kind == .note }
    }
    if known.kind == .lead, answer.pipelines.contains(pipeline) { return nil }
    return later.first { [.query, .note].contains(entries[$0].kind) && entries[$0].isSuccess && names(texts[$0], pipeline) }
  }

  private var interruptions: ScoreSheet.Line {
    let events = entries.indices.filter { entries[$0].kind == .event }
    let reactions = events.compactMap { reaction(to: $0) }
    let share = Double(reactions.count) / Double(max(events.count, 1))
    return line(
      "interruptions handled", 6, reactions, of: share,
      reactions.count == events.count
        ? "Each interjection was answered or looked into." : "\(reactions.count) of \(events.count) interjections were answered or looked into.",
      "Nobody got a reply: questions want a `.note`, a suspicion or a second fault a query about the pipeline.")
  }

  // MARK: An assistant

  /// The assistant was asked with a purpose: after a look of one's own, and with questions that it could answer.
  private var asking: ScoreSheet.Line {
    let asked = entries.indices.filter { entries[$0].kind == .query && entries[$0].isAgents }
    let answered = asked.filter { entries[$0].isSuccess }
    let hasLooked = queries.contains { $0 < (asked.first ?? 0) && !entries[$0].isAgents }
    let share = (hasLooked ? 0.5 : 0) + 0.5 * Double(answered.count) / Double(max(asked.count, 1))
    return line(
      "assistant asked", 5, answered, of: share,
      hasLooked
        ? "The assistant was asked \(asked.count) \(asked.count == 1 ? "question" : "questions"), after a look of one's own."
        : "The assistant was asked before anything was looked at, so it chose where to begin.", "The assistant was asked nothing that it could answer.")
  }

  /// Each named pipeline was looked at by hand after the assistant came upon it.
  private var verifying: ScoreSheet.Line {
    let named = answer.pipelines
    let checks = named.map { name -> Int? in
      let found = queries.first { entries[$0].isAgents && names(texts[$0], name) } ?? queries.first { entries[$0].isAgents } ?? 0
      return queries.first { $0 > found && $0 < lastAnswer && !entries[$0].isAgents && names(texts[$0], name) }
    }
    let share = named.isEmpty ? 0 : Double(checks.compactMap { $0 }.count) / Double(named.count)
    return line(
      "assistant verified", 8, checks.compactMap { $0 }, of: share, "What the assistant found was checked by hand before the answer.",
      named.isEmpty
        ? "Nothing was answered, so nothing was verified." : "The answer was taken from the assistant: no query by hand looked at the named pipeline after that.")
  }

  private var lastAnswer: Int { entries.lastIndex { $0.kind == .answer } ?? entries.count }
}

extension String {
  /// How often a part occurs.
  fileprivate func components(of part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let found = rest.firstRange(of: part) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }
}

extension StringProtocol {
  /// Where a part occurs first.
  fileprivate func firstRange(of part: String) -> Range<Index>? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(part) { return at..<(index(at, offsetBy: part.count)) }
      at = index(after: at)
    }
    return nil
  }
}
