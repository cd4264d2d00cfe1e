extension ScalarFunction {
  /// The operators that are written between or before their operands, under the names that KQL gives them.
  static let operators: [ScalarFunction] = arithmeticOperators + comparisonOperators + logicOperators

  private static let arithmeticOperators: [ScalarFunction] = [
    ScalarFunction(
      "+", "Adds two numbers, two spans of time, or a span to a point in time.", "lhs, rhs",
      examples: [.init("1 + 2", is: "3"), .init("1h + 30m", is: "01:30:00")],
      overloads: [
        .words(.long, .long, to: .long, AddWords.self),
        .floats(AddFloats.self),
        .maybe { (lhs: Decimal128, rhs: Decimal128) in lhs.adding(rhs) },
        .words(.datetime, .timespan, to: .datetime, AddWords.self),
        .words(.timespan, .datetime, to: .datetime, AddWords.self),
        .words(.timespan, .timespan, to: .timespan, AddWords.self),
      ], traits: cheap),
    ScalarFunction(
      "-", "Subtracts two numbers, spans or points in time, or negates one number.", "lhs, rhs",
      examples: [.init("5 - 7", is: "-2"), .init("datetime(2024-01-02) - datetime(2024-01-01)", is: "1.00:00:00")],
      overloads: [
        .words(.long, .long, to: .long, SubtractWords.self),
        .floats(SubtractFloats.self),
        .maybe { (lhs: Decimal128, rhs: Decimal128) in lhs.subtracting(rhs) },
        .words(.datetime, .timespan, to: .datetime, SubtractWords.self),
        .words(.datetime, .datetime, to: .timespan, SubtractWords.self),
        .words(.timespan, .timespan, to: .timespan, SubtractWords.self),
        .map { (number: Int64) in 0 &- number },
        .map { (number: Double) in -number },
        .map { (number: Decimal128) in number.negated },
        .map { (span: Interval) in Interval(0 &- span.ticks) },
      ], traits: cheap),
    ScalarFunction(
      "*", "Multiplies two numbers, or a span of time by a number.", "lhs, rhs",
      examples: [.init("6 * 7", is: "42"), .init("1s * 5", is: "00:00:05")],
      overloads: [
        .words(.long, .long, to: .long, MultiplyWords.self),
        .floats(MultiplyFloats.self),
        .maybe { (lhs: Decimal128, rhs: Decimal128) in lhs.multiplied(by: rhs) },
        .words(.timespan, .long, to: .timespan, MultiplyWords.self),
        .words(.long, .timespan, to: .timespan, MultiplyWords.self),
        .maybe { (span: Interval, factor: Double) in Int64(exactly: (Double(span.ticks) * factor).rounded()).map { Interval($0) } },
        .maybe { (factor: Double, span: Interval) in Int64(exactly: (Double(span.ticks) * factor).rounded()).map { Interval($0) } },
      ], traits: cheap),
    ScalarFunction(
      "/", "Divides; whole numbers truncate, and a whole number divided by zero is null.", "lhs, rhs",
      examples: [.init("7 / 2", is: "3"), .init("7 / 2.0", is: "3.5"), .init("10m / 1s", is: "600")],
      overloads: [
        .columns([.long, .long], to: .long) { partialArithmetic($0, dividedWords) },
        .floats(DivideFloats.self),
        .maybe { (lhs: Decimal128, rhs: Decimal128) in lhs.divided(by: rhs) },
        .columns([.timespan, .timespan], to: .real) { ratios($0) }.bounded(ratioBounds),
        .columns([.timespan, .long], to: .timespan) { partialArithmetic($0, dividedWords) },
        .maybe { (span: Interval, divisor: Double) in Int64(exactly: (Double(span.ticks) / divisor).rounded()).map { Interval($0) } },
      ], traits: FunctionTraits(notation: .infix)),
    ScalarFunction(
      "%", "Computes the non-negative remainder of a division; null for a zero divisor.", "lhs, rhs",
      examples: [.init("14 % 12", is: "2"), .init("-14 % 12", is: "10")],
      overloads: [
        .columns([.long, .long], to: .long) { partialArithmetic($0, moduloWords) }.bounded(moduloBounds),
        .map { (lhs: Double, rhs: Double) in
          let rest = lhs.truncatingRemainder(dividingBy: rhs)
          return rest < 0 ? rest + rhs.magnitude : rest
        },
        .maybe { (lhs: Decimal128, rhs: Decimal128) -> Decimal128? in
          guard let rest = lhs.remainder(dividingBy: rhs) else { return nil }
          return rest.signum < 0 ? rest.adding(rhs.magnitude) : rest.magnitude
        },
        .columns([.timespan, .timespan], to: .timespan) { partialArithmetic($0, moduloWords) }.bounded(moduloBounds),
        .columns([.datetime, .timespan], to: .timespan) { partialArithmetic($0, moduloWords) }.bounded(moduloBounds),
      ], traits: FunctionTraits(notation: .infix)),
  ]

  /// An operator on numbers that costs next to nothing.
  private static let cheap = FunctionTraits(cost: .low, notation: .infix)

  private static let comparisonOperators: [ScalarFunction] = [
    comparison("==", "Returns true if both sides are equal; two nulls give null.", .equal, "1 == 1.0", "true"),
    comparison("!=", "Returns true if the sides differ; two nulls give null.", .notEqual, "1 != 2", "true"),
    comparison("<", "Returns true if the left side is less.", .less, "10s < 1h", "true"),
    comparison("<=", "Returns true if the left side is less than or equal to the right side.", .lessOrEqual, "5 <= 4", "false"),
    comparison(">", "Returns true if the left side is greater.", .greater, "0.23 > 0.22", "true"),
    comparison(">=", "Returns true if the left side is greater than or equal to the right side.", .greaterOrEqual, "4 >= 4", "true"),
  ]

  private static func comparison(
    _ name: String, _ summary: String, _ operation: Comparison, _ example: String, _ result: String
  ) -> ScalarFunction {
    let types: [ScalarType] = [
      .long, .real, .decimal, .datetime, .timespan, .string, .bool, .guid, .dynamic,
    ]
    let alike = types.map { type in
      Overload.columns([type, type], to: .bool) { compared(operation, $0) }
    }
    let traits = FunctionTraits(cost: .low, notation: .infix, meaning: .comparison(operation))
    if operation == .equal || operation == .notEqual {
      return ScalarFunction(
        name, summary, "lhs, rhs", examples: [.init(example, is: result)], overloads: alike, traits: traits)
    }
    // Only equality is between values of any two kinds.
    let ordered = alike.dropLast() + [
      .columns([.dynamic, .dynamic], to: .bool) { comparedDynamics(operation, $0) },
      .columns([.exactly(.dynamic), .number], result: { _ in .bool }) { try comparedWithNumber(operation, $0) },
      .columns([.number, .exactly(.dynamic)], result: { _ in .bool }) { try comparedWithNumber(operation, $0) },
    ]
    return ScalarFunction(
      name, summary, "lhs, rhs", examples: [.init(example, is: result)], overloads: Array(ordered), traits: traits)
  }

  private static let logicOperators: [ScalarFunction] = [
    and,
    ScalarFunction(
      "or", "Returns true if any side is true, even if others are null; false if all are false.", "lhs, rhs",
      examples: [.init("true or false", is: "true"), .init("true or bool(null)", is: "true")],
      overloads: [.columns([], rest: .exactly(.bool), minimumRest: 1, result: { _ in .bool }) { disjunction($0) }],
      traits: FunctionTraits(cost: .low, notation: .infix, meaning: .disjunction)),
    ScalarFunction(
      "not", "Negates `condition`.", "condition",
      examples: [.init("not(true)", is: "false"), .init("not(bool(null))", is: "")],
      overloads: [.map { (condition: Bool) in !condition }], traits: FunctionTraits(cost: .low, meaning: .negation)),
  ]

  /// The conjunction, which the optimizer builds and splits.
  static let and = ScalarFunction(
    "and", "Returns true if all sides are true; false if any is false, even if others are null.", "lhs, rhs",
    examples: [.init("true and false", is: "false"), .init("true and bool(null)", is: "")],
    overloads: [.columns([], rest: .exactly(.bool), minimumRest: 1, result: { _ in .bool }) { conjunction($0) }],
    traits: FunctionTraits(cost: .low, notation: .infix, meaning: .conjunction))
}

