/// The zones of time that Plumb knows, with their rules for summer time.
///
/// The engine reads no files, so the rules are here. Each zone says since which year its rules hold; before
/// that there is no answer, rather than a wrong one.
struct TimeZone: Sendable {
  let name: StaticString
  /// Minutes east of UTC, without summer time.
  let offset: Int64
  let rule: Rule
  /// The first year for which `offset` and `rule` hold.
  let since: Int

  /// When clocks go forward an hour, and back.
  enum Rule: Sendable {
    case none
    /// From the last Sunday of March to the last of October, at 01:00 UTC.
    case europe
    /// From the second Sunday of March to the first of November, at 02:00; until 2006 from the first of
    /// April to the last of October.
    case northAmerica
    /// From the first Sunday of October to the first of April, at 02:00 standard time.
    case australia
    /// From the last Sunday of September to the first of April, at 02:00 standard time.
    case newZealand
    /// From the Friday before the last Sunday of March to the last Sunday of October, at 02:00.
    case israel
  }

  init(_ name: StaticString, _ offset: Int64, _ rule: Rule = .none, since: Int) {
    self.name = name
    self.offset = offset
    self.rule = rule
    self.since = since
  }

  /// The zone of this name, in any case.
  static func named(_ name: Bytes) -> TimeZone? {
    let name = name.trimmed
    return all.first { zone in
      guard zone.name.utf8CodeUnitCount == name.count else { return false }
      let letters = zone.name.utf8Start
      for i in 0..<name.count where name[i].asciiLowercased != letters[i].asciiLowercased { return false }
      return true
    }
  }

  /// Local ticks for UTC ticks; nil before the zone's rules hold, and outside the range of datetime.
  func local(fromUTC ticks: Int64) -> Int64? {
    guard let local = DateTime.adding(offsetTicks, to: ticks), isKnown(local) else { return nil }
    return isSummer(utc: ticks) ? DateTime.adding(TimeSpan.hour, to: local) : local
  }

  /// UTC ticks for local ticks. A time that the clocks show twice is taken as the second, in standard time.
  func utc(fromLocal ticks: Int64) -> Int64? {
    guard isKnown(ticks), let utc = DateTime.adding(0 &- offsetTicks, to: ticks) else { return nil }
    let earlier = utc &- TimeSpan.hour
    return isSummer(utc: utc) && isSummer(utc: earlier) ? earlier : utc
  }

  private var offsetTicks: Int64 { offset &* TimeSpan.minute }

  private func isKnown(_ local: Int64) -> Bool { DateTime.isInRange(local) && DateTime.civil(local).year >= since }

  private func isSummer(utc ticks: Int64) -> Bool {
    guard rule != .none, DateTime.isInRange(ticks) else { return false }
    let year = DateTime.civil(DateTime.adding(offsetTicks, to: ticks) ?? ticks).year
    /// UTC ticks of an hour of standard time on a day.
    func moment(_ day: Int, hour: Int64) -> Int64 {
      Int64(day) &* TimeSpan.day &+ hour &* TimeSpan.hour &- offsetTicks
    }
    let start: Int64, end: Int64
    switch rule {
    case .none: return false
    case .europe:
      start = Int64(sunday(.last, 3, year)) &* TimeSpan.day &+ TimeSpan.hour
      end = Int64(sunday(.last, 10, year)) &* TimeSpan.day &+ TimeSpan.hour
    case .northAmerica:
      start = moment(year >= 2007 ? sunday(.second, 3, year) : sunday(.first, 4, year), hour: 2)
      end = moment(year >= 2007 ? sunday(.first, 11, year) : sunday(.last, 10, year), hour: 1)
    case .australia:
      start = moment(sunday(.first, 10, year), hour: 2)
      end = moment(sunday(.first, 4, year), hour: 2)
    case .newZealand:
      start = moment(sunday(.last, 9, year), hour: 2)
      end = moment(sunday(.first, 4, year), hour: 2)
    case .israel:
      start = moment(sunday(.last, 3, year) &- 2, hour: 2)
      end = moment(sunday(.last, 10, year), hour: 1)
    }
    // In the south the summer goes over the turn of the year.
    return start < end ? ticks >= start && ticks < end : ticks >= start || ticks < end
  }

  private enum Ordinal { case first, second, last }

  /// The day number of a Sunday of a month.
  private func sunday(_ ordinal: Ordinal, _ month: Int, _ year: Int) -> Int {
    let first = DateTime.dayNumber(year: year, month: month, day: 1)
    // Day 0 was a Monday.
    let firstSunday = first &+ (13 &- first % 7) % 7
    switch ordinal {
    case .first: return firstSunday
    case .second: return firstSunday &+ 7
    case .last:
      let lastDay = first &+ DateTime.days(inMonth: month, of: year) &- 1
      return lastDay &- (lastDay &- firstSunday) % 7
    }
  }
}
