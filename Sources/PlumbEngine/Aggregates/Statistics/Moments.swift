/// A number from which statistics are computed.
protocol MomentLane: AccumulatorLane {
  var real: Double { get }
}
extension Int64: MomentLane {
  @inline(__always) var real: Double { Double(self) }
}
extension Double: MomentLane {
  @inline(__always) var real: Double { self }
}
extension Decimal128: MomentLane {
  var real: Double { double }
}

/// The count, mean and squared deviation of a group.
///
/// Sums are shifted by the group's first value. Since it is one of the values, cancellation costs at most a
/// factor of the count. Cells are merged by the formula of Chan, Golub and LeVeque (1979).
enum Moments<L: MomentLane>: Accumulator {
  static var dependsOnOrder: Bool { true }
  typealias Lane = L
  typealias Cell = MomentCell

  @inline(__always) static var empty: MomentCell { MomentCell() }

  @inline(__always) static func add(_ value: L, to cell: inout MomentCell) {
    let value = value.real
    let shift = cell.count == 0 ? value : cell.shift
    let distance = value - shift
    cell.shift = shift
    cell.count += 1
    cell.sum += distance
    cell.squares += distance * distance
  }

  @inline(__always) static func join(_ other: MomentCell, into cell: inout MomentCell) {
    cell.join(other)
  }
}

struct MomentCell: BitwiseCopyable {
  var shift = 0.0
  var count = 0.0
  /// The sum of the distances from `shift`; the squares follow.
  var sum = 0.0
  var squares = 0.0

  /// The sum of the squared distances from the mean. Rounding can leave it a little below zero; NaN stays.
  private var deviation: Double {
    let deviation = squares - sum * sum / count
    return deviation < 0 ? 0 : deviation
  }

  /// Divided by one less than the count; 0 for fewer than two values.
  var sampleVariance: Double { count == 0 ? 0 : deviation / Swift.max(count - 1, 1) }
  var populationVariance: Double? { count == 0 ? nil : deviation / count }

  mutating func join(_ other: MomentCell) {
    if other.count == 0 { return }
    if count == 0 {
      self = other
      return
    }
    let distance = other.shift + other.sum / other.count - shift
    sum += other.count * distance
    squares += (other.squares - other.sum * other.sum / other.count) + other.count * distance * distance
    count += other.count
  }
}

/// The covariance of two arguments, optionally under a predicate in a third; rows with a null are left out.
final class CovarianceState: AggregateState {
  var dependsOnOrder: Bool { true }
  private struct Cell: BitwiseCopyable {
    var shiftX = 0.0
    var shiftY = 0.0
    var count = 0.0
    var sumX = 0.0
    var sumY = 0.0
    var products = 0.0

    @inline(__always) mutating func add(_ x: Double, _ y: Double) {
      if count == 0 {
        shiftX = x
        shiftY = y
      }
      count += 1
      sumX += x - shiftX
      sumY += y - shiftY
      products += (x - shiftX) * (y - shiftY)
    }

    /// The sum of the products of the distances from the means.
    var deviation: Double { products - sumX * sumY / count }

    mutating func join(_ other: Cell) {
      if other.count == 0 { return }
      if count == 0 {
        self = other
        return
      }
      let x = other.shiftX + other.sumX / other.count - shiftX
      let y = other.shiftY + other.sumY / other.count - shiftY
      sumX += other.count * x
      sumY += other.count * y
      products += other.deviation + other.count * x * y
      count += other.count
    }
  }

  private var cells = Growing<Cell>(capacity: 4)
  private var filter = RowFilter()
  private let isSample: Bool
  private let hasPredicate: Bool

  init(sample: Bool, predicate: Bool) {
    isSample = sample
    hasPredicate = predicate
    grow(to: 1)
  }

  func grow(to groups: Int) { cells.extend(to: groups, with: Cell()) }

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let kept = filter.rows(inputs[..<2], predicate: hasPredicate ? inputs[2] : nil, count: n)
    let keep: UnsafePointer<UInt8>?
    switch kept {
    case .none: return
    case .all: keep = nil
    case .some(let mask): keep = mask
    }
    let first = inputs[0].decoded().expanded(), second = inputs[1].decoded().expanded()
    let x = first.view(Double.self), y = second.view(Double.self)
    let cells = self.cells.base
    if let groups {
      for i in 0..<n where keep.map({ $0[i] != 0 }) ?? true { cells[Int(groups[i])].add(x[i], y[i]) }
    } else {
      var total = Cell()
      for i in 0..<n where keep.map({ $0[i] != 0 }) ?? true { total.add(x[i], y[i]) }
      cells[0].join(total)
    }
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? CovarianceState else { return }
    let cells = self.cells.base
    let more = other.cells.base + range.lowerBound
    for i in 0..<range.count { cells[Int(groups[i])].join(more[i]) }
  }

  func finish(count: Int) -> [Vector] {
    grow(to: count)
    let cells = self.cells.base
    let isSample = self.isSample
    return [
      .making(.real, count: count) { (i: Int) -> Double? in
        let cell = cells[i]
        if cell.count == 0 { return nil }
        return cell.deviation / (isSample ? Swift.max(cell.count - 1, 1) : cell.count)
      }
    ]
  }
}

