extension ScalarFunction {
  /// Functions that filter series and find lines, periods and outliers in them.
  static let seriesAnalysis: [ScalarFunction] = seriesFilters + seriesLines + seriesPeriods + seriesDecomposition + seriesTransforms

  private static let seriesFilters: [ScalarFunction] = [
    ScalarFunction(
      "series_iir", "Filters `series` recursively with the coefficients `numerators` and `denominators`.",
      "series, numerators, denominators",
      examples: [.init("series_iir(dynamic([1, 2, 3]), dynamic([1]), dynamic([1, -1]))", is: "[1.0,3.0,6.0]")],
      overloads: [
        .maybeWriting(.dynamic) { (series: CompactDynamic, above: CompactDynamic, below: CompactDynamic, out: inout ByteBuffer) -> Bool in
          guard let x = series.cursor.numbers, let b = above.cursor.numbers, let a = below.cursor.numbers,
            let divisor = a.first, divisor != 0
          else { return false }
          var y: [Double] = []
          y.reserveCapacity(x.count)
          for i in x.indices {
            var sum = 0.0
            for (j, weight) in b.enumerated() where j <= i { sum += weight * x[i - j] }
            for (j, weight) in a.enumerated() where j > 0 && j <= i { sum -= weight * y[i - j] }
            y.append(sum / divisor)
          }
          append(y, to: &out)
          return true
        }
      ]).naming(.firstArgument),
    ScalarFunction(
      "series_fir",
      "Filters `series` with the weights `filter`; `normalizes` divides them by their sum, `centers` puts the window around each element.",
      "series, filter, [normalizes, [centers]]",
      examples: [
        .init("series_fir(dynamic([0, 2, 2]), dynamic([1, -1]), false)", is: "[0.0,2.0,0.0]"),
        .init("series_fir(dynamic([0, 3, 0]), dynamic([1, 1, 1]), true, true)", is: "[1.0,1.0,1.0]"),
      ],
      overloads: [
        .maybeWriting(.dynamic) { (series: CompactDynamic, filter: CompactDynamic, out: inout ByteBuffer) -> Bool in
          appendFiltered(series, filter, normalizes: nil, centers: false, to: &out)
        },
        .columns([.dynamic, .dynamic, .bool], to: .dynamic) { filtered($0) },
        .columns([.dynamic, .dynamic, .bool, .bool], to: .dynamic) { filtered($0) },
      ]).naming(.firstArgument),
  ]

  private static func filtered(_ arguments: Arguments) -> Vector {
    let series = Input<CompactDynamic>(arguments, 0), filters = Input<CompactDynamic>(arguments, 1)
    let normalizes = Input<Bool>(arguments, 2)
    let centers = arguments.vectors.count > 3 ? Input<Bool>(arguments, 3) : nil
    return writtenRows(arguments, as: .dynamic) { row, out in
      appendFiltered(
        series[row], filters[row], normalizes: normalizes[row], centers: centers.map { $0[row] } ?? false, to: &out)
    }
  }

  private static func appendFiltered(
    _ series: CompactDynamic, _ filter: CompactDynamic, normalizes: Bool?, centers: Bool, to out: inout ByteBuffer
  ) -> Bool {
    guard let x = series.cursor.numbers, var weights = filter.cursor.numbers, !weights.isEmpty else { return false }
    let hasNegative = weights.contains { $0 < 0 }
    if normalizes ?? !hasNegative {
      let sum = weights.reduce(0, +)
      guard !hasNegative, sum != 0 else { return false }
      weights = weights.map { $0 / sum }
    }
    let shift = centers ? (weights.count - 1) / 2 : 0
    let y = x.indices.map { i -> Double in
      var sum = 0.0
      for (j, weight) in weights.enumerated() where x.indices.contains(i + shift - j) { sum += weight * x[i + shift - j] }
      return sum
    }
    append(y, to: &out)
    return true
  }

  private static func append(_ numbers: [Double], to out: inout ByteBuffer) {
    out.appendArray(numbers)
  }

