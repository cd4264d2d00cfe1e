/// The periods after which a series repeats itself, judged by its autocorrelation.
///
/// A period counts if its autocorrelation is the highest among lags half as long to half as long again.
/// Its score is the lower of the autocorrelations after one period and after two.
struct SeriesPeriods {
  private let correlations: [Double]

  /// The number of elements that must be left to compare after two periods.
  private static let leastOverlap = 4
  private static let shortest = 4

  init(_ series: [Double]) { correlations = Correlation.autocorrelations(series) }

  func score(_ period: Double) -> Double {
    guard period.isFinite, period >= Double(SeriesPeriods.shortest), period <= Double(correlations.count) else { return 0 }
    return score(Int(period.rounded()))
  }

  private func score(_ period: Int) -> Double {
    guard period >= SeriesPeriods.shortest, 2 * period + SeriesPeriods.leastOverlap <= correlations.count else { return 0 }
    let here = correlations[period]
    for lag in period / 2 + 1..<(3 * period + 1) / 2 where lag != period && correlations[lag] > here { return 0 }
    return Swift.min(1, Swift.max(0, Swift.min(here, correlations[2 * period])))
  }

  /// The strongest period, or the shortest one of which it is a multiple if that is almost as strong; nil if none scores enough.
  func main(atLeast threshold: Double) -> Int? {
    let found = strongest(from: 0, through: .infinity, count: 16)
    guard let best = found.first, best.score >= threshold else { return nil }
    let parts = found.filter { part in
      let rest = best.period % part.period
      return part.score >= 0.9 * best.score && Swift.min(rest, part.period - rest) <= 1
    }
    return parts.map(\.period).min()
  }

  /// The periods with the highest scores; multiples of an equally strong period are left out.
  func strongest(from low: Double, through high: Double, count: Int) -> [(period: Int, score: Double)] {
    guard count > 0, correlations.count > 2 * SeriesPeriods.shortest else { return [] }
    let scored = (SeriesPeriods.shortest...correlations.count / 2).map { (period: $0, score: score($0)) }
    var found: [(period: Int, score: Double)] = []
    for candidate in scored.sorted(by: { $0.score == $1.score ? $0.period < $1.period : $0.score > $1.score }) {
      guard candidate.score > 0, found.count < count else { break }
      let isMultiple = found.contains { known in
        let rest = candidate.period % known.period
        return candidate.period > known.period && Swift.min(rest, known.period - rest) <= 1
      }
      let period = Double(candidate.period)
      if !isMultiple && period >= low && period <= high { found.append(candidate) }
    }
    return found
  }
}
