extension ScalarFunction {
  /// Functions that divide a series into what repeats itself, what it tends to, and the rest.
  static let seriesDecomposition: [ScalarFunction] = [
    ScalarFunction(
      "series_decompose",
      "Divides `series` into a baseline, its seasonal part and its trend, and what remains. `seasonality` is a period, 0 for none, or -1 to detect it; `trend` is \"avg\", \"linefit\" or \"none\"; the last `testPoints` are not learnt from.",
      "series, [seasonality, [trend, [testPoints, [seasonalityThreshold]]]]",
      examples: [
        .init("series_decompose(dynamic([1, 3, 5, 1, 3, 5, 1, 3, 8]), 3, \"none\")[3]", is: "[0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,3.0]"),
        .init("series_decompose(dynamic([1, 2, 3, 4]), 0, \"linefit\")[2]", is: "[1.0,2.0,3.0,4.0]"),
      ],
      overloads: optional([.exactly(.long), .exactly(.string), .exactly(.long), .exactly(.real)]) { row, out in
        guard let parts = row.decomposed(seasonality: 1, trend: 2, testPoints: 3, threshold: 4) else { return false }
        append([parts.baseline, parts.seasonal, parts.trend, parts.residual], to: &out)
        return true
      }
    ).resulting(in: .fixed(arrays("baseline", "seasonal", "trend", "residual"))),
    ScalarFunction(
      "series_decompose_anomalies",
      "Marks the elements of `series` that are far above (1) or below (-1) its baseline, and returns marks, scores and the baseline. A score beyond `threshold` (1.5) is an anomaly; `method` is \"ctukey\" or \"tukey\", as in `series_outliers`.",
      "series, [threshold, [seasonality, [trend, [testPoints, [method, [seasonalityThreshold]]]]]]",
      examples: [
        .init("series_decompose_anomalies(dynamic([1, 2, 1, 2, 1, 2, 3, 1, 2, 30, 1, 2, 1, 2, 3]))[0]", is: "[0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,0.0,0.0,0.0,0.0,0.0]")
      ],
      overloads: optional([
        .exactly(.real), .exactly(.long), .exactly(.string), .exactly(.long), .exactly(.string), .exactly(.real),
      ]) { row, out in
        guard let parts = row.decomposed(seasonality: 2, trend: 3, testPoints: 4, threshold: 6),
          let fences = TukeyFences(method: row.text(5), of: parts.residual)
        else { return false }
        let limit = row.number(1) ?? 1.5
        let scores = parts.residual.map { $0.map(fences.score) }
        append([scores.map { $0.map { $0 > limit ? 1 : $0 < -limit ? -1 : 0 } }, scores, parts.baseline], to: &out)
        return true
      }
    ).resulting(in: .fixed(arrays("ad_flag", "ad_score", "baseline"))),
    ScalarFunction(
      "series_decompose_forecast",
      "Predicts the last `points` elements of `series` from those before them, and returns the baseline of the whole series; the other arguments are those of `series_decompose`.",
      "series, points, [seasonality, [trend, [seasonalityThreshold]]]",
      examples: [
        .init("series_decompose_forecast(dynamic([1, 3, 5, 1, 3, 5, 0, 0, 0]), 3, 3)", is: "[1.0,3.0,5.0,1.0,3.0,5.0,1.0,3.0,5.0]"),
        .init("series_decompose_forecast(dynamic([2, 4, 6, 0, 0]), 2, 0, \"linefit\")", is: "[2.0,4.0,6.0,8.0,10.0]"),
      ],
      overloads: Array(
        optional([.exactly(.long), .exactly(.long), .exactly(.string), .exactly(.real)]) { row, out in
          guard let parts = row.decomposed(seasonality: 2, trend: 3, testPoints: 1, threshold: 4) else { return false }
          out.append(numbers: parts.baseline)
          return true
        }.dropFirst())),
  ]

  private static func arrays(_ names: String...) -> [ColumnInfo] { names.map { ColumnInfo($0, .dynamic) } }

  private static func append(_ series: [[Double?]], to out: inout ByteBuffer) {
    let mark = out.beginArray()
    for numbers in series { out.append(numbers: numbers) }
    out.end(mark, count: series.count)
  }

  /// A series, alone or with any number of the arguments that may follow it.
  private static func optional(
    _ others: [ParameterType], _ body: @escaping @Sendable (DecompositionRow, inout ByteBuffer) -> Bool
  ) -> [Overload] {
    (0...others.count).map { count in
      .columns([.exactly(.dynamic)] + others.prefix(count), result: { _ in .dynamic }) { arguments in
        let inputs = try DynamicInputs(arguments)
        return writtenRows(arguments.replacing([arguments[0]]), as: .dynamic) { row, out in
          body(DecompositionRow(inputs: inputs, row: row), &out)
        }
      }
    }
  }
}

/// The arguments of one call, of which all but the series may be missing or null.
private struct DecompositionRow {
  let inputs: DynamicInputs
  let row: Int

  func number(_ index: Int) -> Double? { index < inputs.count ? inputs[index, row].number : nil }

  func text(_ index: Int) -> String? {
    guard index < inputs.count, inputs[index, row].tag == .string else { return nil }
    return String(inputs[index, row].text)
  }