extension AggregateFunction {
  /// Spread and dependence.
  static let statistics: [AggregateFunction] = [
    AggregateFunction(
      "variance", "Computes the sample variance of `expression`; 0 without values.", "expression",
      examples: [.init("range x from 1 to 5 step 1 | summarize variance(x)", is: "2.5")],
      overloads: spreads(predicate: false) { $0.sampleVariance }, conditional: "varianceif"),

    AggregateFunction(
      "varianceif", "Computes the sample variance of `expression` where `predicate` is true.",
      "expression, predicate",
      examples: [.init("range x from 1 to 4 step 1 | summarize varianceif(x, x < 3)", is: "0.5")],
      overloads: spreads(predicate: true) { $0.sampleVariance }),

    AggregateFunction(
      "variancep", "Computes the population variance of `expression`.", "expression",
      examples: [.init("range x from 1 to 4 step 1 | summarize variancep(x)", is: "1.25")],
      overloads: spreads(predicate: false) { $0.populationVariance }),

    // The documented result, 850 for the even numbers up to 100, is the variance of a sample, unlike `variancep`'s.
    AggregateFunction(
      "variancepif", "Computes the variance of `expression` where `predicate` is true; a sample variance, as documented.",
      "expression, predicate",
      examples: [.init("range x from 1 to 100 step 1 | summarize variancepif(x, x % 2 == 0)", is: "850")],
      overloads: spreads(predicate: true) { $0.sampleVariance }),

    AggregateFunction(
      "stdev", "Computes the sample standard deviation of `expression`; 0 without values.", "expression",
      examples: [.init("range x from 1 to 5 step 1 | summarize round(stdev(x), 4)", is: "1.5811")],
      overloads: spreads(predicate: false) { $0.sampleVariance.squareRoot() }, conditional: "stdevif"),

    AggregateFunction(
      "stdevif", "Computes the sample standard deviation of `expression` where `predicate` is true.",
      "expression, predicate",
      examples: [.init("range x from 1 to 9 step 1 | summarize round(stdevif(x, x < 6), 4)", is: "1.5811")],
      overloads: spreads(predicate: true) { $0.sampleVariance.squareRoot() }),

    AggregateFunction(
      "stdevp", "Computes the population standard deviation of `expression`.", "expression",
      examples: [.init("range x from 1 to 5 step 1 | summarize round(stdevp(x), 4)", is: "1.4142")],
      overloads: spreads(predicate: false) { $0.populationVariance?.squareRoot() }, conditional: "stdevpif"),

    AggregateFunction(
      "stdevpif",
      "Computes the population standard deviation of `expression` where `predicate` is true.",
      "expression, predicate",
      examples: [.init("range x from 1 to 9 step 1 | summarize round(stdevpif(x, x < 6), 4)", is: "1.4142")],
      overloads: spreads(predicate: true) { $0.populationVariance?.squareRoot() }),

    covariance("covariance", "treated as a sample", sample: true, predicate: false, is: "20.5"),
    covariance(
      "covarianceif", "treated as a sample, where `predicate` is true", sample: true, predicate: true, is: "20.5"),
    covariance("covariancep", "treated as the whole population", sample: false, predicate: false, is: "16.4"),
    covariance(
      "covariancepif", "treated as the whole population, where `predicate` is true", sample: false, predicate: true,
      is: "16.4"),
  ]

  private static func spreads(
    predicate: Bool, _ value: @escaping @Sendable (MomentCell) -> Double?
  ) -> [AggregateOverload] {
    [
      .accumulating(Moments<Int64>.self, .long, to: .real, predicate: predicate, value),
      .accumulating(Moments<Int64>.self, .int, to: .real, predicate: predicate, value),
      .accumulating(Moments<Double>.self, .real, to: .real, predicate: predicate, value),
      .accumulating(Moments<Decimal128>.self, .decimal, to: .real, predicate: predicate, value),
    ]
  }

  private static func covariance(
    _ name: String, _ manner: String, sample: Bool, predicate: Bool, is result: String
  ) -> AggregateFunction {
    let data = "datatable(x: real, y: real)[1, 14, 2, 10, 3, 17, 4, 20, 5, 50]"
    return AggregateFunction(
      name, "Computes the covariance of `first` and `second`, \(manner).",
      "first, second" + (predicate ? ", predicate" : ""),
      examples: [.init("\(data) | summarize \(name)(x, y\(predicate ? ", x > 0" : ""))", is: result)],
      overloads: [
        .fixed([.real, .real], to: .real, predicate: predicate, naming: .bothColumns) {
          CovarianceState(sample: sample, predicate: predicate)
        }
      ])
  }
}
