/// A calendar unit, in which `datetime_add`, `datetime_diff` and the `startof` functions count.
package enum CalendarPart: UInt8, CaseIterable, Sendable {
  case year, quarter, month, week, day, hour, minute, second, millisecond, microsecond, nanosecond

  /// The part named `name`, in any case.
  package init?(_ name: Bytes) {
    for part in CalendarPart.allCases where name.equalsIgnoringCase(part.name) {
      self = part
      return
    }
    return nil
  }

  package var name: StaticString {
    switch self {
    case .year: "year"
    case .quarter: "quarter"
    case .month: "month"
    case .week: "week"
    case .day: "day"
    case .hour: "hour"
    case .minute: "minute"
    case .second: "second"
    case .millisecond: "millisecond"
    case .microsecond: "microsecond"
    case .nanosecond: "nanosecond"
    }
  }

  /// The number of months in the part, for parts that are measured in months.
  var months: Int64? {
    switch self {
    case .year: 12
    case .quarter: 3
    case .month: 1
    case .week, .day, .hour, .minute, .second, .millisecond, .microsecond, .nanosecond: nil
    }
  }

  /// The number of ticks in the part; nil for parts of varying length, and for nanoseconds, which are shorter than a tick.
  var ticks: Int64? {
    switch self {
    case .year, .quarter, .month, .nanosecond: nil
    case .week: TimeSpan.day * 7
    case .day: TimeSpan.day
    case .hour: TimeSpan.hour
    case .minute: TimeSpan.minute
    case .second: TimeSpan.second
    case .millisecond: TimeSpan.millisecond
    case .microsecond: TimeSpan.microsecond
    }
  }
}

extension DateTime {
  /// The first tick of the part that contains `ticks`, moved by `offset` parts; weeks start on Sunday.
  package static func start(of part: CalendarPart, _ ticks: Int64, offset: Int64 = 0) -> Int64? {
    guard isInRange(ticks) else { return nil }
    if let months = part.months {
      let civil = civil(ticks)
      let month = (Int64(civil.year) &* 12 &+ Int64(civil.month) &- 1) / months
      let (moved, overflow) = month.addingReportingOverflow(offset)
      guard !overflow, moved > 0, moved < 10_000 * 12 else { return nil }
      let first = Int(moved &* months)
      return DateTime.ticks(year: first / 12, month: first % 12 &+ 1, day: 1)
    }
    guard let unit = part.ticks else { return add(part, offset, to: ticks) }
    var start = ticks &- ticks % unit
    if part == .week { start = (ticks / TimeSpan.day &- Int64(dayOfWeek(ticks))) &* TimeSpan.day }
    let (distance, tooFar) = offset.multipliedReportingOverflow(by: unit)
    // The week that contains 0001-01-01 starts before the range; it counts from the range's first tick.
    if !tooFar && distance == 0 { return Swift.max(start, 0) }
    return tooFar ? nil : adding(distance, to: start)
  }

  /// The last tick of the part that contains `ticks`, moved by `offset` parts.
  package static func end(of part: CalendarPart, _ ticks: Int64, offset: Int64 = 0) -> Int64? {
    guard let start = start(of: part, ticks, offset: offset) else { return nil }
    // The last part of the range has no next part.
    guard let next = DateTime.start(of: part, start, offset: 1) else { return max }
    return next &- 1
  }

  /// Adds calendar parts; a day that the month lacks becomes the month's last.
  package static func add(_ part: CalendarPart, _ amount: Int64, to ticks: Int64) -> Int64? {
    if let months = part.months {
      let civil = civil(ticks)
      let (span, overflow) = amount.multipliedReportingOverflow(by: months)
      let month = Int64(civil.year) &* 12 &+ Int64(civil.month) &- 1
      let (moved, tooFar) = month.addingReportingOverflow(span)
      guard !overflow, !tooFar, moved >= 12, moved < 120_000 else { return nil }
      let year = Int(moved / 12)
      let monthOfYear = Int(moved % 12) &+ 1
      let day = Swift.min(civil.day, days(inMonth: monthOfYear, of: year))
      guard let midnight = DateTime.ticks(year: year, month: monthOfYear, day: day) else { return nil }
      return midnight &+ ticks % TimeSpan.day
    }
    guard let unit = part.ticks else { return adding(amount / 100, to: ticks) }
    let (span, overflow) = amount.multipliedReportingOverflow(by: unit)
    return overflow ? nil : adding(span, to: ticks)
  }

  /// The number of boundaries of `part` between the two, positive if `later` is the later one.
  package static func difference(_ part: CalendarPart, _ later: Int64, _ earlier: Int64) -> Int64 {
    ordinal(of: part, later) &- ordinal(of: part, earlier)
  }

  /// The number of the part that contains `ticks`, counted from a fixed one.
  private static func ordinal(of part: CalendarPart, _ ticks: Int64) -> Int64 {
    if let months = part.months {
      let civil = civil(ticks)
      return (Int64(civil.year) &* 12 &+ Int64(civil.month) &- 1) / months
    }
    // Day 0 was a Monday; one day on, weeks divide at Sundays.
    if part == .week { return (ticks / TimeSpan.day &+ 1) / 7 }
    guard let unit = part.ticks else {
      return (ticks &- unixEpoch).multipliedReportingOverflow(by: 100).partialValue
    }
    return ticks / unit
  }
}
