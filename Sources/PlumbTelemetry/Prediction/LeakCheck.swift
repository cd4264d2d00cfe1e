import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbLearning

/// A feature that alone ranks failures this well knows more than history can tell.
private let suspiciousAUC = 0.985

/// Refuses features that know the future: each is looked at alone, in both directions.
///
/// No single measure of the past ranks failures nearly perfectly. A column that does was made from the outcome.
///
/// - Throws: `leaking-feature` with its name.
func checkForLeaks(_ data: TrainingData, context: ExecutionContext) throws {
  // A few thousand rows, spread evenly, show it.
  let stride = Swift.max(1, data.rowCount / 8_000)
  let sample = Array(Swift.stride(from: 0, to: data.rowCount, by: stride))
  let positives = sample.map { data.labels[$0] == 1 }
  for feature in 0..<data.features.featureCount {
    try context.checkpoint()
    let values = data.features.column(feature)
    // A missing value can tell as much as any other: it takes part as the lowest.
    let scores = sample.map { values[$0].isNaN ? -.infinity : values[$0] }
    let auc = RankedScores(scores: scores, positives: positives).quickAUC
    if Swift.max(auc, 1 - auc) >= suspiciousAUC {
      throw Diagnostic(
        "leaking-feature",
        "the feature `\(data.features.names[feature])` alone tells failures from the rest almost perfectly "
          + "(ROC-AUC \(Feature.brief(Swift.max(auc, 1 - auc) * 100)) %): it must know what happened after the moment",
        help: "make it from what ended before the moment of prediction only")
    }
  }
}

extension RankedScores {
  /// The area under the ROC curve without its interval.
  fileprivate var quickAUC: Double {
    var above = 0.0, pairs = 0.0
    for place in places {
      let negatives = Double(place.total - place.positives)
      pairs += negatives * (above + Double(place.positives) / 2)
      above += Double(place.positives)
    }
    let all = Double(positives) * Double(negatives)
    return all > 0 ? pairs / all : 0.5
  }
}

func logarithm(_ value: Double) -> Double { log(value) }
