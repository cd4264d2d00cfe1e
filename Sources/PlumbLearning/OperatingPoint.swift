/// The result of classifying every row as positive whose score is at least a threshold.
package struct OperatingPoint: Hashable, Sendable {
  package let threshold: Double
  package let truePositives: Int
  package let falsePositives: Int
  package let falseNegatives: Int
  package let trueNegatives: Int

  /// Counts the outcomes of `threshold` on these rows; a score of NaN is not positive.
  package init(threshold: Double, scores: [Double], positives: [Bool]) {
    var counts = [0, 0, 0, 0]
    for (score, isPositive) in zip(scores, positives) {
      counts[(score >= threshold ? 0 : 2) + (isPositive ? 0 : 1)] += 1
    }
    self.init(
      threshold: threshold, truePositives: counts[0], falsePositives: counts[1], falseNegatives: counts[2],
      trueNegatives: counts[3])
  }

  init(threshold: Double, truePositives: Int, falsePositives: Int, falseNegatives: Int, trueNegatives: Int) {
    self.threshold = threshold
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.falseNegatives = falseNegatives
    self.trueNegatives = trueNegatives
  }

  package var total: Int { truePositives + falsePositives + falseNegatives + trueNegatives }

  /// The share of rows that are classified correctly.
  package var accuracy: Estimate { .share(Double(truePositives + trueNegatives), of: Double(total)) }
  /// The share of positives among those classified so; NaN if there are none.
  package var precision: Estimate { .share(Double(truePositives), of: Double(truePositives + falsePositives)) }
  /// The share of positives that are classified so.
  package var recall: Estimate { .share(Double(truePositives), of: Double(truePositives + falseNegatives)) }
  /// The share of negatives that are classified so.
  package var specificity: Estimate { .share(Double(trueNegatives), of: Double(trueNegatives + falsePositives)) }

  /// The harmonic mean of precision and recall.
  ///
  /// It is 2J / (1 + J), where J is the Jaccard index of the actual and the predicted positives; the interval is derived
  /// from Wilson's for J.
  package var f1: Estimate {
    let jaccard = Estimate.share(Double(truePositives), of: Double(truePositives + falsePositives + falseNegatives))
    func carried(_ share: Double) -> Double { 2 * share / (1 + share) }
    return Estimate(
      carried(jaccard.value), Interval(carried(jaccard.interval.low), carried(jaccard.interval.high)))
  }

  /// The criterion for choosing a threshold.
  package enum Goal: Hashable, Sendable {
    case f1
    case accuracy
    /// The sum of recall and specificity (Youden, 1950).
    case youden
    /// The highest recall with at least this precision; otherwise the highest precision.
    case precision(atLeast: Double)
    /// The lowest cost if a missed positive costs as much as this many false alarms.
    case missCost(Double)
  }
}

extension RankedScores {
  /// Returns the threshold that is best for `goal` on these rows, which should not be those of the final figures.
  /// Among equals it is the highest; classifying nothing as positive is possible, too.
  package func operatingPoint(for goal: OperatingPoint.Goal) -> OperatingPoint {
    var best = point(threshold: .infinity, yes: 0, rows: 0)
    var bestWorth = worth(of: best, goal)
    var yes = 0, rows = 0
    for (index, place) in places.enumerated() {
      yes += place.positives
      rows += place.total
      // Halfway to the next score, so that a slightly lower score is classified like the nearer one.
      let next = index + 1 < places.count ? places[index + 1].score : place.score
      let threshold = index + 1 < places.count ? upper(place.score, next) : place.score
      let candidate = point(threshold: threshold, yes: yes, rows: rows)
      let candidateWorth = worth(of: candidate, goal)
      if candidateWorth > bestWorth { (best, bestWorth) = (candidate, candidateWorth) }
    }
    return best
  }

  /// Returns a threshold between two neighbouring scores that only the higher one reaches.
  private func upper(_ score: Double, _ next: Double) -> Double {
    let middle = score / 2 + next / 2
    return middle > next && middle <= score ? middle : score
  }

  private func point(threshold: Double, yes: Int, rows: Int) -> OperatingPoint {
    OperatingPoint(
      threshold: threshold, truePositives: yes, falsePositives: rows - yes, falseNegatives: positives - yes,
      trueNegatives: negatives - (rows - yes))
  }

  private func worth(of point: OperatingPoint, _ goal: OperatingPoint.Goal) -> Double {
    switch goal {
    case .f1: point.f1.value.isNaN ? 0 : point.f1.value
    case .accuracy: Double(point.truePositives + point.trueNegatives)
    case .youden:
      (positives > 0 ? point.recall.value : 0) + (negatives > 0 ? point.specificity.value : 0)
    case .precision(let least):
      point.truePositives + point.falsePositives == 0
        ? -1 : point.precision.value >= least ? 1 + point.recall.value : point.precision.value
    case .missCost(let cost): -(Double(point.falsePositives) + cost * Double(point.falseNegatives))
    }
  }
}
