import Glibc

extension ScalarFunction {
  /// Functions over arrays of numbers, element by element or as a whole.
  static let seriesFunctions: [ScalarFunction] =
    seriesArithmetic + seriesComparisons + seriesMaps + seriesTotals + seriesLikeness

  static let statsColumns = [
    ColumnInfo("min", .real), ColumnInfo("min_idx", .long), ColumnInfo("max", .real), ColumnInfo("max_idx", .long),
  ] + reals("avg", "stdev", "variance")

  static let fittedLineColumns = reals("rsquare", "slope", "variance", "rvariance", "interception")
    + [ColumnInfo("line_fit", .dynamic)]

  static let fittedLinesColumns = [ColumnInfo("rsquare", .real), ColumnInfo("split_idx", .long)]
    + reals("variance", "rvariance") + [ColumnInfo("line_fit", .dynamic)]
    + reals("right_rsquare", "right_slope", "right_interception", "right_variance", "right_rvariance")
    + reals("left_rsquare", "left_slope", "left_interception", "left_variance", "left_rvariance")

  static let detectedPeriodsColumns = [ColumnInfo("periods", .dynamic), ColumnInfo("periods_scores", .dynamic)]
  static let validatedPeriodsColumns = [ColumnInfo("periods", .dynamic), ColumnInfo("scores", .dynamic)]

  private static func reals(_ names: String...) -> [ColumnInfo] { names.map { ColumnInfo($0, .real) } }

  private static let seriesArithmetic: [ScalarFunction] = [
    pairwise("series_add", "sum", "[5,4,5]", whole: { $0.addingReportingOverflow($1) }, real: { $0 + $1 }),
    pairwise("series_subtract", "difference", "[-3,0,3]", whole: { $0.subtractingReportingOverflow($1) }, real: { $0 - $1 }),
    pairwise("series_multiply", "product", "[4,4,4]", whole: { $0.multipliedReportingOverflow(by: $1) }, real: { $0 * $1 }),
    pairwise("series_divide", "quotient", "[0.25,1.0,4.0]", whole: nil, real: { $0 / $1 }),
    pairwise("series_pow", "power", "[1.0,4.0,4.0]", whole: nil, real: { pow($0, $1) }),
  ]

  private static let seriesComparisons: [ScalarFunction] = [
    comparison("series_equals", "equals", "[false,true,false]") { $0 == 0 },
    comparison("series_not_equals", "differs from", "[true,false,true]") { $0 != 0 },
    comparison("series_less", "is less than", "[true,false,false]") { $0 < 0 },
    comparison("series_less_equals", "is at most", "[true,true,false]") { $0 <= 0 },
    comparison("series_greater", "is greater than", "[false,false,true]") { $0 > 0 },
    comparison("series_greater_equals", "is at least", "[false,true,true]") { $0 >= 0 },
  ]

  private static func pairwise(
    _ name: String, _ word: String, _ result: String,
    whole: (@Sendable (Int64, Int64) -> (partialValue: Int64, overflow: Bool))?,
    real: @escaping @Sendable (Double, Double) -> Double
  ) -> ScalarFunction {
    ScalarFunction(
      name, "Returns the array of the \(word) of each element of `lhs` and the element of `rhs` at the same index; null unless both are numbers.",
      "lhs, rhs",
      examples: [.init("\(name)(dynamic([1, 2, 4]), dynamic([4, 2, 1]))", is: result)],
      overloads: [
        pairs { lhs, rhs, out in
          guard let left = lhs.number, let right = rhs.number else { return out.appendNull() }
          if let whole, lhs.tag == .long, rhs.tag == .long {
            let (value, overflow) = whole(lhs.int64, rhs.int64)
            if !overflow { return out.appendLong(value) }
          }
          out.appendReal(real(left, right))
        }
      ])
  }

  private static func comparison(
    _ name: String, _ claim: String, _ result: String, _ test: @escaping @Sendable (Int) -> Bool
  ) -> ScalarFunction {
    ScalarFunction(
      name, "Returns for each element of `lhs` whether it \(claim) the element of `rhs` at the same index; null unless both are numbers.",
      "lhs, rhs",
      examples: [.init("\(name)(dynamic([1, 2, 4]), dynamic([4, 2, 1]))", is: result)],
      overloads: [
        pairs { lhs, rhs, out in
          guard lhs.number != nil, rhs.number != nil else { return out.appendNull() }
          out.append(test(DynamicBytes.compare(lhs, rhs)))
        }
      ])
  }

