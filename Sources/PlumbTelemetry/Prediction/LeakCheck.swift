import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbLearning

/// A feature that ranks failures this well leaves little to learn.
private let tellingAUC = 0.985

/// A feature that separates the positive rows from the others by itself.
struct TellingFeature: Sendable {
  let name: String
  /// The area under the ROC curve, in the better direction.
  let auc: Double

  /// The interpretation if the feature is one of Plumb's, all of which end before their moment: failures persist.
  var remark: String {
    "these failures persist: `\(name)` alone separates nearly all of them from the rest (ROC-AUC \(Feature.brief(auc * 100)) %)"
  }
}

/// Returns the first feature that ranks the rows nearly perfectly, in either direction; nil if none does.
///
/// A user's column may be computed from the outcome. A column computed only from what ended before a moment can rank so
/// well only if failures last longer than the time between two moments.
func tellingFeature(_ data: TrainingData, context: ExecutionContext) throws -> TellingFeature? {
  // A few thousand evenly spread rows are enough.
  let stride = Swift.max(1, data.rowCount / 8_000)
  let sample = Array(Swift.stride(from: 0, to: data.rowCount, by: stride))
  let positives = sample.map { data.labels[$0] == 1 }
  for feature in 0..<data.features.featureCount {
    try context.checkpoint()
    let values = data.features.column(feature)
    // A missing value can be as informative as any other: it takes part as the lowest.
    let scores = sample.map { values[$0].isNaN ? -.infinity : values[$0] }
    let auc = RankedScores(scores: scores, positives: positives).quickAUC
    if Swift.max(auc, 1 - auc) >= tellingAUC {
      return TellingFeature(name: data.features.names[feature], auc: Swift.max(auc, 1 - auc))
    }
  }
  return nil
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
