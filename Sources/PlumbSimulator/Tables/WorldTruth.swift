import PlumbEngine
import PlumbModel

extension World {
  /// Returns the truth about `runs` at the clock.
  package func predictionTruth() throws -> PredictionTruth {
    let truth = try runTruth()
    let incidents = try table(named: "incidents")
    var causeOf: [String: String] = [:]
    let id = 0, cause = 2
    for group in incidents.groups {
      let columns = try group.columns
      for row in 0..<group.count {
        causeOf[String(columns[id].cellBytes(at: row))] = String(columns[cause].cellBytes(at: row))
      }
    }
    return PredictionTruth(
      hazards: truth.hazard, causes: truth.incident.map { $0.isEmpty ? "" : causeOf[$0] ?? "" },
      faults: truth.faults)
  }
}
