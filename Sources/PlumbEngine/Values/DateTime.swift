/// KQL's `datetime`: an `Int64` of ticks of 100 ns since 0001-01-01T00:00:00 UTC.
///
/// The value itself is an `Int64` in a column; this namespace contains the operations on it.
package enum DateTime {
  package static let min: Int64 = 0
  package static let max: Int64 = 3_155_378_975_999_999_999
  package static let unixEpoch: Int64 = 621_355_968_000_000_000

  /// A date and a time of day, as people write them.
  package struct Civil: Equatable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int
    /// Ticks within the second, 0..<10_000_000.
    package var fraction: Int
  }

  package static func isInRange(_ ticks: Int64) -> Bool { ticks >= 0 && ticks <= max }

  /// The date of a day counted from 0001-01-01, which is day 0.
  // Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
  package static func date(day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day &+ 306
    let era = shifted / 146_097
    let dayOfEra = shifted &- era &* 146_097
    let yearOfEra = (dayOfEra &- dayOfEra / 1460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
    let shiftedMonth = (5 &* dayOfYear &+ 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth &+ 3 : shiftedMonth &- 9
    return (
      yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0), month,
      dayOfYear &- (153 &* shiftedMonth &+ 2) / 5 &+ 1
    )
  }

  /// The day number of a date that exists, from year 0 on.
  package static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let shiftedYear = month <= 2 ? year &- 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear &- 399) / 400
    let yearOfEra = shiftedYear &- era &* 400
    let shiftedMonth = month > 2 ? month &- 3 : month &+ 9
    let dayOfYear = (153 &* shiftedMonth &+ 2) / 5 &+ day &- 1
    let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
    return era &* 146_097 &+ dayOfEra &- 306
  }

  package static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  package static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  package static func civil(_ ticks: Int64) -> Civil {
    let clamped = Int(Swift.min(Swift.max(ticks, 0), max))
    let (day, ofDay) = clamped.quotientAndRemainder(dividingBy: Int(TimeSpan.day))
    let (year, month, dayOfMonth) = date(day: day)
    let (seconds, fraction) = ofDay.quotientAndRemainder(dividingBy: Int(TimeSpan.second))
    return Civil(
      year: year, month: month, day: dayOfMonth, hour: seconds / 3600, minute: seconds / 60 % 60,
      second: seconds % 60, fraction: fraction)
  }

  /// Nil unless every part is in range and the date exists.
  package static func ticks(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, fraction: Int = 0
  ) -> Int64? {
    guard year >= 1, year <= 9999, month >= 1, month <= 12, day >= 1, day <= days(inMonth: month, of: year),
      hour >= 0, hour < 24, minute >= 0, minute < 60, second >= 0, second < 60, fraction >= 0,
      fraction < 10_000_000
    else { return nil }
    let days = dayNumber(year: year, month: month, day: day)
    let seconds = ((days &* 24 &+ hour) &* 60 &+ minute) &* 60 &+ second
    return Int64(seconds &* 10_000_000 &+ fraction)
  }

  package static func ticks(_ civil: Civil) -> Int64? {
    ticks(
      year: civil.year, month: civil.month, day: civil.day, hour: civil.hour, minute: civil.minute,
      second: civil.second, fraction: civil.fraction)
  }

  /// Days since the last Sunday, 0...6.
  package static func dayOfWeek(_ ticks: Int64) -> Int {
    // 0001-01-01 was a Monday.
    (Int(Swift.max(ticks, 0) / TimeSpan.day) &+ 1) % 7
  }

  /// 1 for the first of January.
  package static func dayOfYear(_ ticks: Int64) -> Int {
    let day = Int(Swift.max(ticks, 0) / TimeSpan.day)
    return day &- dayNumber(year: date(day: day).year, month: 1, day: 1) &+ 1
  }

  /// The ISO 8601 week number: weeks start on Monday, and week 1 contains the year's first Thursday.
  package static func weekOfYear(_ ticks: Int64) -> Int {
    let day = Int(Swift.max(ticks, 0) / TimeSpan.day)
    // Day 0 was a Monday, so the remainder counts from Monday.
    let thursday = day &- day % 7 &+ 3
    let firstOfYear = dayNumber(year: date(day: thursday).year, month: 1, day: 1)
    return (thursday &- firstOfYear) / 7 &+ 1
  }

  /// Ticks since 1970-01-01, for a count of `unit` ticks each; nil outside the range of `datetime`.
  package static func fromUnix(_ count: Int64, unit: Int64) -> Int64? {
    let (span, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow ? nil : adding(span, to: unixEpoch)
  }

  package static func fromUnixNanoseconds(_ count: Int64) -> Int64? {
    adding(count.floored(by: 100), to: unixEpoch)
  }

  /// Whole units of `unit` ticks since 1970-01-01, rounded towards the past.
  package static func unix(_ ticks: Int64, unit: Int64) -> Int64 {
    (ticks &- unixEpoch).floored(by: unit)
  }

  /// `ticks` moved by a timespan; nil outside the range of `datetime`.
  package static func adding(_ span: Int64, to ticks: Int64) -> Int64? {
    let (sum, overflow) = ticks.addingReportingOverflow(span)
    return overflow || !isInRange(sum) ? nil : sum
  }
}

extension Int64 {
  /// The quotient rounded towards minus infinity; the divisor is positive.
  @inlinable func floored(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient &- 1 : quotient
  }
}