/// The bounds of a remainder by a constant.
@Sendable private func moduloBounds(_ bounds: [KeyBounds], _ constants: [Value?]) -> KeyBounds {
  guard let divisor = constants[1]?.ticks, divisor > 0 else { return .unknown }
  return .words(0...(divisor &- 1))
}

/// The bounds of the quotient of spans within bounds and a constant span.
@Sendable private func ratioBounds(_ bounds: [KeyBounds], _ constants: [Value?]) -> KeyBounds {
  guard case .words(let range) = bounds[0], let unit = constants[1]?.ticks, unit > 0 else { return .unknown }
  return .reals(Double(range.lowerBound) / Double(unit)...Double(range.upperBound) / Double(unit))
}

extension Overload {
  fileprivate static func words<O: LaneOperation>(
    _ lhs: ScalarType, _ rhs: ScalarType, to result: ScalarType, _ operation: O.Type
  ) -> Overload where O.Lane == Int64 {
    columns([lhs, rhs], to: result) { arithmetic(O.self, $0) }
  }

  fileprivate static func floats<O: LaneOperation>(_ operation: O.Type) -> Overload where O.Lane == Double {
    columns([.real, .real], to: .real) { arithmetic(O.self, $0) }
  }
}

/// The quotient of one span and another.
private func ratios(_ arguments: Arguments) -> Vector {
  let n = arguments.count
  let lhs = arguments.plain(0).expanded(), rhs = arguments.plain(1)
  let a = lhs.lanes(Int64.self), b = rhs.lanes(Int64.self)
  let result = Buffer(of: Double.self, count: n)
  let out = result.values(Double.self)
  if rhs.isConstant {
    let unit = Double(b[0])
    for i in 0..<n { out[i] = Double(a[i]) / unit }
  } else {
    for i in 0..<n { out[i] = Double(a[i]) / Double(b[i]) }
  }
  return Vector(.real, count: n, buffer: result, nulls: unitedNulls(arguments))
}

