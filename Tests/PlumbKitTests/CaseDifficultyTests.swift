import PlumbDatabase
import PlumbKit
import PlumbTelemetry
import Testing

/// A case closes table functions by what they tell, so that a new function is closed without being listed.
struct CaseDifficultyTests {
  private static let functions = TableFunction.telemetry(Predictor()) { nil }

  private func closed(_ difficulty: CaseDifficulty) -> Set<String> {
    Set(Self.functions.filter(difficulty.closes).map(\.name))
  }

  @Test func whatIsClosedIsWhatTells() {
    #expect(closed(.easy) == [])
    #expect(closed(.normal) == ["why"])
    // A tree of risks is a prediction as well.
    let judging = ["slow", "stale", "volume", "compare", "overview", "predict_risk", "predict_quality", "predict_tree"]
    #expect(closed(.hard).isSuperset(of: judging + ["why"]))
    #expect(closed(.hard).isDisjoint(with: ["blast", "lineage_upstream", "lineage_path", "decision_tree"]))
  }

  /// What is drawn as a judgement tells one.
  @Test func presentationsAgree() {
    for function in Self.functions where function.presentation != nil && function.presentation != .lineage {
      #expect(function.insight != .facts, "\(function.name)")
    }
  }
}