  /// Two arrays, or an array and a number that represents an array of its length.
  private static func pairs(
    _ append: @escaping @Sendable (DynamicCursor, DynamicCursor, inout ByteBuffer) -> Void
  ) -> Overload {
    .columns([.any, .any], result: { shapes in
      shapes.contains { $0.type == .dynamic } && shapes.allSatisfy { $0.type == .dynamic || $0.type.isNumeric }
        ? .dynamic : nil
    }) { arguments in
      let inputs = try DynamicInputs(arguments)
      return writtenRows(arguments, as: .dynamic) { row, out in
        let (lhs, rhs) = (inputs[0, row], inputs[1, row])
        guard lhs.isArray || rhs.isArray else { return false }
        let length = Swift.max(lhs.count, rhs.count)
        let left = lhs.isArray ? lhs.elements : Array(repeating: lhs, count: length)
        let right = rhs.isArray ? rhs.elements : Array(repeating: rhs, count: length)
        let mark = out.beginArray()
        for i in 0..<length {
          append(i < left.count ? left[i] : DynamicInputs.null, i < right.count ? right[i] : DynamicInputs.null, &out)
        }
        out.end(mark, count: length)
        return true
      }
    }
  }

  private static let seriesMaps: [ScalarFunction] = [
    each("series_abs", "absolute value", "dynamic([-6.5, 0, 8.2])", "[6.5,0,8.2]", whole: { $0 == .min ? nil : abs($0) }) { abs($0) },
    each("series_sign", "sign", "dynamic([-6, 0, 8])", "[-1,0,1]", whole: { $0.signum() }) { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 },
    each("series_ceiling", "next whole number upwards", "dynamic([-1.5, 1, 2.5])", "[-1.0,1.0,3.0]") { $0.rounded(.up) },
    each("series_floor", "next whole number downwards", "dynamic([-1.5, 1, 2.5])", "[-2.0,1.0,2.0]") { $0.rounded(.down) },
    each("series_exp", "exponential", "dynamic([0])", "[1.0]") { exp($0) },
    each("series_log", "natural logarithm", "dynamic([1])", "[0.0]") { log($0) },
    each("series_sin", "sine", "dynamic([0])", "[0.0]") { sin($0) },
    each("series_cos", "cosine", "dynamic([0])", "[1.0]") { cos($0) },
    each("series_tan", "tangent", "dynamic([0])", "[0.0]") { tan($0) },
    each("series_asin", "arc sine", "dynamic([0])", "[0.0]") { asin($0) },
    each("series_acos", "arc cosine", "dynamic([1])", "[0.0]") { acos($0) },
    each("series_atan", "arc tangent", "dynamic([0])", "[0.0]") { atan($0) },
  ]

  private static func each(
    _ name: String, _ word: String, _ example: String, _ result: String,
    whole: (@Sendable (Int64) -> Int64?)? = nil, _ real: @escaping @Sendable (Double) -> Double
  ) -> ScalarFunction {
    ScalarFunction(
      name, "Returns the array of the \(word) of each element of `series`; null for an element that is not a number.", "series",
      examples: [.init("\(name)(\(example))", is: result)],
      overloads: [
        .maybeWriting(.dynamic) { (series: CompactDynamic, out: inout ByteBuffer) -> Bool in
          guard series.cursor.isArray else { return false }
          let mark = out.beginArray()
          series.cursor.forEachElement { element in
            if element.tag == .long, let number = whole?(element.int64) {
              out.appendLong(number)
            } else if let number = element.number {
              out.appendReal(real(number))
            } else {
              out.appendNull()
            }
          }
          out.end(mark, count: series.cursor.count)
          return true
        }
      ])
  }

  private static let seriesTotals: [ScalarFunction] = [
    total("series_sum", "sum", "10") { $0.reduce(0, +) },
    total("series_product", "product", "24") { $0.reduce(1, *) },
    total("series_magnitude", "length as a vector", "5.477225575051661") { numbers in
      numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
    },
    ScalarFunction(
      "series_stats", "Returns the array of the statistics of `series`: min, its index, max, its index, average, deviation, variance.",
      "series, [ignoresNonFinite]",
      examples: [.init("series_stats(dynamic([1, 2, 3]))[4]", is: "2")],
      overloads: statistics { stats, out in
        let mark = out.beginArray()
        for slot in stats.slots.prefix(7) { slot.append(to: &out) }
        out.end(mark, count: 7)
      }).resulting(in: .fixed(statsColumns)),
    ScalarFunction(
      "series_stats_dynamic", "Returns the bag of the statistics of `series`.", "series, [ignoresNonFinite]",
      examples: [
        .init("series_stats_dynamic(dynamic([1, 3])).avg", is: "2"), .init("series_stats_dynamic(dynamic([1, 3])).len", is: "2"),
      ],
      overloads: statistics { stats, out in
        let mark = out.beginObject()
        for slot in stats.slots {
          out.appendKey(slot.name)
          slot.append(to: &out)
        }
        out.end(mark, count: stats.slots.count)
      }),
  ]

