import Glibc

extension ScalarFunction {
  /// Functions that write a series as a sum of waves or as a polynomial.
  static let seriesTransforms: [ScalarFunction] = [
    transform(
      "series_fft", "Computes the Fourier transform of `real` and `imaginary`, as their real and imaginary parts.",
      .init("series_fft(dynamic([1, 0, 0, 0]))[0]", is: "[1.0,1.0,1.0,1.0]"), inverse: false),
    transform(
      "series_ifft", "Computes the series whose Fourier transform is `real` and `imaginary`, as its real and imaginary parts.",
      .init("series_ifft(dynamic([4, 0, 0, 0]))[0]", is: "[1.0,1.0,1.0,1.0]"), inverse: true),
    ScalarFunction(
      "series_fit_poly",
      "Fits a polynomial of `degree` (1) to `y`, whose elements are at `x`, or 1, 2 and so on: r-square, coefficients from the highest power down, variance, residual variance, and the fitted series.",
      "y, [x, [degree]]",
      examples: [.init("series_fit_poly(dynamic([1, 4, 9, 16]), dynamic([1, 2, 3, 4]), 2)[0]", is: "1")],
      overloads: (0...2).map { count in
        .columns([.exactly(.dynamic)] + [.exactly(.dynamic), .exactly(.long)].prefix(count), result: { _ in .dynamic }) { arguments in
          let inputs = try DynamicInputs(arguments)
          return writtenRows(arguments.replacing([arguments[0]]), as: .dynamic) { row, out in
            guard let y = inputs[0, row].numbers else { return false }
            let x = count > 0 ? inputs[1, row].numbers : y.indices.map { Double($0 + 1) }
            let degree = count > 1 ? inputs[2, row].number ?? 1 : 1
            guard let x, x.count == y.count, (0...32).contains(degree), let fit = FittedPolynomial(x, y, degree: Int(degree))
            else { return false }
            let mark = out.beginArray()
            out.appendReal(fit.rsquare)
            out.appendArray(fit.coefficients)
            out.appendReal(fit.variance)
            out.appendReal(fit.residual)
            out.appendArray(fit.points)
            out.end(mark, count: 5)
            return true
          }
        }
      }
    ).resulting(
      in: .fixed([
        ColumnInfo("rsquare", .real), ColumnInfo("coefficients", .dynamic), ColumnInfo("variance", .real),
        ColumnInfo("rvariance", .real), ColumnInfo("poly_fit", .dynamic),
      ])),
  ]

  private static func transform(_ name: String, _ summary: String, _ example: Example, inverse: Bool) -> ScalarFunction {
    ScalarFunction(
      name, summary, "real, [imaginary]", examples: [example],
      overloads: (1...2).map { count in
        .columns([ParameterType](repeating: .exactly(.dynamic), count: count), result: { _ in .dynamic }) { arguments in
          let inputs = try DynamicInputs(arguments)
          return writtenRows(arguments, as: .dynamic) { row, out in
            guard let real = inputs[0, row].numbers else { return false }
            let imaginary = count > 1 ? inputs[1, row].numbers : [Double](repeating: 0, count: real.count)
            guard let imaginary, imaginary.count == real.count else { return false }
            let result = FourierTransform.of((real, imaginary), inverse: inverse)
            let mark = out.beginArray()
            out.appendArray(result.real)
            out.appendArray(result.imaginary)
            out.end(mark, count: 2)
            return true
          }
        }
      }
    ).resulting(in: .fixed([ColumnInfo("real", .dynamic), ColumnInfo("imaginary", .dynamic)]))
  }
}

/// Fourier transforms of any length in time n log n: by halves for powers of two (Cooley and Tukey), else as a convolution with a
/// chirp (Bluestein).
enum FourierTransform {
  typealias Complex = (real: [Double], imaginary: [Double])

  /// The inverse is divided by the length.
  static func of(_ series: Complex, inverse: Bool) -> Complex {
    let count = series.real.count
    guard count > 1 else { return series }
    // Swapping the parts before and after turns the transform into its inverse.
    let input: Complex = inverse ? (series.imaginary, series.real) : series
    var output = input
    if count & (count - 1) == 0 { transformHalves(&output) } else { output = convolved(input) }
    guard inverse else { return output }
    let scale = 1 / Double(count)
    return (output.imaginary.map { $0 * scale }, output.real.map { $0 * scale })
  }