/// Three-valued `and` over any number of bool vectors.
private func conjunction(_ arguments: Arguments) -> Vector {
  let n = arguments.count
  let result = Buffer(byteCount: n)
  let out = result.values(UInt8.self)
  out.update(repeating: 1, count: n)
  var mask: Buffer?
  for vector in arguments.vectors.map({ $0.expanded() }) {
    let values = vector.lanes(UInt8.self)
    if let nulls = vector.nulls {
      let unknown = mask ?? Buffer.zeros(byteCount: n)
      mask = unknown
      let u = unknown.values(UInt8.self)
      for i in 0..<n {
        u[i] |= nulls[i]
        out[i] &= values[i] | nulls[i]
      }
    } else {
      for i in 0..<n { out[i] &= values[i] }
    }
  }
  // A false side decides, even if others are null.
  if let mask { for i in 0..<n { mask.values(UInt8.self)[i] &= out[i] } }
  return Vector(.bool, count: n, buffer: result, nulls: mask)
}

/// Three-valued `or` over any number of bool vectors.
private func disjunction(_ arguments: Arguments) -> Vector {
  let n = arguments.count
  let result = Buffer.zeros(byteCount: n)
  let out = result.values(UInt8.self)
  var mask: Buffer?
  for vector in arguments.vectors.map({ $0.expanded() }) {
    let values = vector.lanes(UInt8.self)
    if let nulls = vector.nulls {
      let unknown = mask ?? Buffer.zeros(byteCount: n)
      mask = unknown
      let u = unknown.values(UInt8.self)
      for i in 0..<n {
        u[i] |= nulls[i]
        out[i] |= values[i] & (nulls[i] ^ 1)
      }
    } else {
      for i in 0..<n { out[i] |= values[i] }
    }
  }
  if let mask { for i in 0..<n { mask.values(UInt8.self)[i] &= out[i] ^ 1 } }
  return Vector(.bool, count: n, buffer: result, nulls: mask)
}
