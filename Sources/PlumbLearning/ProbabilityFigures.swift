import Glibc

extension Estimate {
  /// Returns the mean of independent values, with the normal interval of its standard error; NaN for none.
  static func mean(of values: [Double], within range: ClosedRange<Double>) -> Estimate {
    guard !values.isEmpty else { return Estimate(.nan, Interval(range.lowerBound, range.upperBound)) }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    guard count > 1 else { return Estimate(mean, Interval(range.lowerBound, range.upperBound)) }
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    return Estimate(mean, .around(mean, variance: variance / count, within: range))
  }
}

/// Returns the mean squared difference between probabilities and outcomes. Brier (1950), for two classes.
package func brierScore(_ probabilities: [Double], _ positives: [Bool]) -> Estimate {
  .mean(of: zip(probabilities, positives).map { ($0 - ($1 ? 1 : 0)) * ($0 - ($1 ? 1 : 0)) }, within: 0...1)
}

/// Returns the mean negative log probability of the outcomes, in nats. Good (1952).
///
/// Probabilities are kept 1e-15 away from 0 and 1, so that one certain mistake does not make the figure infinite.
package func logLoss(_ probabilities: [Double], _ positives: [Bool]) -> Estimate {
  .mean(
    of: zip(probabilities, positives).map { probability, isPositive in
      let kept = Swift.min(1 - 1e-15, Swift.max(1e-15, probability))
      return -(isPositive ? log(kept) : log1p(-kept))
    }, within: 0...Double.greatestFiniteMagnitude)
}

/// Rows with similar probabilities, and how often they were positive.
package struct CalibrationBin: Hashable, Sendable {
  /// The lowest and the highest probability in the bin.
  package let range: ClosedRange<Double>
  package let count: Int
  package let positives: Int
  package let meanProbability: Double

  /// The share of positives.
  package var observed: Estimate { .share(Double(positives), of: Double(count)) }
}

/// Returns probabilities and frequencies in at most `bins` groups of about equal size; equal probabilities stay together.
///
/// The reliability table of DeGroot and Fienberg (1983).
package func calibrationTable(_ probabilities: [Double], _ positives: [Bool], bins: Int = 10) -> [CalibrationBin] {
  let places = RankedScores(scores: probabilities, positives: positives).places.reversed()
  let total = places.reduce(0) { $0 + $1.total }
  let wanted = Swift.max(1, bins)
  var table: [CalibrationBin] = []
  var low = 0.0, high = 0.0, sum = 0.0
  var count = 0, yes = 0, seen = 0
  for place in places {
    if count == 0 { low = place.score }
    high = place.score
    count += place.total
    yes += place.positives
    sum += place.score * Double(place.total)
    seen += place.total
    if Double(seen) * Double(wanted) >= Double(total) * Double(table.count + 1) || seen == total {
      table.append(
        CalibrationBin(range: low...high, count: count, positives: yes, meanProbability: sum / Double(count)))
      (count, yes, sum) = (0, 0, 0)
    }
  }
  return table
}

/// Returns the mean difference between probability and frequency over the bins of a calibration table, weighted by rows.
///
/// Naeini, Cooper, Hauskrecht (2015), "expected calibration error"; NaN for an empty table.
package func calibrationError(_ table: [CalibrationBin]) -> Double {
  let total = Double(table.reduce(0) { $0 + $1.count })
  let sum = table.reduce(0) { $0 + Double($1.count) * abs($1.meanProbability - $1.observed.value) }
  return total > 0 ? sum / total : .nan
}