  private static func transformHalves(_ series: inout Complex) {
    let count = series.real.count
    let bits = count.trailingZeroBitCount
    for i in 0..<count {
      var j = 0
      for bit in 0..<bits where i >> bit & 1 == 1 { j |= 1 << (bits - 1 - bit) }
      if i < j {
        series.real.swapAt(i, j)
        series.imaginary.swapAt(i, j)
      }
    }
    var size = 2
    while size <= count {
      let waves = (0..<size / 2).map { turn(Double($0) / Double(size)) }
      for start in stride(from: 0, to: count, by: size) {
        for (k, wave) in waves.enumerated() {
          let a = start + k, b = a + size / 2
          let real = series.real[b] * wave.real - series.imaginary[b] * wave.imaginary
          let imaginary = series.real[b] * wave.imaginary + series.imaginary[b] * wave.real
          series.real[b] = series.real[a] - real
          series.imaginary[b] = series.imaginary[a] - imaginary
          series.real[a] += real
          series.imaginary[a] += imaginary
        }
      }
      size *= 2
    }
  }

  /// The point after `turns` turns clockwise around the circle; exact for quarters.
  private static func turn(_ turns: Double) -> (real: Double, imaginary: Double) {
    switch turns.truncatingRemainder(dividingBy: 1) {
    case 0: (1, 0)
    case 0.25: (0, -1)
    case 0.5: (-1, 0)
    case 0.75: (0, 1)
    default: (cos(2 * .pi * turns), -sin(2 * .pi * turns))
    }
  }

  private static func convolved(_ series: Complex) -> Complex {
    let count = series.real.count
    var size = 1
    while size < 2 * count - 1 { size *= 2 }
    // k² modulo 2n, so that large squares lose no digits.
    let chirp = (0..<count).map { turn(Double($0 * $0 % (2 * count)) / Double(2 * count)) }
    let none = [Double](repeating: 0, count: size)
    var a: Complex = (none, none), b: Complex = (none, none)
    for (k, wave) in chirp.enumerated() {
      a.real[k] = series.real[k] * wave.real - series.imaginary[k] * wave.imaginary
      a.imaginary[k] = series.real[k] * wave.imaginary + series.imaginary[k] * wave.real
      for place in k == 0 ? [0] : [k, size - k] {
        b.real[place] = wave.real
        b.imaginary[place] = -wave.imaginary
      }
    }
    transformHalves(&a)
    transformHalves(&b)
    var product: Complex = (none, none)
    for i in 0..<size {
      product.real[i] = a.real[i] * b.real[i] - a.imaginary[i] * b.imaginary[i]
      product.imaginary[i] = a.real[i] * b.imaginary[i] + a.imaginary[i] * b.real[i]
    }
    let result = of(product, inverse: true)
    var output = series
    for (k, wave) in chirp.enumerated() {
      output.real[k] = result.real[k] * wave.real - result.imaginary[k] * wave.imaginary
      output.imaginary[k] = result.real[k] * wave.imaginary + result.imaginary[k] * wave.real
    }
    return output
  }
}

/// The polynomial that best fits points, by least squares: powers of x are made orthogonal (Gram and Schmidt, twice), which
/// keeps digits that sums of high powers would lose.
struct FittedPolynomial {
  /// From the highest power down.
  let coefficients: [Double]
  let points: [Double]
  let variance: Double
  let residual: Double

  var rsquare: Double { variance > 0 ? 1 - residual / variance : 1 }

  /// Nil if there are too few different points.
  init?(_ x: [Double], _ y: [Double], degree: Int) {
    guard y.count > degree, y.count > 1, (x + y).allSatisfy(\.isFinite) else { return nil }
    let scale = x.map(abs).max() ?? 1
    guard scale > 0 || degree == 0 else { return nil }
    let unit = x.map { scale > 0 ? $0 / scale : 0 }
    var bases: [[Double]] = []
    var triangle = [[Double]](repeating: [Double](repeating: 0, count: degree + 1), count: degree + 1)
    for power in 0...degree {
      var column = unit.map { pow($0, Double(power)) }
      let length = Self.dot(column, column).squareRoot()
      for _ in 0..<2 {
        for (row, base) in bases.enumerated() {
          let share = Self.dot(base, column)
          triangle[row][power] += share
          for i in column.indices { column[i] -= share * base[i] }
        }
      }
      let rest = Self.dot(column, column).squareRoot()
      guard rest > 1e-13 * length else { return nil }
      triangle[power][power] = rest
      bases.append(column.map { $0 / rest })
    }
    let shares = bases.map { Self.dot($0, y) }
    var solved = [Double](repeating: 0, count: degree + 1)
    for row in stride(from: degree, through: 0, by: -1) {
      var value = shares[row]
      for other in row + 1..<degree + 1 { value -= triangle[row][other] * solved[other] }
      solved[row] = value / triangle[row][row]
    }
    coefficients = solved.enumerated().map { scale > 0 ? $1 / pow(scale, Double($0)) : $1 }.reversed()
    points = y.indices.map { i in zip(shares, bases).reduce(0) { $0 + $1.0 * $1.1[i] } }
    let mean = y.reduce(0, +) / Double(y.count)
    variance = y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(y.count - 1)
    residual = zip(y, points).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(y.count - 1)
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
