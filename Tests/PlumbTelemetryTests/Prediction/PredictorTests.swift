import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import Testing
import TestSupport

@testable import PlumbTelemetry

/// What `predict_risk` and `predict_quality` give on a small world.
@Suite(.enabled(if: LongTests.areRun)) struct PredictorTests {
  @Test func everyPipelineHasARiskAndReasons() throws {
    let small = try HonestyTests.made.get()
    let now = small.world.clock
    let predictor = Predictor()
    let table = try small.predicting { try predictor.risk(PredictionOptions(asOf: now), wanted: nil, from: $0) }
    #expect(table.rowCount == 30)
    #expect(table.schema.map(\.name) == ["pipeline", "risk", "low", "high", "lift", "state", "reasons", "path", "flip"])
    let risks = try table.reals("risk"), lows = try table.reals("low"), highs = try table.reals("high")
    #expect(risks == risks.sorted(by: >))
    #expect(risks.allSatisfy { (0...1).contains($0) })
    #expect(zip(lows, risks).allSatisfy { $0 <= $1 } && zip(risks, highs).allSatisfy { $0 <= $1 })
    #expect(try table.texts("reasons").allSatisfy { $0.contains("leaf: ") && $0.hasSuffix(" failed") })

    // The second question is answered by the model of the first.
    let some = try small.predicting {
      try predictor.risk(PredictionOptions(asOf: now), wanted: Array(try table.texts("pipeline").prefix(3)), from: $0)
    }
    #expect(try some.texts("pipeline") == Array(try table.texts("pipeline").prefix(3)))
    #expect(predictor.models.map(\.version) == [1])
    _ = try small.predicting {
      try predictor.risk(PredictionOptions(asOf: now), wanted: nil, retrains: true, from: $0)
    }
    #expect(predictor.models.map(\.version) == [1, 2])
    #expect(predictor.models[0].model.encoded() == predictor.models[1].model.encoded())
    #expect(try small.predicting { try predictor.modelsTable(now: now, from: $0).rowCount } == 2)
  }

  /// Real telemetry may lack most columns and tables; what is missing is a missing value.
  @Test func bareRunsAreEnough() throws {
    let bare = try PredictionWorld()
    let runs = try bare.table("runs | project pipeline, started, ended, status")
    bare.catalog.add(Table(name: "runs", schema: runs.schema, groups: runs.groups))
    for name in ["edges", "schema_changes"] { bare.catalog.remove(tableNamed: name) }
    let now = bare.world.clock
    let table = try bare.predicting { try Predictor().risk(PredictionOptions(asOf: now), wanted: nil, from: $0) }
    #expect(table.rowCount == 30)
    #expect(Set(try table.reals("risk")).count > 1)
  }

  @Test func tooLittleHistoryIsSaid() throws {
    let short = try PredictionWorld(pipelines: 12, days: 0)
    let now = short.world.clock
    #expect {
      try short.predicting { _ = try Predictor().risk(PredictionOptions(asOf: now), wanted: nil, from: $0) }
    } throws: { ($0 as? Diagnostic)?.code == "too-little-history" }
  }

  @Test func theReportHasTheModelItsRulesAndTheCeiling() throws {
    let small = try HonestyTests.made.get()
    let now = small.world.clock
    let report = try small.predicting { source in
      try Predictor().quality(
        PredictionOptions(asOf: now), truth: { try small.world.predictionTruth() }, from: source)
    }
    let metrics = try report.texts("metric"), values = try report.reals("value"), hazards = try report.reals("hazard")
    let place = try #require(metrics.firstIndex(of: "ROC-AUC"))
    #expect(values[place] > 0.7 && values[place] < hazards[place])
    #expect(try report.reals("never_fails")[place] == 0.5)
    #expect(Set(try report.texts("section")).isSuperset(of: ["held out", "ranking", "calibration", "recall by cause"]))
    let lows = try report.reals("low"), highs = try report.reals("high")
    for (value, (low, high)) in zip(values, zip(lows, highs)) where !value.isNaN { #expect(low <= value && value <= high) }
  }
}

extension Table {
  /// The numbers of a column, NaN for null.
  fileprivate func reals(_ name: String) throws -> [Double] {
    try cells(name).map { if case .real(let value) = $0 { value } else { .nan } }
  }
}