  private static func total(
    _ name: String, _ word: String, _ result: String, _ body: @escaping @Sendable ([Double]) -> Double
  ) -> ScalarFunction {
    ScalarFunction(
      name, "Computes the \(word) of the numbers in `series`.", "series",
      examples: [.init("\(name)(dynamic([1, 2, 3, 4]))", is: result)],
      overloads: [
        .maybe { (series: CompactDynamic) -> Double? in
          series.cursor.isArray ? body(series.cursor.elements.compactMap(\.number)) : nil
        }
      ])
  }

  private static func statistics(
    _ append: @escaping @Sendable (SeriesStatistics, inout ByteBuffer) -> Void
  ) -> [Overload] {
    let body = { @Sendable (series: DynamicCursor, ignores: Bool, out: inout ByteBuffer) -> Bool in
      guard series.isArray else { return false }
      append(SeriesStatistics(series, ignoresNonFinite: ignores), &out)
      return true
    }
    return [
      .maybeWriting(.dynamic) { (series: CompactDynamic, out: inout ByteBuffer) -> Bool in body(series.cursor, false, &out) },
      .maybeWriting(.dynamic) { (series: CompactDynamic, ignores: Bool, out: inout ByteBuffer) -> Bool in
        body(series.cursor, ignores, &out)
      },
    ]
  }

  private static let seriesLikeness: [ScalarFunction] = [
    ScalarFunction(
      "series_dot_product", "Adds the products of the elements of `lhs` and `rhs`, arrays or a number; null if one is empty.",
      "lhs, rhs",
      examples: [
        .init("series_dot_product(dynamic([1, 2, 4]), dynamic([4, 2, 1]))", is: "12"),
        .init("series_dot_product(dynamic([1, 2, 4]), 2)", is: "14"),
      ],
      overloads: [
        .columns([.any, .any], result: { shapes in
          shapes.contains { $0.type == .dynamic } && shapes.allSatisfy { $0.type == .dynamic || $0.type.isNumeric }
            ? .real : nil
        }) { arguments in
          let inputs = try DynamicInputs(arguments)
          return maybeRows(arguments, nullWithArguments: true) { row -> Double? in
            dotProduct(inputs[0, row], inputs[1, row])
          }
        }
      ]),
    ScalarFunction(
      "series_cosine_similarity", "Computes the cosine of the angle between the vectors `lhs` and `rhs`, whose lengths may be given.",
      "lhs, rhs, [lhsMagnitude, rhsMagnitude]",
      examples: [.init("series_cosine_similarity(dynamic([1, 0]), dynamic([0, 1]))", is: "0")],
      overloads: [
        .maybe { (lhs: CompactDynamic, rhs: CompactDynamic) -> Double? in
          dotProduct(lhs.cursor, rhs.cursor).map { $0 / (magnitude(lhs.cursor) * magnitude(rhs.cursor)) }
        },
        .maybe { (lhs: CompactDynamic, rhs: CompactDynamic, left: Double) -> Double? in
          dotProduct(lhs.cursor, rhs.cursor).map { $0 / (left * magnitude(rhs.cursor)) }
        },
        .maybe { (lhs: CompactDynamic, rhs: CompactDynamic, left: Double, right: Double) -> Double? in
          dotProduct(lhs.cursor, rhs.cursor).map { $0 / (left * right) }
        },
      ]),
    ScalarFunction(
      "series_pearson_correlation", "Computes Pearson's correlation of `lhs` and `rhs`; null unless both contain equally many numbers.",
      "lhs, rhs",
      examples: [.init("series_pearson_correlation(dynamic([1, 2, 3]), dynamic([2, 4, 6]))", is: "1")],
      overloads: [
        .maybe { (lhs: CompactDynamic, rhs: CompactDynamic) -> Double? in
          guard let left = lhs.cursor.numbers, let right = rhs.cursor.numbers, left.count == right.count, !left.isEmpty
          else { return nil }
          return Correlation.pearson(left[...], right[...])
        }
      ]),
  ]

