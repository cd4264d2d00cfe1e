import Glibc

extension ScalarFunction {
  /// Functions that round numbers and times to steps.
  static let rounding: [ScalarFunction] = [
    bin("bin"),
    bin("floor"),
    ScalarFunction(
      "bin_at", "Rounds `value` down to a multiple of `step`, counted from `origin`.", "value, step, origin",
      examples: [
        .init("bin_at(6.5, 2.5, 7)", is: "4.5"), .init("bin_at(1h, 1d, 12h)", is: "-12:00:00"),
        .init("bin_at(datetime(2017-05-15 10:20:00), 1d, datetime(1970-01-01 12:00:00))", is: "2017-05-14T12:00:00.0000000Z"),
      ],
      overloads: [
        binAt(.long, .long), binAt(.datetime, .timespan), binAt(.timespan, .timespan),
        .columns([.real, .real, .real], to: .real) { (arguments: Arguments) in
          binnedReals(arguments.plain(0), arguments.plain(1), origin: arguments.plain(2), count: arguments.count)
        },
      ]).naming(.firstArgument),
    ScalarFunction(
      "ceiling", "Rounds `number` up to a whole number.", "number",
      examples: [.init("ceiling(1.1)", is: "2"), .init("ceiling(-0.9)", is: "0")],
      overloads: [
        .columns([.long], to: .long) { (arguments: Arguments) in arguments.plain(0) },
        .map { (number: Double) -> Double in number.rounded(.up) + 0 },
        .maybe { (number: Decimal128) -> Decimal128? in number.rounded(.up) },
      ]).naming(.firstArgument),
    ScalarFunction(
      "round", "Rounds `number` to `digits` after the decimal point; halves round away from zero.", "number, [digits]",
      examples: [
        .init("round(2.15)", is: "2"), .init("round(2.98765, 3)", is: "2.988"), .init("round(-50.55, -2)", is: "-100"),
      ],
      overloads: [
        .columns([.long], to: .long) { (arguments: Arguments) in arguments.plain(0) },
        .columns([.real], to: .real) { (arguments: Arguments) in
          arguments.plain(0).mapLanes(Double.self, to: .real) { (number: Double) in
            number.rounded(.toNearestOrAwayFromZero)
          }
        },
        .maybe { (number: Int64, digits: Int64) -> Int64? in rounded(number, digits) },
        .map { (number: Double, digits: Int64) -> Double in rounded(number, digits) },
        .maybe { (number: Decimal128) -> Decimal128? in number.rounded(.halfAwayFromZero) },
        .maybe { (number: Decimal128, digits: Int64) -> Decimal128? in
          number.rounded(.halfAwayFromZero, places: Int(Swift.min(Swift.max(digits, -7000), 7000)))
        },
      ]).naming(.firstArgument),
  ]

  private static func bin(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Rounds `value` down to a multiple of `step`; null if the step is not positive.", "value, step",
      examples: [
        .init("\(name)(4.5, 1)", is: "4"), .init("\(name)(-7, 5)", is: "-10"),
        .init("\(name)(time(16d), 7d)", is: "14.00:00:00"),
        .init("\(name)(datetime(1970-05-11 13:45:07), 1d)", is: "1970-05-11T00:00:00.0000000Z"),
      ],
      overloads: [
        binned(.long, .long), binned(.datetime, .timespan), binned(.timespan, .timespan),
        .columns([.real, .real], to: .real) { (arguments: Arguments) in
          binnedReals(arguments.plain(0), arguments.plain(1), count: arguments.count)
        }.growing { value, constants in
          guard case .real(let step)? = constants[1], step > 0 else { return nil }
          return (value / step).rounded(.down) * step
        },
        .maybe { (value: Decimal128, step: Decimal128) -> Decimal128? in
          step.signum > 0 ? value.binned(by: step) : nil
        },
      ]).naming(.firstArgument)
  }

  private static func binned(_ type: ScalarType, _ step: ScalarType) -> Overload {
    let overload = Overload.columns([type, step], to: type) { (arguments: Arguments) in
      binnedWords(arguments.plain(0), arguments.plain(1), count: arguments.count)
    }.bounded { bounds, constants in
      guard case .words(let range) = bounds[0], let step = constants[1]?.ticks, step > 0,
        let rest = moduloWords(range.lowerBound, step)
      else { return .unknown }
      let (start, overflow) = range.lowerBound.subtractingReportingOverflow(rest)
      return overflow ? .unknown : .words(start...range.upperBound)
    }
    guard type == .datetime else { return overload }
    return overload.level { ticks, constants in
      guard let step = constants.first, !step.isNull(0), case .timespan(let length) = step.value(at: 0), 1...DateTime.max ~= length else {
        return nil
      }
      return ticks &- ticks % length...ticks &- ticks % length &+ (length &- 1)
    }
  }

  private static func binAt(_ type: ScalarType, _ step: ScalarType) -> Overload {
    .columns([type, step, type], to: type) { (arguments: Arguments) in
      binnedWords(arguments.plain(0), arguments.plain(1), origin: arguments.plain(2), count: arguments.count)
    }
  }
}

/// A real with `digits` after the point, or rounded before the point if `digits` is negative.
private func rounded(_ number: Double, _ digits: Int64) -> Double {
  guard number.isFinite, digits < 309 else { return number }
  if digits < -308 { return 0 }
  let power = pow(10, Double(digits.magnitude))
  if digits < 0 { return (number / power).rounded(.toNearestOrAwayFromZero) * power + 0 }
  let scaled = number * power
  // Numbers this large do not have that digit.
  guard scaled.magnitude < 0x1p53 else { return number }
  return scaled.rounded(.toNearestOrAwayFromZero) / power
}

private func rounded(_ number: Int64, _ digits: Int64) -> Int64? {
  if digits >= 0 { return number }
  if digits < -19 { return 0 }
  var power: UInt64 = 1
  for _ in 0..<(0 &- digits) { power &*= 10 }
  let (quotient, rest) = number.magnitude.quotientAndRemainder(dividingBy: power)
  let (product, overflow) = (rest >= power / 2 ? quotient &+ 1 : quotient).multipliedReportingOverflow(by: power)
  guard !overflow, let magnitude = Int64(exactly: product) else { return nil }
  return number < 0 ? 0 &- magnitude : magnitude
}
