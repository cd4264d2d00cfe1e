import PlumbDiagnostics

extension ScalarFunction {
  /// Functions that extract parts of datetimes, by family.
  static let datetimes: [ScalarFunction] =
    calendarParts + calendarStarts + clocks + calendarArithmetic + unixTimes

  private static let calendarParts: [ScalarFunction] = [
    day("getyear", "Returns the year of `date`.", "2015", in: 1...9999) { (day: Int) in Int64(DateTime.date(day: day).year) },
    day("getmonth", "Returns the month of `date`, 1 to 12.", "12", in: 1...12) { (day: Int) in Int64(DateTime.date(day: day).month) },
    day("monthofyear", "Returns the month of `date`, 1 to 12.", "12", in: 1...12) { (day: Int) in Int64(DateTime.date(day: day).month) },
    day("dayofmonth", "Returns the day of the month of `date`, 1 to 31.", "14", in: 1...31) { (day: Int) in
      Int64(DateTime.date(day: day).day)
    },
    day("dayofyear", "Returns the day of the year of `date`, 1 to 366.", "348", in: 1...366) { (day: Int) in
      Int64(DateTime.dayOfYear(Int64(day) &* TimeSpan.day))
    },
    day("week_of_year", "Returns the ISO 8601 week number of `date`, 1 to 53.", "51", in: 1...53) { (day: Int) in
      Int64(DateTime.weekOfYear(Int64(day) &* TimeSpan.day))
    },
    day("weekofyear", "Returns the ISO 8601 week number of `date`, like `week_of_year`.", "51", in: 1...53) { (day: Int) in
      Int64(DateTime.weekOfYear(Int64(day) &* TimeSpan.day))
    },
    ScalarFunction(
      "hourofday", "Returns the hour of `date`, 0 to 23.", "date",
      examples: [.init("hourofday(datetime(2015-12-14 18:54))", is: "18")],
      overloads: [
        .columns([.datetime], to: .int) { (arguments: Arguments) in
          arguments.plain(0).mapLanes(Int64.self, to: .int) { (ticks: Int64) in
            // An hour is 2^11 * 17,578,125 ticks; what is counted in hours fits 32 bits.
            let hours = (UInt64(bitPattern: ticks) &>> 11) / 17_578_125
            return Int64(UInt32(truncatingIfNeeded: hours) % 24)
          }
        }.bounded(by: 0...23).level(within: TimeSpan.hour)
      ]),
    ScalarFunction(
      "dayofweek", "Returns the time since the start of the last Sunday before `date`, in whole days.", "date",
      examples: [
        .init("dayofweek(datetime(2015-12-14 18:54))", is: "1.00:00:00"),
        .init("dayofweek(datetime(1947-11-30))", is: "00:00:00"),
      ],
      overloads: [
        .columns([.datetime], to: .timespan) { (arguments: Arguments) in
          arguments.plain(0).mapLanes(Int64.self, to: .timespan) { (ticks: Int64) in
            // A day is 2^14 * 52,734,375 ticks; day 0 was a Monday.
            let days = (UInt64(bitPattern: ticks) &>> 14) / 52_734_375
            return Int64((UInt32(truncatingIfNeeded: days) &+ 1) % 7) &* TimeSpan.day
          }
        }.bounded(by: 0...(6 &* TimeSpan.day)).level(within: TimeSpan.day)
      ]),
    partOfDate("datetime_part"),
    partOfDate("datepart"),
  ]

  private static func day(
    _ name: String, _ summary: String, _ result: String, in range: ClosedRange<Int64>,
    _ body: @escaping @Sendable (Int) -> Int64
  ) -> ScalarFunction {
    ScalarFunction(
      name, summary, "date", examples: [.init("\(name)(datetime(2015-12-14))", is: result)],
      overloads: [
        .columns([.datetime], to: .int) { (arguments: Arguments) in
          arguments.plain(0).mapDays(to: .int, body)
        }.bounded(by: range).level(within: TimeSpan.day)
      ])
  }

