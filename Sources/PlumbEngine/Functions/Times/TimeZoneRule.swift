import PlumbDiagnostics

/// What a zone's clocks do every year, written as in the variable `TZ` of POSIX: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct TimeZoneRule {
  /// Ticks east of UTC.
  let standard: Int64
  private let summer: (offset: Int64, start: Day, end: Day)?

  /// A moment of a year.
  private struct Day {
    enum Date {
      /// Week 1 to 5, of which 5 is the last, and days since Sunday.
      case weekday(month: Int, week: Int, day: Int)
      /// 1 to 365, in which the 29th of February is never counted.
      case dayWithoutLeap(Int)
      /// 0 to 365.
      case day(Int)
    }

    let date: Date
    /// Ticks after midnight; can be negative and longer than a day.
    let time: Int64

    /// The ticks of its local time in a year.
    func moment(in year: Int) -> Int64 {
      let number: Int
      switch date {
      case .weekday(let month, let week, let day):
        let first = DateTime.dayNumber(year: year, month: month, day: 1)
        // Day 0 was a Monday.
        let offset = (day &+ 13 &- first % 7) % 7
        let wanted = offset &+ (week &- 1) &* 7
        number = first &+ (wanted < DateTime.days(inMonth: month, of: year) ? wanted : wanted &- 7)
      case .dayWithoutLeap(let day):
        number = DateTime.dayNumber(year: year, month: 1, day: 1) &+ day &- (day < 60 || !DateTime.isLeap(year) ? 1 : 0)
      case .day(let day): number = DateTime.dayNumber(year: year, month: 1, day: 1) &+ day
      }
      return Int64(number) &* TimeSpan.day &+ time
    }
  }

  var hasSummer: Bool { summer != nil }

  /// - Returns: nil if the text is not such a rule.
  init?(_ text: some Sequence<UInt8>) {
    var reader = Reader(rest: Array(text)[...])
    guard reader.skipName(), let west = reader.time(hoursTo: 24) else { return nil }
    standard = -west
    guard !reader.rest.isEmpty else {
      summer = nil
      return
    }
    guard reader.skipName() else { return nil }
    var offset = standard + TimeSpan.hour
    if reader.rest.first != .comma {
      guard let west = reader.time(hoursTo: 24) else { return nil }
      offset = -west
    }
    guard let start = reader.day(), let end = reader.day(), reader.rest.isEmpty else { return nil }
    summer = (offset, start, end)
  }

  /// The changes of some years in ascending order, as UTC ticks and the offset after each. Without summer time there is
  /// one, at the beginning.
  func changes(inYears years: ClosedRange<Int>) -> [(utc: Int64, offset: Int64)] {
    guard let summer else { return [(Self.moment(ofYear: years.lowerBound), standard)] }
    var changes: [(utc: Int64, offset: Int64)] = []
    for year in years {
      changes.append((summer.end.moment(in: year) &- summer.offset, standard))
      changes.append((summer.start.moment(in: year) &- standard, summer.offset))
    }
    // If summer ends at the moment at which the next begins, its beginning wins.
    return changes.enumerated().sorted { ($0.element.utc, $0.offset) < ($1.element.utc, $1.offset) }.map(\.element)
  }

  /// Ticks of the beginning of a year, which can be after that of the last datetime.
  static func moment(ofYear year: Int) -> Int64 {
    Int64(DateTime.dayNumber(year: year, month: 1, day: 1)) &* TimeSpan.day
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    private mutating func skip(_ byte: UInt8) -> Bool {
      guard rest.first == byte else { return false }
      rest.removeFirst()
      return true
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int? {
      var (value, digits) = (0, 0)
      while let byte = rest.first, byte.isDigit, digits < 4 {
        value = value * 10 + Int(byte - .digitZero)
        digits += 1
        rest.removeFirst()
      }
      return digits > 0 && range.contains(value) ? value : nil
    }

    /// A name of a time, such as `CET` or `<+03>`.
    mutating func skipName() -> Bool {
      if skip(.lessThan) {
        while let byte = rest.first, byte != .greaterThan {
          guard byte.isDigit || byte.isASCIILetter || byte == .plus || byte == .minus else { return false }
          rest.removeFirst()
        }
        return skip(.greaterThan)
      }
      let letters = rest.prefix { $0.isASCIILetter }.count
      rest.removeFirst(letters)
      return letters >= 3
    }

    /// `hh[:mm[:ss]]` with a sign or without, in ticks.
    mutating func time(hoursTo limit: Int) -> Int64? {
      let isNegative = skip(.minus)
      if !isNegative { _ = skip(.plus) }
      guard var seconds = number(0...limit).map({ $0 * 3600 }) else { return nil }
      if skip(.colon) {
        guard let minutes = number(0...59) else { return nil }
        seconds += minutes * 60
        if skip(.colon) {
          guard let more = number(0...59) else { return nil }
          seconds += more
        }
      }
      return Int64(isNegative ? -seconds : seconds) * TimeSpan.second
    }

    /// A date after a comma, and the time of day after a slash, which is 02:00 if it is not given.
    mutating func day() -> Day? {
      guard skip(.comma) else { return nil }
      let date: Day.Date
      if skip(UInt8(ascii: "M")) {
        guard let month = number(1...12), skip(.fullStop), let week = number(1...5), skip(.fullStop), let day = number(0...6)
        else { return nil }
        date = .weekday(month: month, week: week, day: day)
      } else if skip(UInt8(ascii: "J")) {
        guard let day = number(1...365) else { return nil }
        date = .dayWithoutLeap(day)
      } else {
        guard let day = number(0...365) else { return nil }
        date = .day(day)
      }
      guard skip(.slash) else { return Day(date: date, time: 2 * TimeSpan.hour) }
      guard let time = time(hoursTo: 167) else { return nil }
      return Day(date: date, time: time)
    }
  }
}
