extension ScalarFunction {
  /// Functions that choose among their arguments.
  static let conditionals: [ScalarFunction] = [
    iff("iff"),
    iff("iif"),
    ScalarFunction(
      "case", "Returns the value after the first `condition` that is true, or `otherwise`.",
      "condition, value, [condition, value, ...], otherwise",
      examples: [
        .init(#"case(1 > 2, "a", 2 > 1, "b", "c")"#, is: "b"), .init(#"case(bool(null), 1, 2)"#, is: "2"),
      ],
      overloads: [
        .columns([], rest: .any, minimumRest: 3, result: caseType) { (arguments: Arguments) in
          try firstCase(arguments)
        }
      ]),
    ScalarFunction(
      "coalesce", "Returns the first `value` that is not null; a string must also not be empty.", "value, value, ...",
      examples: [.init("coalesce(long(null), 3, 4)", is: "3"), .init(#"coalesce("", "b")"#, is: "b")],
      overloads: [
        .columns([], rest: .any, minimumRest: 2, result: commonType) { (arguments: Arguments) in
          try firstPresent(arguments)
        }
      ]),
    ScalarFunction(
      "max_of", "Returns the largest `value`, ignoring nulls.", "value, value, ...",
      examples: [.init("max_of(10, 1, -3, 17)", is: "17"), .init("max_of(int(null), 2)", is: "2")],
      overloads: [
        .columns([], rest: .any, minimumRest: 2, result: commonType) { (arguments: Arguments) in
          try extreme(arguments, greatest: true)
        }
      ]),
    ScalarFunction(
      "min_of", "Returns the smallest `value`, ignoring nulls.", "value, value, ...",
      examples: [.init("min_of(10, 1, -3, 17)", is: "-3"), .init("min_of(1.5, 2)", is: "1.5")],
      overloads: [
        .columns([], rest: .any, minimumRest: 2, result: commonType) { (arguments: Arguments) in
          try extreme(arguments, greatest: false)
        }
      ]),
  ]

  /// Functions that test whether a value is in a range.
  static let betweenOperators: [ScalarFunction] = [
    ScalarFunction(
      "between", "Returns true if `value` is at least `low` and at most `high`; a timespan `high` counts from `low`.",
      "value, low, high",
      examples: [
        .init("5 between (1 .. 5)", is: "true"),
        .init("datetime(2024-01-03) between (datetime(2024-01-01) .. 1d)", is: "false"),
      ],
      overloads: betweenOverloads(negated: false),
      traits: FunctionTraits(cost: .low, notation: .range, meaning: .range(isOutside: false))),
    ScalarFunction(
      "!between", "Returns true if `value` is less than `low` or greater than `high`.", "value, low, high",
      examples: [.init("5 !between (1 .. 5)", is: "false"), .init("5.5 !between (1 .. 5)", is: "true")],
      overloads: betweenOverloads(negated: true),
      traits: FunctionTraits(cost: .low, notation: .range, meaning: .range(isOutside: true))),
    ScalarFunction(
      "around", "Returns true if `value` differs from `center` by at most `delta`.", "value, center, delta",
      examples: [
        .init("around(5, 7, 2)", is: "true"),
        .init("around(datetime(2024-01-01), datetime(2024-01-02), 1h)", is: "false"),
      ],
      overloads: [
        .map { (value: Int64, center: Int64, delta: Int64) -> Bool in isAround(value, center, delta) },
        .map { (value: Double, center: Double, delta: Double) -> Bool in
          value >= center - delta && value <= center + delta
        },
        .map { (value: Timestamp, center: Timestamp, delta: Interval) -> Bool in
          isAround(value.ticks, center.ticks, delta.ticks)
        },
        .map { (value: Interval, center: Interval, delta: Interval) -> Bool in
          isAround(value.ticks, center.ticks, delta.ticks)
        },
      ]),
  ]

  private static func iff(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Returns `then` if `condition` is true, and `otherwise` if it is false or null.",
      "condition, then, otherwise",
      examples: [.init(#"\#(name)(1 < 2, "yes", "no")"#, is: "yes"), .init("\(name)(bool(null), 1, 2.5)", is: "2.5")],
      overloads: [
        .columns(
          [.exactly(.bool), .any, .any],
          result: { (shapes: [ArgumentShape]) in ScalarType.choice(shapes.dropFirst().map(\.type)) }
        ) { (arguments: Arguments) in
          let n = arguments.count
          if n > 1, let coded = CodedChoice(Array(arguments.vectors.dropFirst()), prepared: arguments.prepared) {
            return coded.vector([arguments.plain(0)], count: n)
          }
          return chosen(
            arguments.plain(0), try arguments.converted(1, to: arguments.type),
            try arguments.converted(2, to: arguments.type), count: n)
        }
      ])
  }

  private static func betweenOverloads(negated: Bool) -> [Overload] {
    let types: [ScalarType] = [.long, .real, .decimal, .datetime, .timespan]
    return types.map { (type: ScalarType) -> Overload in
      .columns([type, type, type], to: .bool) { (arguments: Arguments) in
        between(
          arguments.plain(0), arguments.plain(1), arguments.plain(2), negated: negated, count: arguments.count)
      }
    } + [
      .columns([.datetime, .datetime, .timespan], to: .bool) { (arguments: Arguments) in
        let low = arguments.plain(1)
        let high = later(low, arguments.plain(2), count: arguments.count)
        return between(arguments.plain(0), low, high, negated: negated, count: arguments.count)
      }
    ]
  }
}

/// `times` shifted by `spans`, wrapped at the ends of the range; a constant if both are.
private func later(_ times: Vector, _ spans: Vector, count n: Int) -> Vector {
  let isConstant = times.isConstant && spans.isConstant
  let m = isConstant ? 1 : n
  let a = times.lanes(Int64.self), b = spans.lanes(Int64.self)
  let aStep = times.isConstant ? 0 : 1, bStep = spans.isConstant ? 0 : 1
  let result = Buffer(of: Int64.self, count: m)
  let out = result.values(Int64.self)
  for i in 0..<m { out[i] = a[i &* aStep] &+ b[i &* bStep] }
  let sums = Vector(.datetime, count: m, buffer: result, nulls: unitedNulls([times, spans], count: m))
  return isConstant ? sums.asConstant(count: n) : sums
}

@inline(__always)
private func isAround(_ value: Int64, _ center: Int64, _ delta: Int64) -> Bool {
  let (distance, overflow) = value.subtractingReportingOverflow(center)
  return delta >= 0 && !overflow && distance.magnitude <= delta.magnitude
}

private let commonType: @Sendable ([ArgumentShape]) -> ScalarType? = { (shapes: [ArgumentShape]) in
  ScalarType.choice(shapes.map(\.type))
}

/// Conditions and values alternate; one more value ends the list.
private let caseType: @Sendable ([ArgumentShape]) -> ScalarType? = { (shapes: [ArgumentShape]) in
  guard shapes.count % 2 == 1 else { return nil }
  var values: [ScalarType] = []
  for (place, shape) in shapes.enumerated() {
    if place % 2 == 1 || place == shapes.count - 1 {
      values.append(shape.type)
    } else if shape.type != .bool {
      return nil
    }
  }
  return ScalarType.choice(values)
}

private func firstCase(_ arguments: Arguments) throws -> Vector {
  let n = arguments.count
  let last = arguments.vectors.count - 1
  let places = Array(stride(from: 0, to: last, by: 2))
  if n > 1,
    let coded = CodedChoice(
      places.map { arguments[$0 + 1] } + [arguments[last]], prepared: arguments.prepared)
  {
    return coded.vector(places.map { arguments.plain($0) }, count: n)
  }
  var result = try arguments.converted(last, to: arguments.type)
  for place in places.reversed() {
    result = chosen(arguments.plain(place), try arguments.converted(place + 1, to: arguments.type), result, count: n)
  }
  return result
}
