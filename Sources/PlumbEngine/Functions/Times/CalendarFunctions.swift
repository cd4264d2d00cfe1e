extension ScalarFunction {
  /// Functions that count calendar parts and make datetimes from numbers.
  static let calendarArithmetic: [ScalarFunction] = [
    ScalarFunction(
      "datetime_add", "Moves `date` by `amount` of `part`, such as `\"month\"`; a day that the month lacks becomes its last.",
      "part, amount, date",
      examples: [
        .init("datetime_add('month', 1, datetime(2024-01-31))", is: "2024-02-29T00:00:00.0000000Z"),
        .init("datetime_add('week', -1, datetime(2017-01-08))", is: "2017-01-01T00:00:00.0000000Z"),
      ],
      overloads: [
        .columns([.string, .long, .datetime], to: .datetime) { (arguments: Arguments) in
          let parts = try CalendarParts(arguments)
          let amounts = Input<Int64>(arguments, 1), dates = Input<Timestamp>(arguments, 2)
          return maybeRows(arguments, nullWithArguments: true) { (row: Int) -> Timestamp? in
            guard let part = parts[row] else { return nil }
            return DateTime.add(part, amounts[row], to: dates[row].ticks).map { Timestamp($0) }
          }
        }
      ]),
    ScalarFunction(
      "datetime_diff", "Counts the boundaries of `part` from `earlier` to `later`.", "part, later, earlier",
      examples: [
        .init("datetime_diff('year', datetime(2017-01-01), datetime(2000-12-31))", is: "17"),
        .init("datetime_diff('day', datetime(2017-10-29 23:00), datetime(2017-10-30 00:01))", is: "-1"),
      ],
      overloads: [
        .columns([.string, .datetime, .datetime], to: .long) { (arguments: Arguments) in
          try calendarDifference(arguments)
        }
      ]),
    ScalarFunction(
      "make_datetime", "Makes a datetime from these parts; null if that date or time does not exist.",
      "year, month, day, [hour, minute, second]",
      examples: [
        .init("make_datetime(2017, 10, 01)", is: "2017-10-01T00:00:00.0000000Z"),
        .init("make_datetime(2017, 10, 01, 12, 11, 0.1234567)", is: "2017-10-01T12:11:00.1234567Z"),
        .init("make_datetime(2017, 2, 30)", is: ""),
      ],
      overloads: [
        .maybe { (year: Int64, month: Int64, day: Int64) -> Timestamp? in timestamp(year, month, day, 0, 0, 0) },
        .maybe { (year: Int64, month: Int64, day: Int64, hour: Int64) -> Timestamp? in
          timestamp(year, month, day, hour, 0, 0)
        },
        .columns([.long, .long, .long, .long, .long], to: .datetime) { (arguments: Arguments) in
          timestamps(arguments, seconds: nil)
        },
        .columns([.long, .long, .long, .long, .long, .real], to: .datetime) { (arguments: Arguments) in
          timestamps(arguments, seconds: Input<Double>(arguments, 5))
        },
      ]).naming(.onlyArgument),
  ]

  /// Functions from counts since 1970-01-01 to datetimes.
  static let unixTimes: [ScalarFunction] = [
    unixTime("unixtime_seconds_todatetime", TimeSpan.second, "seconds", "1546300800"),
    unixTime("unixtime_milliseconds_todatetime", TimeSpan.millisecond, "milliseconds", "1546300800000"),
    unixTime("unixtime_microseconds_todatetime", TimeSpan.microsecond, "microseconds", "1546300800000000"),
    ScalarFunction(
      "unixtime_nanoseconds_todatetime", "Returns the time `nanoseconds` after 1970-01-01 UTC.", "nanoseconds",
      examples: [
        .init("unixtime_nanoseconds_todatetime(1546300800000000000)", is: "2019-01-01T00:00:00.0000000Z")
      ],
      overloads: [
        .maybe { (count: Int64) -> Timestamp? in DateTime.fromUnixNanoseconds(count).map { Timestamp($0) } },
        .maybe { (count: Double) -> Timestamp? in
          Int64(exactly: (count / 100).rounded(.down))
            .flatMap { DateTime.adding($0, to: DateTime.unixEpoch) }.map { Timestamp($0) }
        },
      ]),
  ]

  private static func unixTime(_ name: String, _ unit: Int64, _ parameter: String, _ example: String) -> ScalarFunction {
    ScalarFunction(
      name, "Returns the time `\(parameter)` after 1970-01-01 UTC.", parameter,
      examples: [.init("\(name)(\(example))", is: "2019-01-01T00:00:00.0000000Z")],
      overloads: [
        .maybe { (count: Int64) -> Timestamp? in DateTime.fromUnix(count, unit: unit).map { Timestamp($0) } },
        .maybe { (count: Double) -> Timestamp? in
          TimeSpan.fromReal(count, unit: unit)
            .flatMap { DateTime.adding($0, to: DateTime.unixEpoch) }.map { Timestamp($0) }
        },
      ])
  }
}