  private static func partOfDate(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Returns the number of `part` in `date`, such as `\"month\"`, `\"week_of_year\"` or `\"hour\"`.", "part, date",
      examples: [
        .init("\(name)(\"year\", datetime(2017-10-30 01:02:03.7654321))", is: "2017"),
        .init("\(name)(\"microsecond\", datetime(2017-10-30 01:02:03.7654321))", is: "765432"),
      ],
      overloads: [
        .columns([.string, .datetime], to: .int) { (arguments: Arguments) in
          let dates = arguments.plain(1)
          if arguments[0].isConstant {
            guard let part = DatePart(arguments[0].bytes(at: 0)) else { throw unknownPart(arguments, DatePart.names) }
            return dates.mapLanes(Int64.self, to: .int) { (ticks: Int64) in part.number(in: ticks) }
          }
          let parts = Input<Bytes>(arguments, 0), times = Input<Timestamp>(arguments, 1)
          let numbers = maybeRows(arguments, nullWithArguments: true) { (row: Int) -> Int64? in
            DatePart(parts[row])?.number(in: times[row].ticks)
          }
          return numbers.mapLanes(Int64.self, to: .int) { (number: Int64) in number }
        }
      ])
  }

  private static let calendarStarts: [ScalarFunction] = [
    edge("startofday", .day, isStart: true, "2015-12-14T00:00:00.0000000Z").naming(.firstArgument),
    edge("startofweek", .week, isStart: true, "2015-12-13T00:00:00.0000000Z"),
    edge("startofmonth", .month, isStart: true, "2015-12-01T00:00:00.0000000Z"),
    edge("startofyear", .year, isStart: true, "2015-01-01T00:00:00.0000000Z"),
    edge("endofday", .day, isStart: false, "2015-12-14T23:59:59.9999999Z"),
    edge("endofweek", .week, isStart: false, "2015-12-19T23:59:59.9999999Z"),
    edge("endofmonth", .month, isStart: false, "2015-12-31T23:59:59.9999999Z"),
    edge("endofyear", .year, isStart: false, "2015-12-31T23:59:59.9999999Z"),
  ]

  private static func edge(
    _ name: String, _ part: CalendarPart, isStart: Bool, _ result: String
  ) -> ScalarFunction {
    let moved: @Sendable (Int64, Int64) -> Int64? = { (ticks: Int64, offset: Int64) in
      isStart
        ? DateTime.start(of: part, ticks, offset: offset) : DateTime.end(of: part, ticks, offset: offset)
    }
    return ScalarFunction(
      name,
      "Returns the \(isStart ? "first" : "last") moment of the \(part.name) that contains `date`, moved by `offset` \(part.name)s.",
      "date, [offset]", examples: [.init("\(name)(datetime(2015-12-14 18:54))", is: result)],
      overloads: [
        .columns([.datetime], to: .datetime) { (arguments: Arguments) in
          let dates = arguments.plain(0)
          guard part == .day else {
            return dates.mapDaysOrNull(to: .datetime) { (day: Int) in moved(Int64(day) &* TimeSpan.day, 0) }
          }
          let added = isStart ? 0 : TimeSpan.day &- 1
          return dates.mapLanes(Int64.self, to: .datetime) { (ticks: Int64) in ticks &- ticks % TimeSpan.day &+ added }
        }.bounded { bounds, _ in
          // A part of the calendar is no longer than a leap year.
          guard case .words(let range) = bounds[0] else { return .unknown }
          let (low, isBelow) = range.lowerBound.subtractingReportingOverflow(isStart ? 366 &* TimeSpan.day : 0)
          let (high, isAbove) = range.upperBound.addingReportingOverflow(isStart ? 0 : 366 &* TimeSpan.day)
          return isBelow || isAbove ? .unknown : .words(low...high)
        }.level(within: TimeSpan.day),
        .columns([.datetime, .long], to: .datetime) { (arguments: Arguments) in
          if case .long(let offset)? = arguments.constant(1) {
            return arguments.plain(0).mapDaysOrNull(to: .datetime) { (day: Int) in
              moved(Int64(day) &* TimeSpan.day, offset)
            }
          }
          let dates = Input<Timestamp>(arguments, 0), offsets = Input<Int64>(arguments, 1)
          return maybeRows(arguments, nullWithArguments: true) { (row: Int) -> Timestamp? in
            moved(dates[row].ticks, offsets[row]).map { Timestamp($0) }
          }
        },
      ])
  }

  private static let clocks: [ScalarFunction] = [
    ScalarFunction(
      "now", "Returns the time of the query, moved by `offset`; all calls in a query return the same.", "[offset]",
      examples: [.init("now() == now()", is: "true"), .init("now(-1d) == now() - 1d", is: "true")],
      overloads: [
        .columns([], to: .datetime) { (arguments: Arguments) in
          .constant(.datetime(arguments.context.now), count: arguments.count)
        },
        .columns([.timespan], to: .datetime) { (arguments: Arguments) in
          let now = arguments.context.now
          return arguments.plain(0).mapLanesOrNull(Int64.self, to: .datetime) { (span: Int64) -> Int64? in
            DateTime.adding(span, to: now)
          }
        },
      ]),
    ScalarFunction(
      "ago", "Returns the time `span` before that of the query.", "span",
      examples: [.init("ago(1h) == now() - 1h", is: "true")],
      overloads: [
        .columns([.timespan], to: .datetime) { (arguments: Arguments) in
          let now = arguments.context.now
          return arguments.plain(0).mapLanesOrNull(Int64.self, to: .datetime) { (span: Int64) -> Int64? in
            let (time, overflow) = now.subtractingReportingOverflow(span)
            return overflow || !DateTime.isInRange(time) ? nil : time
          }
        }
      ]),
    ScalarFunction(
      "format_datetime", "Formats `date` according to `format`, with letters such as `yyyy-MM-dd HH:mm:ss.fff tt`.",
      "date, format",
      examples: [
        .init("format_datetime(datetime(2017-01-29 09:00:05), 'yy-MM-dd [HH:mm:ss]')", is: "17-01-29 [09:00:05]"),
        .init("format_datetime(datetime(2017-01-29 09:00:05), 'yyyy-M-dd [H:mm:ss]')", is: "2017-1-29 [9:00:05]"),
      ],
      overloads: [
        formatted(.datetime, help: "the letters are y M d H h m s f F and tt, between any of ` /-:,._[]`") {
          (ticks: Int64, format: Bytes, out: inout ByteBuffer) in
          DateTime.format(ticks, format, to: &out)
        }
      ]).naming(.firstArgument),
    ScalarFunction(
      "format_timespan", "Formats `span` according to `format`, with letters such as `d.hh:mm:ss.fff`.", "span, format",
      examples: [
        .init("format_timespan(time(29.09:00:05.12345), 'dd.hh:mm:ss:FF')", is: "29.09:00:05:12"),
        .init("format_timespan(time(29.09:00:05.12345), 'ddd.h:mm:ss [fffffff]')", is: "029.9:00:05 [1234500]"),
      ],
      overloads: [
        formatted(.timespan, help: "the letters are d H h m s f F, between any of ` /-:,._[]`") {
          (ticks: Int64, format: Bytes, out: inout ByteBuffer) in
          TimeSpan.format(ticks, format, to: &out)
        }
      ]).naming(.firstArgument),
  ]

  private static func formatted(
    _ type: ScalarType, help: String,
    _ print: @escaping @Sendable (Int64, Bytes, inout ByteBuffer) -> Bool
  ) -> Overload {
    .columns([type, .string], to: .string) { (arguments: Arguments) in
      let values = arguments.plain(0), formats = arguments.plain(1)
      let ticks = values.lanes(Int64.self), texts = formats.lanes(Bytes.self)
      let step = values.isConstant ? 0 : 1, formatStep = formats.isConstant ? 0 : 1
      let builder = VectorBuilder(.string, capacity: arguments.count, for: arguments.context)
      var out = ByteBuffer()
      for row in 0..<arguments.count {
        out.removeAll()
        if !values.isNull(row), !print(ticks[row &* step], texts[row &* formatStep], &out) {
          throw Diagnostic(
            "unknown-format", "`\(String(texts[row &* formatStep]))` is not a valid \(type.name) format",
            at: arguments.span(of: 1), help: help)
        }
        out.withBytes { builder.append(bytes: $0) }
      }
      return builder.finish()
    }
  }
}

