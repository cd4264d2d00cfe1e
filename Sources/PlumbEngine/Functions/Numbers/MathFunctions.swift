import Glibc

extension ScalarFunction {
  /// Functions of arithmetic and analysis over numbers, by family.
  static let mathematics: [ScalarFunction] = numberSigns + powers + logarithms + trigonometry + specialFunctions

  private static let numberSigns: [ScalarFunction] = [
    ScalarFunction(
      "abs", "Returns the absolute value of `value`.", "value",
      examples: [.init("abs(-5)", is: "5"), .init("abs(-2.5)", is: "2.5"), .init("abs(-1h)", is: "01:00:00")],
      overloads: [
        magnitude(.int), magnitude(.long), magnitude(.timespan),
        .columns([.real], to: .real) { (arguments: Arguments) in
          arguments.plain(0).mapLanes(Double.self, to: .real) { (number: Double) in number.magnitude }
        },
        .map { (number: Decimal128) -> Decimal128 in number.magnitude },
      ]).naming(.firstArgument),
    ScalarFunction(
      "sign", "Returns -1, 0 or 1 for a negative, zero or positive `number`.", "number",
      examples: [.init("sign(-42)", is: "-1"), .init("sign(11.2)", is: "1")],
      overloads: [
        .map { (number: Int64) -> Int64 in number.signum() },
        .map { (number: Double) -> Double in number < 0 ? -1.0 : number > 0 ? 1.0 : number },
        .map { (number: Decimal128) -> Decimal128 in Decimal128(Int64(number.signum)) },
      ]),
    test("isnan", "Returns true if `number` is NaN.", "isnan(0.0 / 0.0)") { (x: Double) in x.isNaN },
    test("isinf", "Returns true if `number` is infinite.", "isinf(1.0 / 0.0)") { (x: Double) in x.isInfinite },
    test("isfinite", "Returns true if `number` is neither infinite nor NaN.", "isfinite(1.5)") { (x: Double) in
      x.isFinite
    },
  ]

  /// The smallest number has no opposite: it wraps to itself, as an `int` within 32 bits.
  private static func magnitude(_ type: ScalarType) -> Overload {
    .columns([type], to: type) { (arguments: Arguments) in
      let unused: Int64 = type == .int ? 32 : 0
      return arguments.plain(0).mapLanes(Int64.self, to: type) { (number: Int64) -> Int64 in
        let sign = number &>> 63
        return (((number ^ sign) &- sign) &<< unused) &>> unused
      }
    }
  }

  private static func test(
    _ name: String, _ summary: String, _ example: String, _ body: @escaping @Sendable (Double) -> Bool
  ) -> ScalarFunction {
    ScalarFunction(name, summary, "number", examples: [.init(example, is: "true")], overloads: [.map(body)])
  }

  private static let powers: [ScalarFunction] = [
    ScalarFunction(
      "pow", "Raises `base` to the power `exponent`.", "base, exponent",
      examples: [.init("pow(2, 3)", is: "8"), .init("pow(4, 0.5)", is: "2")],
      overloads: [
        .map { (base: Double, exponent: Double) -> Double in pow(base, exponent) },
        .map { (base: Decimal128, exponent: Decimal128) -> Double in pow(base.double, exponent.double) },
      ]).naming(.firstArgument),
    partial("sqrt", "Returns the square root of `number`; null for a negative number.", "sqrt(256)", "16") { (x: Double) in
      x < 0 ? nil : x.squareRoot()
    }.naming(.firstArgument),
    real("exp", "Raises e to the power `number`.", "exp(0)", "1") { (x: Double) in exp(x) }.naming(.firstArgument),
    real("exp2", "Raises 2 to the power `number`.", "exp2(10)", "1024") { (x: Double) in exp2(x) }
      .naming(.firstArgument),
    real("exp10", "Raises 10 to the power `number`.", "exp10(3)", "1000") { (x: Double) in pow(10, x) }
      .naming(.firstArgument),
  ]

  private static let logarithms: [ScalarFunction] = [
    logarithm(NaturalLogarithm.self, "log", "Returns the natural logarithm of `number`; null for a negative number.", "log(1)", "0"),
    logarithm(
      BinaryLogarithm.self, "log2", "Returns the logarithm of `number` to base 2; null for a negative number.", "log2(8)", "3"),
    logarithm(
      DecimalLogarithm.self, "log10", "Returns the logarithm of `number` to base 10; null for a negative number.", "log10(1000)", "3"),
  ]

