/// What a simulated world knows about each row of `runs` and no model sees: the ceiling of prediction.
package struct PredictionTruth: Sendable {
  /// A fault that is at work on a pipeline for some time; times are ticks.
  package struct Fault: Sendable {
    package var pipeline: String
    package var began: Int64
    package var ended: Int64
    /// A number for each kind of fault.
    package var kind: Int

    package init(pipeline: String, began: Int64, ended: Int64, kind: Int) {
      self.pipeline = pipeline
      self.began = began
      self.ended = ended
      self.kind = kind
    }
  }

  /// The probability with which each attempt would fail.
  package var hazards: [Float]
  /// Why each failed attempt failed; empty for attempts that did not fail.
  package var causes: [String]
  /// The faults of all pipelines, those that an incident elsewhere brings included.
  package var faults: [Fault]

  package init(hazards: [Float], causes: [String], faults: [Fault] = []) {
    self.hazards = hazards
    self.causes = causes
    self.faults = faults
  }
}
