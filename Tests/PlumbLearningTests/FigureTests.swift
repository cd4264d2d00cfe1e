import Glibc
import PlumbEngine
@testable import PlumbLearning
import Testing


/// Figures of quality against their definitions, and their intervals against simulation.
struct FigureTests {
  static func made(_ count: Int, steps: Int, seed: UInt64) -> (scores: [Double], positives: [Bool]) {
    var random = RandomGenerator(seed: seed)
    let scores = (0..<count).map { _ in Double(random.below(UInt64(steps))) / Double(steps) }
    return (scores, scores.map { random.unit() < 0.1 + 0.5 * $0 })
  }

  @Test func areaIsTheShareOfPairs() {
    for seed in 1...30 as ClosedRange<UInt64> {
      let (scores, positives) = Self.made(80, steps: seed % 2 == 0 ? 8 : 100_000, seed: seed)
      var pairs = 0.0, right = 0.0
      for a in scores.indices where positives[a] {
        for b in scores.indices where !positives[b] {
          pairs += 1
          right += scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0
        }
      }
      let area = RankedScores(scores: scores, positives: positives).rocAUC()
      #expect(abs(area.value - right / pairs) < 1e-12)
      #expect(area.interval.low <= area.value && area.value <= area.interval.high)
    }
    #expect(RankedScores(scores: [1, 2], positives: [true, true]).rocAUC().value.isNaN)
    #expect(RankedScores(scores: [], positives: []).averagePrecision().value.isNaN)
    let perfect = RankedScores(scores: [0.1, 0.2, 0.8, 0.9], positives: [false, false, true, true])
    #expect(perfect.rocAUC().value == 1 && perfect.rocAUC().interval.low < 0.5)
    #expect(perfect.averagePrecision().value == 1)
  }

  /// DeLong's interval holds the true area about as often as it says.
  @Test func areaIntervalsHold() {
    let (scores, positives) = Self.made(60_000, steps: 1 << 30, seed: 99)
    let truth = RankedScores(scores: scores, positives: positives).rocAUC().value
    var held = 0
    for seed in 1...300 as ClosedRange<UInt64> {
      let (scores, positives) = Self.made(150, steps: 1 << 30, seed: 1000 + seed)
      let interval = RankedScores(scores: scores, positives: positives).rocAUC().interval
      if interval.low <= truth, truth <= interval.high { held += 1 }
    }
    #expect((270...297).contains(held))
  }

  // By hand: precisions 1, 2/3 and 3/5 at the three positives; with a tie, both rows at once.
  @Test func averagePrecision() {
    let ranked = RankedScores(scores: [5, 4, 3, 2, 1], positives: [true, false, true, false, true])
    #expect(abs(ranked.averagePrecision().value - (1 + 2.0 / 3 + 0.6) / 3) < 1e-12)
    let tied = RankedScores(scores: [2, 2, 1], positives: [true, false, true])
    #expect(abs(tied.averagePrecision().value - (0.5 * 0.5 + 0.5 * 2.0 / 3)) < 1e-12)
    #expect(ranked.precision(atTop: 3).value == 2.0 / 3)
    #expect(tied.precision(atTop: 1).value == 0.5)
    #expect(abs(ranked.lift(atTop: 0.2).value - 1 / 0.6) < 1e-12)
  }

  @Test func probabilityFigures() {
    let probabilities = [0.9, 0.2, 0.6], positives = [true, false, false]
    #expect(abs(brierScore(probabilities, positives).value - (0.01 + 0.04 + 0.36) / 3) < 1e-12)
    #expect(abs(logLoss(probabilities, positives).value + (log(0.9) + log(0.8) + log(0.4)) / 3) < 1e-12)
    #expect(logLoss([0, 1], [true, false]).value.isFinite)
    let (scores, outcomes) = Self.made(5000, steps: 50, seed: 4)
    let table = calibrationTable(scores, outcomes, bins: 10)
    #expect(table.count == 10)
    #expect(table.reduce(0) { $0 + $1.count } == 5000)
    #expect(zip(table, table.dropFirst()).allSatisfy { $0.range.upperBound < $1.range.lowerBound })
    #expect(calibrationTable([0.5, 0.5], [true, false]).count == 1)
  }

  @Test func operatingPoints() {
    let (scores, positives) = Self.made(300, steps: 40, seed: 8)
    let ranked = RankedScores(scores: scores, positives: positives)
    for goal in [
      OperatingPoint.Goal.f1, .accuracy, .youden, .precision(atLeast: 0.6), .missCost(5),
    ] {
      let chosen = ranked.operatingPoint(for: goal)
      #expect(chosen == OperatingPoint(threshold: chosen.threshold, scores: scores, positives: positives))
    }
    let best = ranked.operatingPoint(for: .f1).f1.value
    for threshold in Set(scores) {
      #expect(OperatingPoint(threshold: threshold, scores: scores, positives: positives).f1.value <= best + 1e-12)
    }
    let point = OperatingPoint(threshold: 0.5, scores: [0.9, 0.6, 0.4, 0.1, .nan], positives: [true, false, true, false, true])
    #expect(point.truePositives == 1 && point.falsePositives == 1 && point.falseNegatives == 2)
    #expect(point.accuracy.value == 0.4 && point.precision.value == 0.5)
    #expect(abs(point.recall.value - 1.0 / 3) < 1e-12 && abs(point.f1.value - 0.4) < 1e-12)
    #expect(point.f1.interval.low < 0.4 && point.f1.interval.high > 0.4)
  }

  // Published values of Wilson's interval for 8 of 10 and 0 of 20.
  @Test func wilson() {
    let most = Interval.wilson(8, of: 10), none = Interval.wilson(0, of: 20)
    #expect(abs(most.low - 0.4901625) < 1e-6 && abs(most.high - 0.9433178) < 1e-6)
    #expect(none.low == 0 && abs(none.high - 0.1611252) < 1e-6)
    #expect(Interval.wilson(0, of: 0) == Interval(0, 1))
  }

  @Test func topOfEachGroup() {
    let result = precision(
      atTop: 2, scores: [9, 8, 7, 9, 8, 7], positives: [true, true, false, false, true, true], groups: [1, 1, 1, 2, 2, 2])
    #expect(result.estimate.value == 0.75 && result.groups == 2)
  }
}
