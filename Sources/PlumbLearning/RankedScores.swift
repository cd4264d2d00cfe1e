import Glibc

/// Scores and outcomes in descending order of the scores, from which ranking figures are computed.
///
/// Rows whose score is NaN are ignored; equal scores form one place, whose rows have no particular order.
package struct RankedScores: Sendable {
  /// The rows with one score.
  package struct Place: Hashable, Sendable {
    package let score: Double
    package let positives: Int
    package let total: Int
  }

  /// From the highest score to the lowest.
  package let places: [Place]
  package let positives: Int
  package let total: Int

  package init(scores: [Double], positives: [Bool]) {
    let order = scores.indices.filter { !scores[$0].isNaN && $0 < positives.count }.sorted { scores[$0] > scores[$1] }
    var places: [Place] = []
    var start = 0
    while start < order.count {
      var end = start, yes = 0
      let score = scores[order[start]]
      while end < order.count, scores[order[end]] == score {
        if positives[order[end]] { yes += 1 }
        end += 1
      }
      places.append(Place(score: score, positives: yes, total: end - start))
      start = end
    }
    self.places = places
    self.positives = places.reduce(0) { $0 + $1.positives }
    total = order.count
  }

  package var negatives: Int { total - positives }
  /// The share of positives; NaN for no rows.
  package var baseRate: Double { total > 0 ? Double(positives) / Double(total) : .nan }

  /// Returns the probability that a positive has a higher score than a negative, ties counting half: the area under the
  /// ROC curve.
  ///
  /// The interval is that of DeLong, DeLong and Clarke-Pearson (1988), by midranks as in Sun and Xu (2014).
  /// NaN if one of the classes is missing.
  package func rocAUC() -> Estimate {
    let m = Double(positives), n = Double(negatives)
    guard m > 0, n > 0 else { return Estimate(.nan, Interval(0, 1)) }
    var sum = 0.0
    var positiveSquares = 0.0, negativeSquares = 0.0
    var positivesAbove = 0.0, negativesAbove = 0.0
    for place in places {
      let yes = Double(place.positives), no = Double(place.total - place.positives)
      // The share of negatives that a positive here beats, and of positives that beat a negative here.
      let beaten = (n - negativesAbove - no / 2) / n
      let beating = (positivesAbove + yes / 2) / m
      sum += yes * beaten
      positiveSquares += yes * beaten * beaten
      negativeSquares += no * beating * beating
      positivesAbove += yes
      negativesAbove += no
    }
    let area = sum / m
    func variance(_ squares: Double, _ count: Double) -> Double {
      count > 1 ? Swift.max(0, squares - count * area * area) / (count - 1) / count : 0.25 / count
    }
    // A perfect order has no variance; it is then as certain as a share of as many cases as the rarer class has.
    if area <= 0 || area >= 1 { return Estimate(area, .wilson(area * Swift.min(m, n), of: Swift.min(m, n))) }
    return Estimate(
      area,
      .around(area, variance: variance(positiveSquares, m) + variance(negativeSquares, n), within: 0...1))
  }

  /// Returns the mean precision over the positives, from the top: the area under the precision-recall curve, in steps.
  ///
  /// The interval is the logit one of Boyd, Eng and Page (2013). NaN if there are no positives.
  package func averagePrecision() -> Estimate {
    guard positives > 0 else { return Estimate(.nan, Interval(0, 1)) }
    let all = Double(positives)
    var sum = 0.0
    var yes = 0.0, rows = 0.0
    for place in places {
      yes += Double(place.positives)
      rows += Double(place.total)
      sum += Double(place.positives) / all * (yes / rows)
    }
    let area = Swift.min(1, sum)
    guard area > 0, area < 1 else { return Estimate(area, .wilson(area * all, of: all)) }
    let logit = log(area / (1 - area)), half = Interval.z / (all * area * (1 - area)).squareRoot()
    return Estimate(area, Interval(1 / (1 + exp(half - logit)), 1 / (1 + exp(-half - logit))))
  }

  /// Returns the share of positives among the `count` highest scores; if equal scores straddle the cut, the average of a
  /// random choice among them.
  package func precision(atTop count: Int) -> Estimate {
    let taken = Double(Swift.min(Swift.max(0, count), total))
    return .share(positivesAmong(top: taken), of: taken)
  }

  /// Returns the share of positives in the top `fraction` of the rows as a multiple of the base rate.
  package func lift(atTop fraction: Double) -> Estimate {
    let taken = fraction > 0 ? (Double(total) * Swift.min(1, fraction)).rounded(.up) : 0
    let share = Estimate.share(positivesAmong(top: taken), of: taken)
    let base = baseRate
    guard base > 0 else { return Estimate(.nan, Interval(0, .infinity)) }
    return Estimate(share.value / base, Interval(share.interval.low / base, share.interval.high / base))
  }

  private func positivesAmong(top count: Double) -> Double {
    var left = count, yes = 0.0
    for place in places where left > 0 {
      let taken = Swift.min(left, Double(place.total))
      yes += Double(place.positives) * taken / Double(place.total)
      left -= taken
    }
    return yes
  }
}

/// Returns the share of positives among the highest scores of each group, such as each day, averaged over the groups.
///
/// Groups of fewer than `count` rows count with what they have. The interval is the normal one of the mean over the
/// groups; the result also contains the number of groups.
package func precision(
  atTop count: Int, scores: [Double], positives: [Bool], groups: [Int]
) -> (estimate: Estimate, groups: Int) {
  var members: [Int: [Int]] = [:]
  for (row, group) in groups.enumerated() where row < scores.count && row < positives.count {
    members[group, default: []].append(row)
  }
  var values: [Double] = []
  for group in members.keys.sorted() {
    let rows = members[group] ?? []
    let value = RankedScores(scores: rows.map { scores[$0] }, positives: rows.map { positives[$0] })
      .precision(atTop: count).value
    if !value.isNaN { values.append(value) }
  }
  return (Estimate.mean(of: values, within: 0...1), values.count)
}
