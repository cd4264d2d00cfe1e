import PlumbCases
import PlumbSimulator
import Testing

/// A good and a poor route of each case: what they score, and what the report says.
struct ScoreTests {
  static let ids = Case.all.map(\.id)

  private static func world(_ id: String, _ seed: UInt64) throws -> CaseWorld {
    try CaseWorld(try #require(Case.named(id)), seed: seed, threads: 1)
  }

  private static func score(_ world: CaseWorld, _ entries: [RouteEntry]) -> (ScoreSheet, String) {
    let answer = entries.last { $0.kind == .answer }.map { CaseAnswer(stored: $0.text) }
    let sheet = ScoreSheet(world, entries, answer.map { world.judge($0) { _, _ in nil } })
    return (sheet, CaseReport(world, entries, sheet).markdown())
  }

  /// What an expert would do, and answer.
  static func good(_ world: CaseWorld) -> [RouteEntry] {
    var entries = world.about.route(world.plan).map { RouteEntry(.query, $0.query, at: 0, clock: 0, rows: 3, via: "shell") }
    entries.insert(
      RouteEntry(.query, "runs | where started > ago(1d) | summarize failed = countif(status == 'failed') by bin(started, 1h)", at: 0, clock: 0, rows: 24, via: "shell"), at: 0)
    for culprit in world.plan.culprits {
      entries.append(RouteEntry(.query, "lineage downstream of \(culprit.pipeline) | summarize count() by tier", at: 0, clock: 0, rows: 3, via: "shell"))
    }
    if let failover = world.plan.failover { entries.append(RouteEntry(.mitigation, "failover \(failover.from) to \(failover.to[0])", at: 0, clock: 0, via: "shell")) }
    entries.append(RouteEntry(.query, "alerts | where at > ago(1d) | summarize count() by rule", at: 0, clock: 0, rows: 4, via: "shell"))
    var answer = CaseAnswer()
    answer.pipelines = world.plan.culprits.map(\.pipeline)
    answer.causes = world.plan.culprits.map(\.cause)
    answer.since = world.plan.culprits.compactMap(\.began).min().map { world.ticks($0) }
    answer.blast = world.blast.sorted()
    entries.append(RouteEntry(.answer, answer.stored, at: 0, clock: 0, via: "shell"))
    return entries
  }

  /// What somebody does who looks at the last errors and guesses.
  static func poor(_ world: CaseWorld) -> [RouteEntry] {
    var answer = CaseAnswer()
    let culprits = world.plan.culprits.map(\.pipeline)
    answer.pipelines = [world.map.pipelines.map(\.name).first { !culprits.contains($0) } ?? ""]
    answer.causes = ["expired-credentials"]
    return [
      RouteEntry(.query, "errors | take 10", at: 0, clock: 0, rows: 10, via: "shell"),
      RouteEntry(.query, "runs | where status == 'failed' | take 5", at: 0, clock: 0, rows: 5, via: "shell"),
      RouteEntry(.answer, answer.stored, at: 0, clock: 0, via: "shell"),
    ]
  }

  @Test(arguments: ids) func aGoodRouteScoresFarMoreThanAPoorOne(id: String) throws {
    for seed: UInt64 in 1...3 {
      let world = try Self.world(id, seed)
      let (good, page) = Self.score(world, Self.good(world))
      let (poor, poorPage) = Self.score(world, Self.poor(world))
      #expect(good.points >= 75, "\(id) \(seed): \(page)")
      #expect(poor.points <= 30, "\(id) \(seed): \(poorPage)")
      #expect(good.points - poor.points >= 30)
      #expect(page.contains("The culprit is") && page.contains("## Questions"))
      #expect(poorPage.contains("Missing were"))
    }
  }

  /// Facts alone are half of the points, and so is a route alone.
  @Test(arguments: ids) func guessingRightIsNotEnough(id: String) throws {
    let world = try Self.world(id, 7)
    let entries = Self.good(world)
    let lucky = Self.score(world, entries.filter { $0.kind == .answer }).0
    let silent = Self.score(world, entries.filter { $0.kind != .answer }).0
    #expect((40...60).contains(lucky.points) && lucky.route.allSatisfy { $0.points == 0 }, "\(lucky.points)")
    #expect((20...45).contains(silent.points), "\(silent.points)")
    // Each point cites what earned it.
    let full = Self.score(world, entries).0
    for line in full.route where line.points > 0 { #expect(!line.entries.isEmpty, "\(line.name)") }
  }

  @Test func hintsCostPoints() throws {
    let world = try Self.world("cascade", 3)
    var entries = Self.good(world)
    let without = Self.score(world, entries).0.points
    entries.insert(RouteEntry(.hint, "hint 1", at: 0, clock: 0, via: "shell"), at: 0)
    #expect(Self.score(world, entries).0.points == without - world.about.hints[0].price)
    #expect(world.about.hints.map(\.price) == world.about.hints.map(\.price).sorted())
  }

  @Test func entriesSurviveStorage() {
    var entry = RouteEntry(.query, "print \"ä\n\\\"", at: 5, clock: 6, rows: 0, error: "no", via: "agent")
    entry.pasted = 4
    entry.tool = "query"
    #expect(RouteEntry(json: entry.json) == entry)
    #expect(RouteEntry(json: "{}") == nil && RouteEntry(json: "7") == nil)
  }

  @Test func aRuleThatWasMadeAndTestedIsTheWholeFollowUp() throws {
    let world = try Self.world("cascade", 3)
    let made = RouteEntry(.query, ".create alert a with (every = 5m) <| runs | where status == 'failed'", at: 0, clock: 0, rows: 0, via: "shell")
    let tested = RouteEntry(.query, ".test alert a over 1d", at: 0, clock: 0, rows: 1, via: "shell")
    let remark = RouteEntry(.note, "a threshold on failures", at: 0, clock: 0, via: "shell")
    let shares = try [[], [remark], [made], [tested], [made, tested]].map { entries in
      let line = try #require(ScoreSheet(world, entries, nil).route.first { $0.name == "follow-up" })
      return Int((100 * line.points / line.most).rounded())
    }
    #expect(shares == [0, 70, 70, 70, 100])
  }

  // MARK: Interviews

  /// An entry that comes at a minute of the investigation.
  private static func entry(_ kind: RouteEntry.Kind, _ text: String, minute: Int64, via: String = "shell", pasted: Int = 0) -> RouteEntry {
    var entry = RouteEntry(kind, text, at: 639_089_244_000_000_000 + minute * 600_000_000, clock: 0, rows: kind == .query ? 3 : nil, via: via)
    entry.pasted = pasted
    return entry
  }

  private static func line(_ name: String, _ world: CaseWorld, _ entries: [RouteEntry], isAssisted: Bool = false) -> ScoreSheet.Line? {
    ScoreSheet(world, entries, nil, isAssisted: isAssisted).route.first { $0.name == name }
  }

  @Test(arguments: ids) func interjectionsFollowFromTheSeedAndNameNoCulprit(id: String) throws {
    for seed: UInt64 in 1...4 {
      let world = try Self.world(id, seed)
      let culprits = world.plan.culprits.map(\.pipeline)
      for kind in Interjection.Kind.allCases {
        let one = world.interjection(kind)
        #expect(try Self.world(id, seed).interjection(kind).text == one.text && world.interjection(withText: one.text)?.kind == kind)
        #expect(!culprits.contains { one.text.contains($0) } && !one.reaction.isEmpty)
        #expect((one.pipeline == nil) == (kind == .question))
      }
      // The second fault has nothing to do with the first.
      let second = try #require(world.interjection(.fault).pipeline)
      #expect(!world.blast.contains(second) && world.secondFault(from: world.ticks(0)) != nil)
      #expect(world.interjection(withText: "How is it going?") == nil)
    }
  }

  @Test func interruptionsAreHandledByRepliesAndLooks() throws {
    let world = try Self.world("cascade", 3)
    let (question, lead, fault) = (world.interjection(.question), world.interjection(.lead), world.interjection(.fault))
    let events = [question, lead, fault].enumerated().map { Self.entry(.event, $0.element.text, minute: Int64($0.offset), via: "timer") }
    #expect(Self.line("interruptions handled", world, Self.good(world)) == nil)
    #expect(Self.line("interruptions handled", world, events)?.points == 0)
    let replies = [
      Self.entry(.note, "We do not know yet; more at noon", minute: 4), Self.entry(.query, "runs | where pipeline == '\(lead.pipeline ?? "")'", minute: 5),
      Self.entry(.query, "lineage upstream of \(fault.pipeline ?? "")", minute: 6),
    ]
    let all = try #require(Self.line("interruptions handled", world, events + replies))
    #expect(all.points == all.most && all.entries == [4, 5, 6])
    let some = try #require(Self.line("interruptions handled", world, events + [replies[1]]))
    #expect(some.points > 0 && some.points < all.points && some.reason.hasPrefix("1 of 3"))
    // Who follows the wrong lead has not handled it.
    let led = Self.entry(.answer, "pipeline=\(lead.pipeline ?? "") cause=cpu-exhaustion", minute: 9)
    #expect(try #require(Self.line("interruptions handled", world, events + replies + [led])).points < all.points)
  }

  @Test func whatAnAssistantSaysWantsToBeVerified() throws {
    let world = try Self.world("cascade", 3)
    let culprit = world.plan.culprits[0].pipeline
    let asked = Self.entry(.query, "why('\(culprit)')", minute: 2, via: "agent")
    let answer = Self.entry(.answer, "pipeline=\(culprit) cause=\(world.plan.culprits[0].cause)", minute: 9)
    let look = Self.entry(.query, "runs | summarize count() by status", minute: 1)
    let check = Self.entry(.query, "errors | where pipeline == '\(culprit)'", minute: 5)
    func points(_ name: String, _ entries: [RouteEntry]) throws -> Double {
      let line = try #require(Self.line(name, world, entries, isAssisted: true))
      return line.points / line.most
    }
    #expect(try points("assistant verified", [look, asked, check, answer]) == 1)
    #expect(try points("assistant verified", [look, asked, answer]) == 0)
    #expect(try points("assistant verified", [look, check, asked, answer]) == 0, "a look before the assistant spoke verifies nothing")
    #expect(try points("assistant verified", [look, asked, answer, check]) == 0, "nor does one after the answer")
    #expect(try points("assistant asked", [look, asked, answer]) == 1)
    #expect(try points("assistant asked", [asked, look, answer]) == 0.5)
    // Without an assistant, or where none was allowed, the lines do not apply.
    #expect(Self.line("assistant verified", world, [look, answer], isAssisted: true) == nil)
    #expect(Self.line("assistant verified", world, [look, asked, answer]) == nil)
    let page = CaseReport(world, [look, asked, answer], ScoreSheet(world, [look, asked, answer], nil, isAssisted: true)).markdown()
    #expect(page.contains("## What was asked of the assistant") && page.contains("why('\(culprit)')"))
  }

  @Test(arguments: ids) func theDebriefAsksThreeQuestionsOfThisRoute(id: String) throws {
    let world = try Self.world(id, 5)
    for entries in [Self.good(world), Self.poor(world), []] {
      let sheet = ScoreSheet(world, entries, nil)
      let debrief = Debrief(world, entries, sheet)
      #expect(debrief.questions.count == 3 && Set(debrief.questions.map(\.text)).count == 3)
      #expect(debrief.questions.allSatisfy { $0.text.hasSuffix("?") && $0.listenFor.hasSuffix(".") && $0.entries.allSatisfy { (1...max(1, entries.count)).contains($0) } })
      let page = CaseReport(world, entries, sheet)
      #expect(page.debriefMarkdown().contains("Listen for:") && page.debriefHTML().contains("</html>"))
    }
  }

  @Test func theDebriefNamesTimeAndSuspect() throws {
    let world = try Self.world("cascade", 3)
    let culprits = Set(world.plan.culprits.map(\.pipeline) + [world.plan.symptom ?? ""])
    let suspect = try #require(world.map.pipelines.map(\.name).first { !culprits.contains($0) })
    let entries = [
      Self.entry(.query, "runs | where pipeline == '\(suspect)'", minute: 12), Self.entry(.answer, "pipeline=\(world.plan.culprits[0].pipeline) cause=cpu-exhaustion", minute: 20),
    ]
    let first = try #require(Debrief(world, entries, ScoreSheet(world, entries, nil)).questions.first)
    #expect(first.text == "Why did you rule out \(suspect) at 15:12?" && first.entries == [1])
  }

  @Test func transcriptsShowPausesPastesAndTools() {
    var asked = Self.entry(.query, "runs | count", minute: 9, via: "agent")
    asked.tool = "query"
    let entries = [
      Self.entry(.query, "runs | take 1", minute: 1, pasted: 13), Self.entry(.query, "runs | where pipeline == 'a'", minute: 2, pasted: 3), asked,
    ]
    let page = CaseReport.transcript(entries)
    #expect(page.contains("query (pasted), 3 rows\n") && page.contains("(3 of 28 characters pasted)") && page.contains("query (agent, query), 3 rows, after 7 minutes"))
  }
}
