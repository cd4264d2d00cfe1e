import PlumbDatabase
import PlumbEngine
import PlumbModel
import PlumbSimulator
import PlumbTelemetry

/// Finds the culprit of a case from what everybody can read: the brief and the tables.
package struct Solver: Sendable {
  package let name: String
  let solve: @Sendable (CaseWorld, Session) throws -> CaseAnswer

  /// The expert's route: its last query.
  package static let careful = Solver(name: "careful") { world, session in
    guard let step = world.about.route(world.plan).last else { return CaseAnswer() }
    return answer(try session.run(step.query).last)
  }

  /// Solvers that do not think.
  package static let naive: [Solver] = [mostErrors, slowestNow, random, whyAlone]

  private static let mostErrors = Solver(name: "most errors") { _, session in
    answer(
      try session.run(
        """
        errors | where at > ago(6h) | summarize times = count(), category = take_anyif(category, isnotempty(category)) by pipeline | top 1 by times
        | project pipeline, cause = \(causeOfCategory)
        """
      ).last)
  }

  private static let slowestNow = Solver(name: "slowest now") { _, session in
    answer(
      try session.run(
        """
        runs | where status == "succeeded" and started > ago(5d)
        | summarize usual = percentile(iff(started < ago(18h), duration, timespan(null)), 50), now = percentile(iff(started > ago(2h), duration, timespan(null)), 50),
            cpu = avgif(cpu, started > ago(2h)), io = avgif(io_wait, started > ago(2h)) by pipeline
        | top 1 by now / usual | project pipeline, cause = case(cpu > 0.6, "cpu-exhaustion", io > 0.3, "io-exhaustion", "slow-upstream")
        """
      ).last)
  }

  private static let random = Solver(name: "random") { world, _ in
    let random = CaseRandom(world.seed ^ 0x5EED)
    var answer = CaseAnswer()
    answer.pipelines = [world.map.pipelines[random.below(world.map.pipelines.count)].name]
    answer.causes = [CaseCause.all[random.below(CaseCause.all.count)]]
    return answer
  }

  /// The first cause that `why` names for the pipeline of the brief, or for the one with the most errors.
  private static let whyAlone = Solver(name: "why alone") { world, session in
    let symptom =
      try world.plan.symptom
      ?? answer(try session.run("errors | where at > ago(6h) | summarize times = count() by pipeline | top 1 by times | project pipeline, cause = \"\"").last)
      .pipelines.first ?? ""
    return answer(
      try session.run(
        """
        why(\(KQLQuote.text(symptom))) | top 1 by rank asc
        | project pipeline = origin, cause = iff(cause in ("noise", "as-usual", "healthy"), "false-alarm", cause)
        """
      ).last)
  }

  private static let causeOfCategory = """
    case(category == "auth", "expired-credentials", category == "vendor", "vendor-outage", category == "schema", "schema-drift",
      category == "data", "malformed-records", category == "resource", "memory-exhaustion", category == "timeout", "slow-upstream", "bad-deployment")
    """

  /// The rows of `pipeline`, `cause` and perhaps `since`.
  private static func answer(_ found: Answer?) -> CaseAnswer {
    var answer = CaseAnswer()
    guard let found, let pipeline = found.schema.firstIndex(where: { $0.name == "pipeline" }),
      let cause = found.schema.firstIndex(where: { $0.name == "cause" })
    else { return answer }
    let since = found.schema.firstIndex { $0.name == "since" }
    for chunk in found.chunks {
      let columns = chunk.vectors()
      for row in 0..<chunk.count {
        answer.pipelines.append(String(columns[pipeline].cellBytes(at: row)))
        answer.causes.append(String(columns[cause].cellBytes(at: row)))
        if let since, answer.since == nil, columns[since].type == .datetime, !columns[since].isNull(at: row) {
          answer.since = columns[since].word(at: row)
        }
      }
    }
    return answer
  }
}

extension CaseWorld {
  /// A session over the tables of the case.
  package func session(_ world: World, threads: Int = WorldOptions.processors) -> Session {
    let catalog = Catalog()
    for name in CaseWorld.tableNames {
      guard let schema = World.schema(ofTable: name) else { continue }
      catalog.addLazy(name, schema: schema) { try world.table(named: name) }
    }
    catalog.add(TableFunction.lineage)
    catalog.add(TableFunction.judging)
    var options = SessionOptions(threads: threads)
    options.clock = { world.clock }
    return Session(catalog: catalog, options: options)
  }

  /// The start of the first run of a pipeline from a moment on, in ticks.
  package static func firstRun(_ session: Session) -> (String, Int64) throws -> Int64? {
    { pipeline, moment in
      var time = ByteBuffer()
      DateTime.print(moment, to: &time)
      let text = "runs | where pipeline == \(KQLQuote.text(pipeline)) and started >= datetime(\(time.string)) | summarize min(started)"
      guard let answer = try session.run(text).last, let chunk = answer.chunks.first, chunk.count == 1 else { return nil }
      let column = chunk.vectors()[0]
      return column.isNull(at: 0) ? nil : column.word(at: 0)
    }
  }
}