  private static let trigonometry: [ScalarFunction] = [
    real("sin", "Returns the sine of `number`, in radians.", "sin(0)", "0") { (x: Double) in sin(x) }.naming(.firstArgument),
    real("cos", "Returns the cosine of `number`, in radians.", "cos(0)", "1") { (x: Double) in cos(x) }
      .naming(.firstArgument),
    real("tan", "Returns the tangent of `number`, in radians.", "tan(0)", "0") { (x: Double) in tan(x) }
      .naming(.firstArgument),
    real("cot", "Returns the cotangent of `number`, in radians.", "round(cot(1), 6)", "0.642093") { (x: Double) in 1 / tan(x) },
    partial("asin", "Returns the angle whose sine is `number`; null outside -1 to 1.", "asin(0)", "0") { (x: Double) in
      x.magnitude > 1 ? nil : asin(x)
    }.naming(.firstArgument),
    partial("acos", "Returns the angle whose cosine is `number`; null outside -1 to 1.", "acos(1)", "0") { (x: Double) in
      x.magnitude > 1 ? nil : acos(x)
    }.naming(.firstArgument),
    real("atan", "Returns the angle whose tangent is `number`.", "atan(0)", "0") { (x: Double) in atan(x) }
      .naming(.firstArgument),
    ScalarFunction(
      "atan2", "Returns the angle between the positive x axis and the ray to the point `y`, `x`.", "y, x",
      examples: [.init("round(atan2(1, 1), 6)", is: "0.785398")],
      overloads: [.map { (y: Double, x: Double) -> Double in atan2(y, x) }]).naming(.firstArgument),
    real("degrees", "Converts `number` from radians to degrees.", "degrees(pi())", "180") { (x: Double) in x * (180 / .pi) },
    real("radians", "Converts `number` from degrees to radians.", "round(radians(180), 6)", "3.141593") { (x: Double) in
      x * (.pi / 180)
    },
    ScalarFunction(
      "pi", "Returns the ratio of a circle's circumference to its diameter.", "",
      examples: [.init("round(pi(), 6)", is: "3.141593")], overloads: [.map { () -> Double in .pi }]),
  ]

  private static let specialFunctions: [ScalarFunction] = [
    real("gamma", "Computes the gamma function of `number`.", "gamma(4)", "6") { (x: Double) in SpecialFunctions.gamma(x) }
      .naming(.firstArgument),
    real("loggamma", "Computes the logarithm of the gamma function of `number`.", "round(loggamma(5), 6)", "3.178054") {
      (x: Double) in SpecialFunctions.logGamma(x)
    }.naming(.firstArgument),
    real("erf", "Computes the error function of `number`.", "erf(0)", "0") { (x: Double) in SpecialFunctions.erf(x) }
      .naming(.firstArgument),
    real("erfc", "Computes 1 minus the error function of `number`.", "erfc(0)", "1") { (x: Double) in SpecialFunctions.erfc(x) }
      .naming(.firstArgument),
  ]

  private static func real(
    _ name: String, _ summary: String, _ example: String, _ result: String,
    _ body: @escaping @Sendable (Double) -> Double
  ) -> ScalarFunction {
    ScalarFunction(name, summary, "number", examples: [.init(example, is: result)],
      overloads: [.map(body), .map { (x: Decimal128) -> Double in body(x.double) }])
  }

  private static func logarithm<Function: Logarithm>(
    _: Function.Type, _ name: String, _ summary: String, _ example: String, _ result: String
  ) -> ScalarFunction {
    ScalarFunction(
      name, summary, "number", examples: [.init(example, is: result)],
      overloads: [
        .columns([.real], to: .real) { (arguments: Arguments) in
          arguments.plain(0).mapLanesOrNull(Double.self, to: .real) { (x: Double) -> Double? in x < 0 ? nil : Function.of(x) }
        }.growing { x, _ in Function.of(x) },
        .maybe { (x: Decimal128) -> Double? in x.double < 0 ? nil : Function.of(x.double) },
      ]).naming(.firstArgument)
  }

  private static func partial(
    _ name: String, _ summary: String, _ example: String, _ result: String,
    _ body: @escaping @Sendable (Double) -> Double?
  ) -> ScalarFunction {
    ScalarFunction(name, summary, "number", examples: [.init(example, is: result)],
      overloads: [.maybe(body), .maybe { (x: Decimal128) -> Double? in body(x.double) }])
  }
}

/// A logarithm as a type, so that a loop over rows contains it.
private protocol Logarithm: SendableMetatype { static func of(_ x: Double) -> Double }
private enum NaturalLogarithm: Logarithm { @inline(__always) static func of(_ x: Double) -> Double { log(x) } }
private enum BinaryLogarithm: Logarithm { @inline(__always) static func of(_ x: Double) -> Double { log2(x) } }
private enum DecimalLogarithm: Logarithm { @inline(__always) static func of(_ x: Double) -> Double { log10(x) } }
