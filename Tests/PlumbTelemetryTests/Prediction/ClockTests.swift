import PlumbDatabase
import PlumbEngine
import PlumbLearning
import TestSupport
import Testing

@testable import PlumbTelemetry

/// Failures that follow the clock are learned, though nothing announces them and none follows another.
@Suite(.enabled(if: LongTests.areRun)) struct ClockTests {
  @Test func failuresAtFixedHoursAreLearned() throws {
    let small = try PredictionWorld(pipelines: 12, days: 0)
    // Twelve pipelines, hourly for 25 days; each fails in an hour of its own, four days in five.
    let runs = try small.table(
      """
      range h from 0 to 600 step 1
      | extend p = range(0, 11, 1)
      | mv-expand p to typeof(long)
      | extend started = bin(now(), 1h) - h * 1h + p * 1m, pipeline = strcat("p", p)
      | extend status = iff(hourofday(started) == p * 2 and hash(tostring(started - p * 1m)) % 5 != 0, "failed", "succeeded")
      | where started < now() - 10m
      | project pipeline, started, ended = started + 5m, status
      """)
    small.catalog.add(Table(name: "runs", schema: runs.schema, groups: runs.groups))
    for name in ["edges", "schema_changes"] { small.catalog.remove(tableNamed: name) }
    let now = small.world.clock
    let report = try small.predicting { source in
      try Predictor().quality(PredictionOptions(within: PredictionQuestion.hour, asOf: now), truth: { nil }, from: source)
    }
    let sections = try report.cells("section"), metrics = try report.cells("metric")
    let place = try #require(
      sections.indices.first { sections[$0] == .string("newly at risk") && metrics[$0] == .string("ROC-AUC") })
    func figure(_ name: String) throws -> Double {
      guard case .real(let value) = try report.cells(name)[place] else { return .nan }
      return value
    }
    #expect(try figure("value") > 0.93)
    #expect(try figure("latest_failure") < 0.8)
  }

  /// With a handful of failures the last status speaks, and that is said; with hardly any rows nothing does.
  @Test func aRuleStandsInForTooLittleHistory() throws {
    let small = try PredictionWorld(pipelines: 12, days: 0)
    let runs = try small.table(
      """
      range h from 0 to 80 step 1
      | extend p = range(0, 4, 1)
      | mv-expand p to typeof(long)
      | extend started = now() - h * 1h - 20m, pipeline = strcat("p", p)
      | project pipeline, started, ended = started + 5m, status = iff(p == 2 and h < 2, "failed", "succeeded")
      """)
    small.catalog.add(Table(name: "runs", schema: runs.schema, groups: runs.groups))
    for name in ["edges", "schema_changes"] { small.catalog.remove(tableNamed: name) }
    let now = small.world.clock
    let table = try small.predicting { try Predictor().risk(PredictionOptions(asOf: now), wanted: nil, from: $0) }
    #expect(try table.cells("pipeline").first == .string("p2"))
    #expect(try table.cells("state") == [.string("still failing")] + Array(repeating: .string("newly at risk"), count: 4))
  }
}