  private static let seriesLines: [ScalarFunction] = [
    ScalarFunction(
      "series_fit_line", "Fits a line to `series`: r-square, slope, variance, residual variance, interception, and the line.",
      "series",
      examples: [.init("series_fit_line(dynamic([1, 2, 3]))[1]", is: "1")],
      overloads: [fit { numbers, out in FittedLine(numbers[...]).map { appendLine($0, names: nil, to: &out) } != nil }])
      .resulting(in: .fixed(fittedLineColumns)),
    ScalarFunction(
      "series_fit_line_dynamic", "Fits a line to `series` and returns a bag that describes it.", "series",
      examples: [.init("series_fit_line_dynamic(dynamic([1, 3, 5])).slope", is: "2")],
      overloads: [
        fit { numbers, out in
          FittedLine(numbers[...]).map { appendLine($0, names: fittedLineColumns.map(\.name), to: &out) } != nil
        }
      ]),
    ScalarFunction(
      "series_fit_2lines", "Fits two consecutive lines to `series`, split where they fit best.", "series",
      examples: [.init("series_fit_2lines(dynamic([1, 2, 3, 4, 9, 8, 7, 6]))[1]", is: "4")],
      overloads: [
        fit { numbers, out in
          guard let fit = FittedLines(numbers) else { return false }
          let mark = out.beginArray()
          appendWhole(fit, keyed: false, to: &out)
          for line in [fit.right, fit.left] {
            for value in [line.rsquare, line.slope, line.interception, line.variance, line.residual] { out.appendReal(value) }
          }
          out.end(mark, count: 15)
          return true
        }
      ]).resulting(in: .fixed(fittedLinesColumns)),
    ScalarFunction(
      "series_fit_2lines_dynamic", "Fits two consecutive lines to `series` and returns a bag that describes them.", "series",
      examples: [.init("series_fit_2lines_dynamic(dynamic([1, 2, 3, 4, 9, 8, 7, 6])).right.slope", is: "-1")],
      overloads: [
        fit { numbers, out in
          guard let fit = FittedLines(numbers) else { return false }
          let mark = out.beginObject()
          appendWhole(fit, keyed: true, to: &out)
          for (name, line) in [("right" as StaticString, fit.right), ("left", fit.left)] {
            out.appendKey(name)
            let inner = out.beginObject()
            let slots: [(StaticString, Double)] = [
              ("rsquare", line.rsquare), ("slope", line.slope), ("interception", line.interception),
              ("variance", line.variance), ("rvariance", line.residual),
            ]
            for (key, value) in slots {
              out.appendKey(key)
              out.appendReal(value)
            }
            out.end(inner, count: slots.count)
          }
          out.end(mark, count: 7)
          return true
        }
      ]),
  ]

  private static func fit(_ body: @escaping @Sendable ([Double], inout ByteBuffer) -> Bool) -> Overload {
    .maybeWriting(.dynamic) { (series: CompactDynamic, out: inout ByteBuffer) -> Bool in
      guard let numbers = series.cursor.numbers else { return false }
      return body(numbers, &out)
    }
  }

  private static func appendLine(_ line: FittedLine, names: [String]?, to out: inout ByteBuffer) {
    let values = [line.rsquare, line.slope, line.variance, line.residual, line.interception]
    let mark = names == nil ? out.beginArray() : out.beginObject()
    for (index, value) in values.enumerated() {
      names?[index].withUTF8Bytes { out.appendKey($0) }
      out.appendReal(value)
    }
    names?[5].withUTF8Bytes { out.appendKey($0) }
    append(line.points, to: &out)
    out.end(mark, count: 6)
  }

  private static func appendWhole(_ fit: FittedLines, keyed: Bool, to out: inout ByteBuffer) {
    if keyed { out.appendKey("rsquare") }
    out.appendReal(fit.rsquare)
    if keyed { out.appendKey("split_idx") }
    out.appendLong(Int64(fit.left.count))
    if keyed { out.appendKey("variance") }
    out.appendReal(fit.variance)
    if keyed { out.appendKey("rvariance") }
    out.appendReal(fit.residual)
    if keyed { out.appendKey("line_fit") }
    append(fit.left.points + fit.right.points, to: &out)
  }

