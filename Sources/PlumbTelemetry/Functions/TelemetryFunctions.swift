import PlumbDatabase
import PlumbModel

extension TableFunction {
  /// All table functions of this module.
  ///
  /// - Parameter truth: what a simulated world knows about the rows of `runs`; nil for other data.
  package static func telemetry(
    _ predictor: Predictor, truth: @escaping @Sendable () throws -> PredictionTruth?
  ) -> [TableFunction] {
    lineage + judging + learning + prediction(predictor, truth: truth) + [overview]
  }
}
