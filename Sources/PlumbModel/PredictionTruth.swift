/// What a simulated world knows of each row of `runs` and no model sees: the ceiling of what can be predicted.
package struct PredictionTruth: Sendable {
  /// The probability with which each attempt would fail.
  package var hazards: [Float]
  /// Why each failed attempt failed; empty for attempts that did not fail.
  package var causes: [String]

  package init(hazards: [Float], causes: [String]) {
    self.hazards = hazards
    self.causes = causes
  }
}
