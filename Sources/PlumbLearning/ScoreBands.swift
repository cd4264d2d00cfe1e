import Glibc
import PlumbEngine

/// How certain the probability for a score is: the outcomes of held-out rows with similar scores, with clusters of rows resampled.
///
/// Bands of scores hold half of the rows, a quarter, an eighth and so on towards the top, down to twenty rows. The distance
/// of a band's interval from its mean probability, as logarithms of odds, is that of each score in it.
package struct ScoreBands: Hashable, Sendable {
  /// Ascending; the highest score of each band but the last. One fewer than the others, or none of them.
  package let bounds: [Double]
  package let below: [Double]
  package let above: [Double]

  package init(bounds: [Double], below: [Double], above: [Double]) {
    self.bounds = bounds
    self.below = below
    self.above = above
  }

  /// - Parameters:
  ///   - risks: the probabilities that the scores stand for.
  ///   - clusters: numbers of clusters from 0.
  package init(scores: [Double], risks: [Double], positives: [Bool], clusters: [Int32]) {
    let order = scores.indices.filter { !scores[$0].isNaN }.sorted { scores[$0] < scores[$1] }
    var bounds: [Double] = [], below: [Double] = [], above: [Double] = []
    var start = 0
    while start < order.count {
      let left = order.count - start
      var end = left < 40 ? order.count : start + left / 2
      while end < order.count, scores[order[end]] == scores[order[end - 1]] { end += 1 }
      let rows = order[start..<end]
      let mean = rows.reduce(0) { $0 + risks[$1] } / Double(rows.count)
      let interval = ScoreBands.interval(rows, positives, clusters)
      let middle = ScoreBands.logOdds(mean)
      below.append(Swift.max(0, middle - ScoreBands.logOdds(interval.low)))
      above.append(Swift.max(0, ScoreBands.logOdds(interval.high) - middle))
      if end < order.count { bounds.append(scores[order[end - 1]]) }
      start = end
    }
    self.init(bounds: bounds, below: below, above: above)
  }

  /// The 95 % interval of the probability of rows with this score.
  package func interval(score: Double, risk: Double) -> Interval {
    guard !below.isEmpty else { return Interval(0, 1) }
    let band = bounds.firstIndex { score <= $0 } ?? bounds.count
    let middle = ScoreBands.logOdds(risk)
    func share(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    return Interval(Swift.min(risk, share(middle - below[band])), Swift.max(risk, share(middle + above[band])))
  }

  /// The share of positives by clusters: the wider of Wilson's interval and that of resampled clusters.
  private static func interval(_ rows: ArraySlice<Int>, _ positives: [Bool], _ clusters: [Int32]) -> Interval {
    var totals: [Int32: (yes: Double, all: Double)] = [:]
    for row in rows { totals[clusters[row], default: (0, 0)].all += 1 }
    for row in rows where positives[row] { totals[clusters[row], default: (0, 0)].yes += 1 }
    let parts = totals.sorted { $0.key < $1.key }.map(\.value)
    let yes = parts.reduce(0) { $0 + $1.yes }, all = parts.reduce(0) { $0 + $1.all }
    let plain = Interval.wilson(yes, of: all)
    guard parts.count > 1 else { return plain }
    var random = RandomGenerator(seed: 11)
    var shares: [Double] = []
    for _ in 0..<200 {
      var sum = (yes: 0.0, all: 0.0)
      for _ in parts {
        let part = parts[Int(random.below(UInt64(parts.count)))]
        sum.yes += part.yes
        sum.all += part.all
      }
      shares.append(sum.yes / sum.all)
    }
    shares.sort()
    return Interval(Swift.min(plain.low, shares[5]), Swift.max(plain.high, shares[194]))
  }

  private static func logOdds(_ share: Double) -> Double {
    let kept = Swift.min(Swift.max(share, 0.0002), 0.9998)
    return log(kept / (1 - kept))
  }
}
