import PlumbEngine

/// Three questions for the talk after an investigation, made of what was done and left out.
package struct Debrief: Sendable {
  package struct Question: Sendable {
    package let text: String
    /// What a good reply mentions, for the interviewer.
    package let listenFor: String
    /// The entries that it is about, from 1.
    package let entries: [Int]
  }

  package let questions: [Question]

  package init(_ world: CaseWorld, _ entries: [RouteEntry], _ sheet: ScoreSheet) {
    let maker = QuestionMaker(world: world, entries: entries, sheet: sheet)
    let all = maker.specific + maker.general
    questions = Array(all.prefix(3))
  }
}

private struct QuestionMaker {
  let world: CaseWorld
  let entries: [RouteEntry]
  let sheet: ScoreSheet

  private var answer: CaseAnswer { entries.last { $0.kind == .answer }.map { CaseAnswer(stored: $0.text) } ?? CaseAnswer() }

  private var truth: String { world.plan.culprits.map { "\($0.pipeline) (\($0.cause))" }.joined(separator: " and ") }

  private func clock(_ place: Int) -> String { String(CaseReport.time(entries[place].at).dropFirst(11).prefix(5)) }

  /// The places of queries by hand or by an agent that ran and name a pipeline.
  private func queries(naming pipeline: String, agents: Bool? = nil) -> [Int] {
    entries.indices.filter { place in
      let entry = entries[place]
      return entry.kind == .query && entry.isSuccess && (agents == nil || entry.isAgents == agents) && entry.text.contains(pipeline)
    }
  }

  /// Those about this route, the most telling first.
  var specific: [Debrief.Question] { [ruledOut, verified, interrupted, conclusion, weakest, empty].compactMap { $0 } }

  /// A suspect that was looked at and not named.
  private var ruledOut: Debrief.Question? {
    guard !answer.pipelines.isEmpty else { return nil }
    // The second fault is not a suspect of the first.
    let paged = entries.compactMap { $0.kind == .event ? world.interjection(withText: $0.text) : nil }.filter { $0.kind == .fault }.compactMap(\.pipeline)
    let others = Set(world.plan.culprits.map(\.pipeline) + [world.plan.symptom ?? ""] + answer.pipelines + paged)
    let suspects = world.map.pipelines.map(\.name).filter { !others.contains($0) }.map { ($0, queries(naming: $0, agents: false)) }.filter { !$0.1.isEmpty }
    // The one that was looked at most, and of those the one first seen.
    guard let (name, places) = suspects.min(by: { ($1.1.count, $0.1[0]) < ($0.1.count, $1.1[0]) }), let last = places.last else { return nil }
    let reason =
      world.plan.decoys.first { $0.contains(name) }
      ?? world.plan.culprits.first.flatMap { culprit in world.hops(from: name, to: culprit.pipeline).map { "\(name) is \($0) \($0 == 1 ? "dependency" : "dependencies") away from \(culprit.pipeline), where it began" } }
      ?? "\(name) has nothing to do with what the brief describes"
    return Debrief.Question(text: "Why did you rule out \(name) at \(clock(last))?", listenFor: reason + ".", entries: places.prefix(4).map { $0 + 1 })
  }

  private var verified: Debrief.Question? {
    guard let name = answer.pipelines.first, let asked = queries(naming: name, agents: true).first else { return nil }
    let checks = queries(naming: name, agents: false).filter { $0 > asked }
    return Debrief.Question(
      text: "The assistant came upon \(name) at \(clock(asked)). How do you know that it was right?",
      listenFor: checks.isEmpty ? "No query by hand followed: it was taken on trust." : "The candidate's own check, in \(checks.map { "entry \($0 + 1)" }.joined(separator: ", ")).",
      entries: ([asked] + checks).prefix(4).map { $0 + 1 })
  }

  private var interrupted: Debrief.Question? {
    guard let place = entries.firstIndex(where: { $0.kind == .event }) else { return nil }
    let known = world.interjection(withText: entries[place].text)
    return Debrief.Question(
      text: "You were interrupted at \(clock(place)). What did you put aside for it, and what told you how urgent it was?",
      listenFor: (known?.reaction ?? "What changed in the plan, and that the asker got a reply") + ".", entries: [place + 1])
  }

  private var conclusion: Debrief.Question? {
    guard let place = entries.lastIndex(where: { $0.kind == .answer }) else {
      return Debrief.Question(text: "You gave no answer. What would you have answered, and what did you still want to see?", listenFor: "It was \(truth).", entries: [])
    }
    let named = answer.pipelines.joined(separator: " and ")
    if sheet.verdict?.isSolved == true {
      let shown = answer.pipelines.first.flatMap { queries(naming: $0).last { $0 < place } }
      return Debrief.Question(
        text: "Which result convinced you at \(clock(place)) that it is \(named), and what would have made you doubt it?",
        listenFor: "The cause seen in errors, changes or measurements of \(named), and that it began before everything else.", entries: (shown.map { [$0 + 1] } ?? []) + [place + 1])
    }
    return Debrief.Question(
      text: "You answered \(named) at \(clock(place)). Which query would have shown you that it is something else?", listenFor: "It was \(truth).", entries: [place + 1])
  }

  private var weakest: Debrief.Question? {
    guard let line = sheet.route.filter({ $0.points < 0.4 * $0.most }).max(by: { $0.most < $1.most }) else { return nil }
    return Debrief.Question(
      text: "Your route shows little of “\(line.name)”. How would you have done it, and what could it have changed?", listenFor: line.reason, entries: line.entries)
  }

  private var empty: Debrief.Question? {
    guard let place = entries.firstIndex(where: { $0.kind == .query && ($0.rows == 0 || $0.error != nil) }) else { return nil }
    return Debrief.Question(
      text: "Your query at \(clock(place)) returned nothing that helped. What did you expect of it?", listenFor: "Which idea it tested, and what its emptiness means.", entries: [place + 1])
  }

  /// Those that fit every route.
  var general: [Debrief.Question] {
    [
      Debrief.Question(text: "Who would you have told first, and what?", listenFor: "Who reads the data downstream, and of which tier they are.", entries: []),
      Debrief.Question(text: "What would you change so that this is noticed earlier?", listenFor: "A rule over what changed first, and how it would have performed.", entries: []),
      Debrief.Question(text: "Which figure would you watch for the next hour?", listenFor: "One that shows recovery downstream, not only at the culprit.", entries: []),
    ]
  }
}
