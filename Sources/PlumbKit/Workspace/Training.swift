import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbTelemetry

extension Workspace {
  /// The methods by which risks can be learned.
  package static let trainingMethods = RiskMethod.allCases.map(\.rawValue)

  /// Learns from all runs until now which pipelines fail within a time, and stores the model in the workspace's file.
  ///
  /// - Parameters:
  ///   - method: one of `trainingMethods`.
  ///   - ticks: the time; nil for the default.
  /// - Returns: all models.
  package func trainRisk(_ method: String, within ticks: Int64?, _ session: Session) throws -> Answer {
    guard Self.trainingMethods.contains(method) else {
      throw Diagnostic(
        "unknown-method", "unknown method `\(VisibleText.string(method))`",
        help: "methods are \(Self.trainingMethods.joined(separator: ", "))")
    }
    let within = ticks.map { " within \(Value.timespan($0).literal)" } ?? ""
    return try session.run(".train \(method)\(within)").last ?? Answer(schema: [], chunks: [])
  }
}
