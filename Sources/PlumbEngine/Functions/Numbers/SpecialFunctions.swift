import Glibc

/// Functions of mathematics beyond the elementary ones.
enum SpecialFunctions {
  static func gamma(_ x: Double) -> Double { tgamma(x) }

  /// The logarithm of the gamma function; NaN where gamma is not positive.
  static func logGamma(_ x: Double) -> Double {
    if x <= 0 { return tgamma(x) > 0 ? lgamma(x).0 : .nan }
    return lgamma(x).0
  }

  static func erf(_ x: Double) -> Double { Glibc.erf(x) }
  static func erfc(_ x: Double) -> Double { Glibc.erfc(x) }

  /// The density of the beta distribution; NaN outside 0...1 and for parameters that are not positive.
  static func betaDensity(_ x: Double, _ alpha: Double, _ beta: Double) -> Double {
    guard x >= 0, x <= 1, alpha > 0, beta > 0 else { return .nan }
    if x == 0 { return alpha < 1 ? .infinity : alpha == 1 ? beta : 0 }
    if x == 1 { return beta < 1 ? .infinity : beta == 1 ? alpha : 0 }
    return exp((alpha - 1) * log(x) + (beta - 1) * log1p(-x) - logBeta(alpha, beta))
  }

  /// The probability that a beta variable is at most `x`; NaN as for the density.
  static func betaDistribution(_ x: Double, _ alpha: Double, _ beta: Double) -> Double {
    guard x >= 0, x <= 1, alpha > 0, beta > 0 else { return .nan }
    if x == 0 || x == 1 { return x }
    let front = exp(alpha * log(x) + beta * log1p(-x) - logBeta(alpha, beta))
    // The continued fraction converges fast below the mean; above it the mirror image does.
    if x < (alpha + 1) / (alpha + beta + 2) { return front * betaFraction(x, alpha, beta) / alpha }
    return 1 - front * betaFraction(1 - x, beta, alpha) / beta
  }

  /// The `x` for which the distribution is `p`; NaN for parameters that are not positive.
  static func betaInverse(_ p: Double, _ alpha: Double, _ beta: Double) -> Double {
    guard p >= 0, p <= 1, alpha > 0, beta > 0 else { return .nan }
    if p == 0 || p == 1 { return p }
    // Newton's steps, kept inside a bracket that is halved if a step leaves it.
    var low = 0.0
    var high = 1.0
    var x = alpha / (alpha + beta)
    for _ in 0..<200 {
      let excess = betaDistribution(x, alpha, beta) - p
      if excess == 0 { return x }
      if excess < 0 { low = x } else { high = x }
      var next = x - excess / betaDensity(x, alpha, beta)
      if !(next > low && next < high) { next = (low + high) / 2 }
      if abs(next - x) <= 1e-16 * x || high - low <= .ulpOfOne * x { return next }
      x = next
    }
    return x
  }

  private static func logBeta(_ alpha: Double, _ beta: Double) -> Double {
    lgamma(alpha).0 + lgamma(beta).0 - lgamma(alpha + beta).0
  }

  // The continued fraction of Abramowitz and Stegun 26.5.8, evaluated by W. J. Lentz's method (1976).
  private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1...2000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / kept(1 + even * d)
      c = kept(1 + even / c)
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / kept(1 + odd * d)
      c = kept(1 + odd / c)
      let factor = d * c
      result *= factor
      if abs(factor - 1) < 1e-16 { break }
    }
    return result
  }

  /// The probability that a standard normal variable is at most `x`.
  static func normalDistribution(_ x: Double) -> Double { 0.5 * Glibc.erfc(-x / 2.0.squareRoot()) }

  /// The probability that Student's variable is farther from 0 than `t`, on either side.
  static func studentTail(_ t: Double, degrees: Double) -> Double {
    if t.isInfinite { return 0 }
    return betaDistribution(degrees / (degrees + t * t), degrees / 2, 0.5)
  }

  /// The p-value of Welch's test of two means; NaN if a sample has fewer than two values.
  static func welchTest(
    _ mean1: Double, _ variance1: Double, _ count1: Double, _ mean2: Double, _ variance2: Double, _ count2: Double
  ) -> Double {
    guard count1 > 1, count2 > 1 else { return .nan }
    let (error1, error2) = (variance1 / count1, variance2 / count2)
    let sum = error1 + error2
    if sum <= 0 { return sum == 0 ? (mean1 == mean2 ? 1 : 0) : .nan }
    let degrees = sum * sum / (error1 * error1 / (count1 - 1) + error2 * error2 / (count2 - 1))
    return studentTail((mean1 - mean2) / sum.squareRoot(), degrees: degrees)
  }
}