/// The first argument of a call as calendar parts; a constant is read once.
private struct CalendarParts {
  let constant: CalendarPart?
  private let names: Input<Bytes>

  init(_ arguments: Arguments) throws {
    names = Input<Bytes>(arguments, 0)
    constant = arguments[0].isConstant ? CalendarPart(arguments[0].bytes(at: 0)) : nil
    if constant == nil && arguments[0].isConstant {
      throw unknownPart(arguments, CalendarPart.allCases.map { "\($0.name)" }.joined(separator: ", "))
    }
  }

  @inline(__always) subscript(row: Int) -> CalendarPart? { constant ?? CalendarPart(names[row]) }
}

private func calendarDifference(_ arguments: Arguments) throws -> Vector {
  let parts = try CalendarParts(arguments)
  let n = arguments.count
  guard let part = parts.constant, let unit = part.ticks, let divisor = Divisor(unit) else {
    let later = Input<Timestamp>(arguments, 1), earlier = Input<Timestamp>(arguments, 2)
    return maybeRows(arguments, nullWithArguments: true) { (row: Int) -> Int64? in
      parts[row].map { DateTime.difference($0, later[row].ticks, earlier[row].ticks) }
    }
  }
  let later = arguments.plain(1), earlier = arguments.plain(2)
  let a = later.lanes(Int64.self), b = earlier.lanes(Int64.self)
  let aStep = later.isConstant ? 0 : 1, bStep = earlier.isConstant ? 0 : 1
  let result = Buffer(of: Int64.self, count: n)
  let out = result.values(Int64.self)
  // Day 0 was a Monday; one day on, weeks divide at Sundays.
  let shift = part == .week ? TimeSpan.day : 0
  for i in 0..<n {
    let x = UInt64(bitPattern: a[i &* aStep] &+ shift), y = UInt64(bitPattern: b[i &* bStep] &+ shift)
    out[i] = Int64(bitPattern: divisor.quotient(x) &- divisor.quotient(y))
  }
  return Vector(.long, count: n, buffer: result, nulls: unitedNulls([later, earlier], count: n))
}

private func timestamps(_ arguments: Arguments, seconds: Input<Double>?) -> Vector {
  let year = Input<Int64>(arguments, 0), month = Input<Int64>(arguments, 1), day = Input<Int64>(arguments, 2)
  let hour = Input<Int64>(arguments, 3), minute = Input<Int64>(arguments, 4)
  return maybeRows(arguments, nullWithArguments: true) { (row: Int) -> Timestamp? in
    timestamp(year[row], month[row], day[row], hour[row], minute[row], seconds?[row] ?? 0)
  }
}

private func timestamp(
  _ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64, _ minute: Int64, _ second: Double
) -> Timestamp? {
  guard second >= 0, second < 60 else { return nil }
  let whole = second.rounded(.down)
  let fraction = Swift.min(((second - whole) * 1e7).rounded(), 9_999_999)
  return DateTime.ticks(
    year: Int(year), month: Int(month), day: Int(day), hour: Int(hour), minute: Int(minute),
    second: Int(whole), fraction: Int(fraction)
  ).map { Timestamp($0) }
}
