/// A range that holds the true value with 95 % confidence.
package struct Interval: Hashable, Sendable {
  package let low: Double
  package let high: Double

  package init(_ low: Double, _ high: Double) {
    self.low = low
    self.high = high
  }

  /// The standard normal's 97.5th percentile.
  static let z = 1.959963984540054

  /// Returns the interval of a share of `total` independent cases. Wilson (1927); 0...1 for no cases.
  package static func wilson(_ successes: Double, of total: Double) -> Interval {
    guard total > 0, total.isFinite else { return Interval(0, 1) }
    let share = Swift.min(1, Swift.max(0, successes / total))
    let square = z * z
    let middle = (share + square / (2 * total)) / (1 + square / total)
    let half = z / (1 + square / total) * (share * (1 - share) / total + square / (4 * total * total)).squareRoot()
    // At the ends rounding must not exclude the share itself.
    return Interval(
      share <= 0 ? 0 : Swift.max(0, Swift.min(share, middle - half)),
      share >= 1 ? 1 : Swift.min(1, Swift.max(share, middle + half)))
  }

  /// Returns the interval of an estimate with this variance, clamped to `range`: the normal approximation.
  static func around(_ value: Double, variance: Double, within range: ClosedRange<Double>) -> Interval {
    let half = z * Swift.max(0, variance).squareRoot()
    return Interval(Swift.max(range.lowerBound, value - half), Swift.min(range.upperBound, value + half))
  }
}

/// A figure and its 95 % interval.
package struct Estimate: Hashable, Sendable {
  package let value: Double
  package let interval: Interval

  package init(_ value: Double, _ interval: Interval) {
    self.value = value
    self.interval = interval
  }

  /// Returns a share of `total` cases with Wilson's interval; NaN for no cases.
  package static func share(_ successes: Double, of total: Double) -> Estimate {
    Estimate(total > 0 ? successes / total : .nan, .wilson(successes, of: total))
  }
}
