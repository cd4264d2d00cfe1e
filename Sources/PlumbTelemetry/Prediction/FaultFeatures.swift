import PlumbEngine
import PlumbLearning
import PlumbModel

/// What a simulated world knows of the faults at work at each row's moment, as features for measuring a ceiling.
struct FaultFeatures {
  static let names = ["fault_kind", "fault_hours", "faults"]
  /// A column for each name, a value for each row.
  private let columns: [[Double]]

  init(_ faults: [PredictionTruth.Fault], of rows: PredictionRows, _ question: PredictionQuestion) {
    var byPipeline: [String: [PredictionTruth.Fault]] = [:]
    for fault in faults { byPipeline[fault.pipeline, default: []].append(fault) }
    let mine = rows.names.map { byPipeline[$0] ?? [] }
    var columns = Self.names.map { _ in [Double](repeating: .nan, count: rows.count) }
    for row in 0..<rows.count {
      let moment = question.asOf - Int64(rows.steps[row]) * question.step
      let active = mine[Int(rows.pipelines[row])].filter { $0.began <= moment && moment < $0.ended }
      columns[2][row] = Double(active.count)
      guard let oldest = active.min(by: { $0.began < $1.began }) else { continue }
      columns[0][row] = Double(oldest.kind)
      columns[1][row] = Double(moment - oldest.began) / Double(PredictionQuestion.hour)
    }
    self.columns = columns
  }

  /// The rows with these features besides.
  ///
  /// - Parameter places: which of the rows that the features were made for each row is.
  func adding(to rows: PredictionRows, at places: [Int]) -> PredictionRows {
    var wider = rows
    let own = (0..<rows.features.featureCount).map { feature in
      (0..<rows.count).map { rows.features.value(feature, row: $0) }
    }
    wider.features = FeatureMatrix(
      names: rows.features.names + Self.names, columns: own + columns.map { column in places.map { column[$0] } })
    return wider
  }
}
