import PlumbDatabase
import PlumbEngine
import PlumbTelemetry

extension Workspace {
  /// What risks can be learned by.
  package static let trainingMethods = RiskMethod.allCases.map(\.rawValue)

  /// Learns from all runs until now which pipelines fail within a time, and keeps the model in the workspace's file.
  ///
  /// - Parameters:
  ///   - method: one of `trainingMethods`.
  ///   - ticks: the time; nil for the usual one.
  /// - Returns: the models that there are.
  package func trainRisk(_ method: String, within ticks: Int64?, _ session: Session) throws -> Answer {
    let within = ticks.map { ", within = \(Value.timespan($0).literal)" } ?? ""
    _ = try session.run("predict_risk(using = \(Value.string(method).literal), retrain = true\(within)) | take 0")
    try predictor.saveLatest()
    return try session.run("predict_models()").last ?? Answer(schema: [], chunks: [])
  }
}
