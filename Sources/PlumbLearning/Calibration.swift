import Glibc
import PlumbDiagnostics

/// Turns the scores of a model into true probabilities; a higher score never gives a lower one.
package enum Calibration: Hashable, Sendable {
  /// Scores are used as they are.
  case none
  case isotonic(IsotonicCalibration)
  case platt(PlattCalibration)

  package func callAsFunction(_ score: Double) -> Double {
    switch self {
    case .none: score
    case .isotonic(let calibration): calibration(score)
    case .platt(let calibration): calibration(score)
    }
  }

  package func callAsFunction(_ scores: [Double]) -> [Double] { scores.map { self($0) } }
}

/// The monotone step function closest to held-out outcomes, interpolated linearly between its steps.
///
/// Pool adjacent violators: Ayer, Brunk, Ewing, Reid, Silverman (1955); for calibration Zadrozny and Elkan (2002).
package struct IsotonicCalibration: Hashable, Sendable {
  /// Ascending, with as many `probabilities`, which never decrease. Never empty.
  package let scores: [Double]
  package let probabilities: [Double]

  init(scores: [Double], probabilities: [Double]) {
    self.scores = scores
    self.probabilities = probabilities
  }

  /// Fits scores that the model was not trained on. Rows whose score is NaN are ignored.
  ///
  /// - Throws: `no-rows` if no row remains.
  package init(scores: [Double], positives: [Bool]) throws {
    let order = scores.indices.filter { !scores[$0].isNaN && $0 < positives.count }.sorted { scores[$0] < scores[$1] }
    var pools: [Pool] = []
    for index in order {
      let score = scores[index], outcome = positives[index] ? 1.0 : 0.0
      if let last = pools.last, last.lowest == score, last.highest == score {
        // Equal scores are one point.
        pools[pools.count - 1].sum += outcome
        pools[pools.count - 1].count += 1
        continue
      }
      Pool.settle(&pools)
      pools.append(Pool(lowest: score, highest: score, sum: outcome, count: 1))
    }
    Pool.settle(&pools)
    guard !pools.isEmpty else { throw Diagnostic("no-rows", "there are no scores to calibrate on") }
    var points: [Double] = [], values: [Double] = []
    for pool in pools {
      points.append(pool.lowest)
      values.append(pool.mean)
      if pool.highest > pool.lowest {
        points.append(pool.highest)
        values.append(pool.mean)
      }
    }
    self.scores = points
    probabilities = values
  }

  /// Returns the probability for a score; beyond the fitted scores, that of the nearest. NaN stays NaN.
  package func callAsFunction(_ score: Double) -> Double {
    if score.isNaN { return score }
    var low = 0, high = scores.count
    while low < high {
      let middle = (low + high) / 2
      if scores[middle] < score { low = middle + 1 } else { high = middle }
    }
    if low == scores.count { return probabilities[low - 1] }
    if low == 0 || scores[low] == score { return probabilities[low] }
    let share = (score - scores[low - 1]) / (scores[low] - scores[low - 1])
    guard share.isFinite else { return probabilities[low - 1] }
    let value = probabilities[low - 1] + share * (probabilities[low] - probabilities[low - 1])
    return Swift.min(probabilities[low], Swift.max(probabilities[low - 1], value))
  }
}

/// Neighbouring scores with the same probability, the mean of their outcomes.
private struct Pool {
  var lowest: Double
  var highest: Double
  var sum: Double
  var count: Double

  var mean: Double { sum / count }

  /// Merges pools at the end until the last is above the one before it.
  static func settle(_ pools: inout [Pool]) {
    while pools.count > 1, pools[pools.count - 2].mean >= pools[pools.count - 1].mean {
      let last = pools.removeLast()
      pools[pools.count - 1].highest = last.highest
      pools[pools.count - 1].sum += last.sum
      pools[pools.count - 1].count += last.count
    }
  }
}

/// A logistic curve through held-out scores, for too few scores for steps.
///
/// Platt (1999), by Newton's method as in Lin, Lin and Weng (2007).
package struct PlattCalibration: Hashable, Sendable {
  /// The probability is 1 / (1 + exp(-(slope · score + offset))); the slope is not negative.
  package let slope: Double
  package let offset: Double

  init(slope: Double, offset: Double) {
    self.slope = slope
    self.offset = offset
  }

  /// Fits scores that the model was not trained on. Rows whose score is not finite are ignored.
  ///
  /// - Throws: `no-rows` if no row remains.
  package init(scores: [Double], positives: [Bool]) throws {
    let rows = scores.indices.filter { scores[$0].isFinite && $0 < positives.count }
    guard !rows.isEmpty else { throw Diagnostic("no-rows", "there are no scores to calibrate on") }
    let yes = Double(rows.reduce(0) { $0 + (positives[$1] ? 1 : 0) }), no = Double(rows.count) - yes
    // Platt's targets keep away from 0 and 1.
    let high = (yes + 1) / (yes + 2), low = 1 / (no + 2)
    let base = log((yes + 1) / (no + 1))
    var a = 0.0, b = base
    func loss(_ a: Double, _ b: Double) -> Double {
      rows.reduce(0) { sum, row in
        let x = a * scores[row] + b, target = positives[row] ? high : low
        return sum + (x >= 0 ? (1 - target) * x + log1p(exp(-x)) : -target * x + log1p(exp(x)))
      }
    }
    var current = loss(a, b)
    for _ in 0..<100 {
      var aa = 1e-12, ab = 0.0, bb = 1e-12, ga = 0.0, gb = 0.0
      for row in rows {
        let score = scores[row]
        let p = PlattCalibration.logistic(a * score + b)
        let curve = p * (1 - p), slope = p - (positives[row] ? high : low)
        aa += score * score * curve
        ab += score * curve
        bb += curve
        ga += score * slope
        gb += slope
      }
      if abs(ga) < 1e-6, abs(gb) < 1e-6 { break }
      let determinant = aa * bb - ab * ab
      let stepA = -(bb * ga - ab * gb) / determinant, stepB = -(aa * gb - ab * ga) / determinant
      let descent = ga * stepA + gb * stepB
      var length = 1.0
      while length > 1e-10 {
        let next = loss(a + length * stepA, b + length * stepB)
        if next < current + 1e-4 * length * descent {
          a += length * stepA
          b += length * stepB
          current = next
          break
        }
        length /= 2
      }
      if length <= 1e-10 { break }
    }
    // Scores that predict the opposite are useless: then every row gets the base rate.
    let isUsable = a.isFinite && b.isFinite && a >= 0
    slope = isUsable ? a : 0
    offset = isUsable ? b : base
  }

  private static func logistic(_ x: Double) -> Double { x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)) }

  package func callAsFunction(_ score: Double) -> Double {
    slope == 0 && !score.isNaN ? PlattCalibration.logistic(offset) : PlattCalibration.logistic(slope * score + offset)
  }
}