func unknownPart(_ arguments: Arguments, _ known: String) -> Diagnostic {
  Diagnostic(
    "unknown-date-part", "`\(String(arguments[0].bytes(at: 0)))` is not a part of a date",
    at: arguments.span(of: 0), help: "the parts are \(known)")
}

/// What `datetime_part` can extract from a datetime.
private enum DatePart {
  case calendar(CalendarPart)
  case weekOfYear
  case dayOfYear

  static let names =
    "year, quarter, month, week_of_year, day, dayOfYear, hour, minute, second, millisecond, microsecond, nanosecond"

  init?(_ name: Bytes) {
    if name.equalsIgnoringCase("week_of_year") || name.equalsIgnoringCase("weekofyear") {
      self = .weekOfYear
    } else if name.equalsIgnoringCase("dayofyear") {
      self = .dayOfYear
    } else {
      guard let part = CalendarPart(name), part != .week else { return nil }
      self = .calendar(part)
    }
  }

  func number(in ticks: Int64) -> Int64 {
    switch self {
    case .weekOfYear: return Int64(DateTime.weekOfYear(ticks))
    case .dayOfYear: return Int64(DateTime.dayOfYear(ticks))
    case .calendar(let part):
      switch part {
      case .year: return Int64(DateTime.civil(ticks).year)
      case .quarter: return Int64((DateTime.civil(ticks).month &- 1) / 3 &+ 1)
      case .month: return Int64(DateTime.civil(ticks).month)
      case .week: return Int64(DateTime.weekOfYear(ticks))
      case .day: return Int64(DateTime.civil(ticks).day)
      case .hour: return ticks / TimeSpan.hour % 24
      case .minute: return ticks / TimeSpan.minute % 60
      case .second: return ticks / TimeSpan.second % 60
      case .millisecond: return ticks % TimeSpan.second / TimeSpan.millisecond
      case .microsecond: return ticks % TimeSpan.second / TimeSpan.microsecond
      case .nanosecond: return ticks % TimeSpan.second &* 100
      }
    }
  }
}