  private static func dotProduct(_ lhs: DynamicCursor, _ rhs: DynamicCursor) -> Double? {
    guard lhs.isArray || rhs.isArray else { return nil }
    let length = Swift.min(lhs.isArray ? lhs.count : .max, rhs.isArray ? rhs.count : .max)
    guard length > 0 else { return nil }
    let left = lhs.isArray ? lhs.elements : Array(repeating: lhs, count: length)
    let right = rhs.isArray ? rhs.elements : Array(repeating: rhs, count: length)
    var sum = 0.0
    for (a, b) in zip(left, right) {
      if let a = a.number, let b = b.number { sum += a * b }
    }
    return sum
  }

  private static func magnitude(_ series: DynamicCursor) -> Double {
    series.elements.compactMap(\.number).reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}

extension DynamicCursor {
  /// The numbers of an array; nil if it is not an array, or contains anything but numbers.
  var numbers: [Double]? {
    guard isArray else { return nil }
    var list: [Double] = []
    list.reserveCapacity(count)
    forEachElement { if let number = $0.number { list.append(number) } }
    return list.count == count ? list : nil
  }
}

/// Correlations of series.
enum Correlation {
  static func pearson(_ lhs: ArraySlice<Double>, _ rhs: ArraySlice<Double>) -> Double {
    let count = Double(lhs.count)
    let leftMean = lhs.reduce(0, +) / count, rightMean = rhs.reduce(0, +) / count
    var both = 0.0, left = 0.0, right = 0.0
    for (a, b) in zip(lhs, rhs) {
      both += (a - leftMean) * (b - rightMean)
      left += (a - leftMean) * (a - leftMean)
      right += (b - rightMean) * (b - rightMean)
    }
    return both / (left * right).squareRoot()
  }

  /// The autocorrelation of `series` at each lag up to its length, each divided by the number of its pairs.
  static func autocorrelations(_ series: [Double]) -> [Double] {
    let count = series.count
    let mean = series.reduce(0, +) / Double(Swift.max(count, 1))
    let centred = series.map { $0 - mean }
    let variance = centred.reduce(0) { $0 + $1 * $1 } / Double(Swift.max(count, 1))
    guard variance > 0 else { return [Double](repeating: 0, count: count) }
    if count > 1024 {
      // A product of transforms is a correlation; zeros at the end keep the series from meeting its own start.
      var size = 1
      while size < 2 * count { size *= 2 }
      let padded = centred + [Double](repeating: 0, count: size - count)
      let waves = FourierTransform.of((padded, [Double](repeating: 0, count: size)), inverse: false)
      let powers = zip(waves.real, waves.imaginary).map { $0 * $0 + $1 * $1 }
      let sums = FourierTransform.of((powers, [Double](repeating: 0, count: size)), inverse: true).real
      return (0..<count).map { sums[$0] / Double(count - $0) / variance }
    }
    return (0..<count).map { lag in
      var sum = 0.0
      for i in 0..<count - lag { sum += centred[i] * centred[i + lag] }
      return sum / Double(count - lag) / variance
    }
  }
}

/// The statistics that `series_stats` returns; all but the length are null if elements are not finite.
struct SeriesStatistics {
  struct Slot {
    let name: StaticString
    let real: Double?
    let whole: Int?

    func append(to out: inout ByteBuffer) {
      if let whole { out.appendLong(Int64(whole)) } else if let real { out.appendReal(real) } else { out.appendNull() }
    }
  }

  let slots: [Slot]

  init(_ series: DynamicCursor, ignoresNonFinite: Bool) {
    var numbers: [(index: Int, value: Double)] = []
    for (index, element) in series.elements.enumerated() {
      if let number = element.number, number.isFinite { numbers.append((index, number)) }
    }
    let isWhole = !numbers.isEmpty && (ignoresNonFinite || numbers.count == series.count)
    var least = numbers.first, most = numbers.first
    for pair in numbers {
      if let low = least, pair.value < low.value { least = pair }
      if let high = most, pair.value > high.value { most = pair }
    }
    let count = Double(numbers.count)
    let sum = numbers.reduce(0) { $0 + $1.value }
    let mean = sum / count
    let squares = numbers.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) }
    let variance = numbers.count > 1 ? squares / (count - 1) : 0
    func real(_ name: StaticString, _ value: Double?) -> Slot { Slot(name: name, real: isWhole ? value : nil, whole: nil) }
    func place(_ name: StaticString, _ value: Int?) -> Slot { Slot(name: name, real: nil, whole: isWhole ? value : nil) }
    slots = [
      real("min", least?.value), place("min_idx", least?.index), real("max", most?.value), place("max_idx", most?.index),
      real("avg", mean), real("stdev", variance.squareRoot()), real("variance", variance), real("sum", sum),
      Slot(name: "len", real: nil, whole: series.count),
    ]
  }
}