  /// Nil if the series is not an array, or the kind of trend is unknown.
  func decomposed(seasonality: Int, trend: Int, testPoints: Int, threshold: Int) -> SeriesDecomposition? {
    let series = inputs[0, row]
    guard series.isArray, let trend = SeriesDecomposition.Trend(rawValue: text(trend) ?? "avg") else { return nil }
    return SeriesDecomposition(
      series.elements.map { $0.number.flatMap { $0.isFinite ? $0 : nil } },
      period: Int(clamped: number(seasonality) ?? -1), trend: trend, testPoints: Int(clamped: number(testPoints) ?? 0),
      threshold: number(threshold) ?? 0.6)
  }
}

extension Int {
  fileprivate init(clamped value: Double) { self = value.isNaN ? 0 : Int(Swift.min(Swift.max(value, -1), 1e9)) }
}

extension ByteBuffer {
  fileprivate mutating func append(numbers: [Double?]) {
    let mark = beginArray()
    for number in numbers {
      if let number { appendReal(number) } else { appendNull() }
    }
    end(mark, count: numbers.count)
  }
}

/// A series as the sum of a part that repeats itself, a trend, and a residual, in this order: the median at each place of the
/// period, then the trend of what that leaves. Missing elements are not learnt from.
struct SeriesDecomposition {
  enum Trend: String {
    case avg, linefit, none
  }

  private(set) var seasonal: [Double?]
  private(set) var trend: [Double?]
  let baseline: [Double?]
  /// Null where the series is.
  let residual: [Double?]

  /// - Parameter period: 0 for none, -1 to find one with a score of at least `threshold`.
  init(_ series: [Double?], period: Int, trend kind: Trend, testPoints: Int, threshold: Double) {
    let learnt = series.prefix(Swift.max(0, series.count - Swift.max(0, testPoints)))
    let length = period < 0 ? Self.period(of: Array(learnt), threshold) : Swift.min(period, Swift.max(1, learnt.count))
    var season = [Double](repeating: 0, count: Swift.max(length, 1))
    if length > 0 {
      for place in 0..<length {
        season[place] = Self.median(stride(from: place, to: learnt.count, by: length).compactMap { learnt[$0] }) ?? 0
      }
    }
    let seasonal = series.indices.map { season[$0 % season.count] }
    let rest = learnt.indices.compactMap { place in learnt[place].map { (x: Double(place), y: $0 - seasonal[place]) } }
    let line = Self.line(rest, kind)
    let trend = series.indices.map { line.start + line.slope * Double($0) }
    self.seasonal = seasonal
    self.trend = trend
    let sums = zip(seasonal, trend).map { $0 + $1 }
    baseline = sums
    // What rounding leaves does not count.
    let least = 1e-12 * (series.compactMap { $0.map(abs) }.max() ?? 0)
    residual = zip(series, sums).map { value, base in value.map { abs($0 - base) <= least ? 0 : $0 - base } }
  }

  /// The strongest period; 0 if its score is below `threshold`.
  private static func period(of series: [Double?], _ threshold: Double) -> Int {
    let known = series.compactMap { $0 }
    guard !known.isEmpty else { return 0 }
    let mean = known.reduce(0, +) / Double(known.count)
    return SeriesPeriods(series.map { $0 ?? mean }).main(atLeast: threshold) ?? 0
  }

  private static func median(_ numbers: [Double]) -> Double? {
    guard !numbers.isEmpty else { return nil }
    let sorted = numbers.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  private static func line(_ points: [(x: Double, y: Double)], _ kind: Trend) -> (start: Double, slope: Double) {
    guard kind != .none, !points.isEmpty else { return (0, 0) }
    let count = Double(points.count)
    let yMean = points.reduce(0) { $0 + $1.y } / count
    guard kind == .linefit else { return (yMean, 0) }
    let xMean = points.reduce(0) { $0 + $1.x } / count
    var xx = 0.0, xy = 0.0
    for point in points {
      xx += (point.x - xMean) * (point.x - xMean)
      xy += (point.x - xMean) * (point.y - yMean)
    }
    let slope = xx > 0 ? xy / xx : 0
    return (yMean - slope * xMean, slope)
  }
}

/// The usual range of numbers by Tukey's test, between two percentiles.
struct TukeyFences {
  private let low: Double
  private let high: Double

  /// - Parameter method: `tukey` for the quartiles, `ctukey` or nil for the 10th and 90th percentile; others give nil.
  init?(method: String?, of numbers: [Double?]) {
    let isPlain = method?.lowercased() == "tukey"
    guard isPlain || method == nil || method?.lowercased() == "ctukey" else { return nil }
    let sorted = numbers.compactMap { $0 }.sorted()
    low = Self.percentile(sorted, isPlain ? 25 : 10)
    high = Self.percentile(sorted, isPlain ? 75 : 90)
  }

  /// How far a number is outside the range, in widths of the range; 0 inside, and where the range has no width.
  func score(_ number: Double) -> Double {
    guard high > low else { return 0 }
    return number > high ? (number - high) / (high - low) : number < low ? (number - low) / (high - low) : 0
  }

  /// The percentile of sorted numbers, interpolated if it falls between two of them.
  static func percentile(_ sorted: [Double], _ percent: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let place = percent / 100 * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
  }
}
