extension ScalarFunction {
  /// Functions that make spans of time.
  static let timespans: [ScalarFunction] = [
    ScalarFunction(
      "make_timespan", "Makes a timespan from these parts; null if a part is out of range.",
      "[day], hour, minute, [second]",
      examples: [
        .init("make_timespan(1, 30)", is: "01:30:00"), .init("make_timespan(1, 12, 30, 55.123)", is: "1.12:30:55.1230000"),
      ],
      overloads: [
        .maybe { (hour: Int64, minute: Int64) -> Interval? in span(0, hour, minute, 0) },
        .maybe { (hour: Int64, minute: Int64, second: Double) -> Interval? in span(0, hour, minute, second) },
        .maybe { (day: Int64, hour: Int64, minute: Int64, second: Double) -> Interval? in
          span(day, hour, minute, second)
        },
      ]).naming(.onlyArgument)
  ]
}

private func span(_ day: Int64, _ hour: Int64, _ minute: Int64, _ second: Double) -> Interval? {
  guard day >= 0, day <= 10_000_000, hour >= 0, hour < 24, minute >= 0, minute < 60, second >= 0, second < 60,
    let ticks = TimeSpan.fromReal(second, unit: TimeSpan.second)
  else { return nil }
  return Interval(day &* TimeSpan.day &+ hour &* TimeSpan.hour &+ minute &* TimeSpan.minute &+ ticks)
}