  private static let seriesPeriods: [ScalarFunction] = [
    ScalarFunction(
      "series_periods_detect",
      "Finds up to `count` periods of `series` from `shortest` through `longest` elements, and returns arrays of periods and scores.",
      "series, shortest, longest, count",
      examples: [
        .init("series_periods_detect(dynamic([1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2]), 0.0, 8.0, 1)[0]", is: "[4.0]")
      ],
      overloads: [
        .columns([.dynamic, .real, .real, .long], to: .dynamic) { arguments in
          let series = Input<CompactDynamic>(arguments, 0)
          let shortest = Input<Double>(arguments, 1), longest = Input<Double>(arguments, 2)
          let counts = Input<Int64>(arguments, 3)
          return writtenRows(arguments, as: .dynamic) { row, out in
            guard let numbers = series[row].cursor.numbers else { return false }
            let count = Int(Swift.min(Swift.max(counts[row], 0), 1024))
            let found = SeriesPeriods(numbers).strongest(from: shortest[row], through: longest[row], count: count)
            let padding = [Double](repeating: 0, count: count - found.count)
            let mark = out.beginArray()
            append(found.map { Double($0.period) } + padding, to: &out)
            append(found.map(\.score) + padding, to: &out)
            out.end(mark, count: 2)
            return true
          }
        }
      ]).resulting(in: .fixed(detectedPeriodsColumns)),
    ScalarFunction(
      "series_periods_validate", "Scores from 0 to 1 how well `series` repeats itself after each of `periods`.",
      "series, periods, ...",
      examples: [
        .init("series_periods_validate(dynamic([1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2]), 5.0)[1]", is: "[0.0]")
      ],
      overloads: [
        .columns([.exactly(.dynamic)], rest: .exactly(.real), minimumRest: 1, result: { _ in .dynamic }) { arguments in
          let series = Input<CompactDynamic>(arguments, 0)
          let wanted = arguments.vectors.indices.dropFirst().map { Input<Double>(arguments, $0) }
          return writtenRows(arguments, as: .dynamic) { row, out in
            guard let numbers = series[row].cursor.numbers else { return false }
            let periods = SeriesPeriods(numbers)
            let mark = out.beginArray()
            append(wanted.map { $0[row] }, to: &out)
            append(wanted.map { periods.score($0[row]) }, to: &out)
            out.end(mark, count: 2)
            return true
          }
        }
      ]).resulting(in: .fixed(validatedPeriodsColumns)),
    ScalarFunction(
      "series_seasonal", "Computes the median at each position within the period of `series`, which is detected if not given.",
      "series, [period]",
      examples: [.init("series_seasonal(dynamic([1, 3, 5, 1, 3, 5, 2, 4, 6]), 3)", is: "[1.0,3.0,5.0,1.0,3.0,5.0,1.0,3.0,5.0]")],
      overloads: [
        .maybeWriting(.dynamic) { (series: CompactDynamic, out: inout ByteBuffer) -> Bool in
          appendSeasonal(series.cursor, -1, to: &out)
        },
        .maybeWriting(.dynamic) { (series: CompactDynamic, period: Int64, out: inout ByteBuffer) -> Bool in
          appendSeasonal(series.cursor, period, to: &out)
        },
      ]),
    ScalarFunction(
      "series_outliers",
      "Scores how far each element of `series` is outside its usual range, by Tukey's test; above 1.5 and below -1.5 are outliers.",
      "series, [kind, [ignored, [lowPercentile, [highPercentile]]]]",
      examples: [.init("series_outliers(dynamic([1, 2, 3, 4, 5]), \"tukey\")", is: "[-0.5,0.0,0.0,0.0,0.5]")],
      overloads: [
        outliers([]), outliers([.exactly(.string)]), outliers([.exactly(.string), .any]),
        outliers([.exactly(.string), .any, .exactly(.real)]),
        outliers([.exactly(.string), .any, .exactly(.real), .exactly(.real)]),
      ]).naming(.firstArgument),
  ]

  private static func appendSeasonal(_ series: DynamicCursor, _ period: Int64, to out: inout ByteBuffer) -> Bool {
    guard let numbers = series.numbers else { return false }
    var length = period > 0 ? Int(Swift.min(period, Int64(Swift.max(numbers.count, 1)))) : 0
    if period <= 0 {
      length = SeriesPeriods(numbers).main(atLeast: 0.7) ?? 0
    }
    guard length > 0 else {
      append([Double](repeating: 0, count: numbers.count), to: &out)
      return true
    }
    let medians = (0..<length).map { place in
      TukeyFences.percentile(stride(from: place, to: numbers.count, by: length).map { numbers[$0] }.sorted(), 50)
    }
    append(numbers.indices.map { medians[$0 % length] }, to: &out)
    return true
  }

