import Glibc
import PlumbDiagnostics
import PlumbEngine
@testable import PlumbLearning
import Testing


/// Calibrations rise with the score and make probabilities of it.
struct CalibrationTests {
  /// Scores whose true probability is their square.
  static func made(_ count: Int, seed: UInt64, steps: Int = 1 << 20) -> (scores: [Double], positives: [Bool]) {
    var random = RandomGenerator(seed: seed)
    let scores = (0..<count).map { _ in Double(random.below(UInt64(steps))) / Double(steps) }
    return (scores, scores.map { random.unit() < $0 * $0 })
  }

  @Test func bothRiseAndImprove() throws {
    let (scores, positives) = Self.made(4000, seed: 1)
    let (later, outcomes) = Self.made(4000, seed: 2)
    for calibration in [
      Calibration.isotonic(try IsotonicCalibration(scores: scores, positives: positives)),
      .platt(try PlattCalibration(scores: scores, positives: positives)),
    ] {
      let grid = (-10...110).map { calibration(Double($0) / 100) }
      #expect(zip(grid, grid.dropFirst()).allSatisfy { $0 <= $1 })
      #expect(grid.allSatisfy { $0 >= 0 && $0 <= 1 })
      #expect(calibration(.nan).isNaN)
      let calibrated = calibration(later)
      #expect(brierScore(calibrated, outcomes).value < brierScore(later, outcomes).value)
      #expect(calibrationError(calibrationTable(calibrated, outcomes)) < 0.04)
    }
  }

  /// The least squares of all rising functions, against the min-max formula.
  @Test func isotonicIsClosest() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let (scores, positives) = Self.made(40, seed: seed, steps: 25)
      let calibration = try IsotonicCalibration(scores: scores, positives: positives)
      let points = Set(scores).sorted()
      func mean(_ low: Double, _ high: Double) -> Double {
        let rows = scores.indices.filter { scores[$0] >= low && scores[$0] <= high }
        return Double(rows.filter { positives[$0] }.count) / Double(rows.count)
      }
      for point in points {
        let highest = points.filter { $0 <= point }.map { low in points.filter { $0 >= point }.map { mean(low, $0) }.min() ?? 0 }
        #expect(abs(calibration(point) - (highest.max() ?? 0)) < 1e-12)
      }
    }
  }

  @Test func plattFindsTheCurve() throws {
    var random = RandomGenerator(seed: 3)
    let scores = (0..<20_000).map { _ in random.unit() * 8 - 4 }
    let positives = scores.map { random.unit() < 1 / (1 + exp(-(1.5 * $0 - 0.7))) }
    let curve = try PlattCalibration(scores: scores, positives: positives)
    #expect(abs(curve.slope - 1.5) < 0.06 && abs(curve.offset + 0.7) < 0.06)
    // Scores that point the wrong way tell nothing but the base rate.
    let wrong = try PlattCalibration(scores: scores.map { -$0 }, positives: positives)
    #expect(wrong.slope == 0 && abs(wrong(3) - Double(positives.filter { $0 }.count) / 20_000) < 0.01)
  }

  @Test func extremeInputs() throws {
    #expect(throws: Diagnostic.self) { try IsotonicCalibration(scores: [], positives: []) }
    #expect(throws: Diagnostic.self) { try PlattCalibration(scores: [.nan], positives: [true]) }
    let one = try IsotonicCalibration(scores: [0.3], positives: [true])
    #expect(one(0) == 1 && one(1) == 1)
    let infinite = try IsotonicCalibration(scores: [-.infinity, 0, .infinity], positives: [false, true, true])
    #expect(infinite(-5).isFinite && infinite(5) == 1)
    for positives in [[true, true, true], [false, false, false]] {
      let curve = try PlattCalibration(scores: [1e300, 0, -1e300], positives: positives)
      #expect(curve(0.5) > 0 && curve(0.5) < 1)
    }
  }
}
