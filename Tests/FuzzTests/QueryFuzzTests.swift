import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbPresentation
import Testing

/// Mutated and random queries, 7,500 of them in full.
@Suite(.serialized) struct QueryFuzzTests {
  @Test(.timeLimit(.hang), arguments: [0x506C_756D_6201, 0x506C_756D_6202, 0x506C_756D_6203] as [UInt64])
  func mutantsEndWell(seed: UInt64) throws {
    let corpus = try manualQueries()
    #expect(corpus.count > 100)
    var maker = QueryMaker(seed: seed, corpus: corpus)
    let trial = Trial("mutants-\(seed)")
    try addTables(to: trial)
    let count = Effort.of(2_000, long: 1_000, sample: 400)
    for _ in 0..<count { try trial.run(maker.mutant(), format: Formats.all[maker.roll(Formats.all.count)]) }
    #expect(trial.answers + trial.refusals == count)
    #expect(trial.answers * 20 > count, "mutants should be near enough to queries that many run")
  }

  @Test(.timeLimit(.hang), arguments: [0x506C_756D_6211] as [UInt64])
  func soupsAndNoiseEndWell(seed: UInt64) throws {
    var maker = QueryMaker(seed: seed, corpus: try manualQueries())
    let trial = Trial("soups")
    try addTables(to: trial)
    let count = Effort.of(500, long: 300, sample: 150)
    for _ in 0..<2 * count { try trial.run(maker.soup()) }
    for _ in 0..<count { try trial.run(maker.noise()) }
    #expect(trial.answers + trial.refusals == 3 * count)
  }

  /// Small tables by the names that the manual's pages use.
  private func addTables(to trial: Trial) throws {
    for query in try manualQueries() where query.hasPrefix("// ") && query.contains("datatable(task") {
      guard let answer = try trial.session.run(query).first else { continue }
      let groups = answer.chunks.map { RowGroup($0.vectors(), count: $0.count) }
      let name = answer.schema.contains { $0.name == "owner" } ? "tasks" : "task_runs"
      trial.session.catalog.add(Table(name: name, schema: answer.schema, groups: groups))
    }
    #expect(trial.session.catalog.tableNames == ["task_runs", "tasks"])
  }
}
