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
    entry.isPasted = true
    #expect(RouteEntry(json: entry.json) == entry)
    #expect(RouteEntry(json: "{}") == nil && RouteEntry(json: "7") == nil)
  }
}