  private static func outliers(_ others: [ParameterType]) -> Overload {
    .columns([.exactly(.dynamic)] + others, result: { _ in .dynamic }) { arguments in
      let inputs = try DynamicInputs(arguments)
      return writtenRows(arguments.replacing([arguments[0]]), as: .dynamic) { row, out in
        let series = inputs[0, row]
        let kind = inputs.count > 1 ? inputs[1, row].text : Bytes(start: nil, count: 0)
        let isPlain = kind.equalsIgnoringASCIICase("tukey")
        guard series.isArray, isPlain || kind.isEmpty || kind.equalsIgnoringASCIICase("ctukey") else { return false }
        let ignored = inputs.count > 2 ? inputs[2, row].number : nil
        let low = isPlain ? 25 : inputs.count > 3 ? inputs[3, row].number ?? 10 : 10
        let high = isPlain ? 75 : inputs.count > 4 ? inputs[4, row].number ?? 90 : 90
        guard low >= 2, high <= 98, low < high else { return false }
        let numbers = series.elements.map { $0.number.flatMap { $0 == ignored || !$0.isFinite ? nil : $0 } }
        let sorted = numbers.compactMap { $0 }.sorted()
        let floor = TukeyFences.percentile(sorted, low), ceiling = TukeyFences.percentile(sorted, high)
        let spread = ceiling - floor
        append(
          numbers.map { number -> Double in
            guard let number, spread > 0 else { return 0 }
            return number > ceiling ? (number - ceiling) / spread : number < floor ? (number - floor) / spread : 0
          }, to: &out)
        return true
      }
    }
  }
}

/// The line that best fits numbers at equal distances, by least squares.
struct FittedLine {
  let count: Int
  let slope: Double
  let interception: Double
  let variance: Double
  /// The variance of the residuals.
  let residual: Double

  var rsquare: Double { variance > 0 ? 1 - residual / variance : 1 }
  var points: [Double] { (0..<count).map { interception + slope * Double($0) } }
  /// The sum of the squared residuals.
  var squaredError: Double { residual * Double(Swift.max(count - 1, 1)) }

  init?(_ numbers: ArraySlice<Double>) {
    guard numbers.count > 1 else { return nil }
    count = numbers.count
    let size = Double(count)
    let xMean = (size - 1) / 2
    let yMean = numbers.reduce(0, +) / size
    var xx = 0.0, xy = 0.0, yy = 0.0
    for (i, y) in numbers.enumerated() {
      let x = Double(i) - xMean
      xx += x * x
      xy += x * (y - yMean)
      yy += (y - yMean) * (y - yMean)
    }
    slope = xy / xx
    interception = yMean - slope * xMean
    variance = yy / (size - 1)
    residual = Swift.max(0, yy - slope * xy) / (size - 1)
  }
}

/// Two consecutive lines that together best fit numbers.
struct FittedLines {
  let left: FittedLine
  let right: FittedLine
  let variance: Double
  let residual: Double

  var rsquare: Double { variance > 0 ? 1 - residual / variance : 1 }

  init?(_ numbers: [Double]) {
    guard numbers.count >= 4, let whole = FittedLine(numbers[...]) else { return nil }
    // Prefix sums give the error of every split.
    var sums = [(y: 0.0, xy: 0.0, yy: 0.0)]
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    for (i, number) in numbers.enumerated() {
      let y = number - mean
      let last = sums[i]
      sums.append((last.y + y, last.xy + Double(i) * y, last.yy + y * y))
    }
    func squaredError(_ from: Int, _ to: Int) -> Double {
      let size = Double(to - from)
      let y = sums[to].y - sums[from].y
      let xMean = Double(from + to - 1) / 2
      let xy = sums[to].xy - sums[from].xy - xMean * y
      let xx = size * (size * size - 1) / 12
      return sums[to].yy - sums[from].yy - y * y / size - xy * xy / xx
    }
    var best = 2
    var least = Double.infinity
    for split in 2...numbers.count - 2 {
      let error = squaredError(0, split) + squaredError(split, numbers.count)
      if error < least { (best, least) = (split, error) }
    }
    guard let left = FittedLine(numbers[..<best]), let right = FittedLine(numbers[best...]) else { return nil }
    self.left = left
    self.right = right
    variance = whole.variance
    residual = (left.squaredError + right.squaredError) / Double(numbers.count - 1)
  }
}
