/// Which of the first two numbers of a date such as `1/5/2024` is the month.
package enum DateOrder: Sendable {
  case monthFirst, dayFirst
  /// The month, unless the number is too large for one.
  case either
}

extension DateTime {
  /// Parses a moment in any of the forms of ISO 8601, RFC 822 and RFC 850 that KQL accepts, or as tools write them:
  /// `M/d/yyyy[, h:mm[:ss[.f]] [AM|PM]]`, `dd.MM.yyyy HH:mm`, `yyyyMMddTHHmmssZ`, `Jan 5, 2024 10:00 AM`,
  /// `Fri Jan 5 10:00:00 2024` and `05/Jan/2024:10:00:00 +0000`; a time without a zone is UTC.
  ///
  /// - Parameter order: of dates with slashes or dashes that do not start with the year; dots have the day first.
  package static func parse(_ text: Bytes, order: DateOrder = .either) -> Int64? {
    if let ticks = parseCommon(text) { return ticks }
    var reader = Reader(text.trimmed, order)
    guard let first = reader.peek else { return nil }
    if first.isASCIILetter { reader.skipWeekday() }
    guard let parts = reader.date() else { return nil }
    var civil = Civil(
      year: parts.year ?? 0, month: parts.month, day: parts.day, hour: 0, minute: 0, second: 0, fraction: 0)
    var offset: Int64 = 0
    if !reader.isAtEnd {
      guard reader.time(&civil) else { return nil }
      guard let zone = reader.zone() else { return nil }
      offset = zone
    }
    if parts.year == nil {
      // `Fri Jan 5 10:00:00 2024`, as C's `ctime` and `date` print it.
      guard let year = reader.lastYear() else { return nil }
      civil.year = year
    }
    guard reader.isAtEnd, let ticks = ticks(civil) else { return nil }
    return adding(0 &- offset, to: ticks)
  }

  package static func parse(_ text: String) -> Int64? { text.withUTF8Bytes { parse($0) } }

  /// The fast path: `YYYY-MM-DD`, alone or with `T` or a space, `HH:MM:SS`, a fraction and `Z`.
  private static func parseCommon(_ text: Bytes) -> Int64? {
    guard text.count >= 10, let p = text.baseAddress, p[4] == .minus, p[7] == .minus else { return nil }
    var bad: UInt8 = 0
    @inline(__always) func two(_ at: Int) -> Int {
      let tens = p[at] &- 0x30
      let ones = p[at &+ 1] &- 0x30
      bad |= (tens > 9 ? 1 : 0) | (ones > 9 ? 1 : 0)
      return Int(tens) &* 10 &+ Int(ones)
    }
    let year = two(0) &* 100 &+ two(2)
    let month = two(5)
    let day = two(8)
    guard text.count > 10 else { return bad == 0 ? ticks(year: year, month: month, day: day) : nil }
    guard text.count >= 19, p[10] == UInt8(ascii: "T") || p[10] == .space, p[13] == .colon, p[16] == .colon else { return nil }
    let hour = two(11)
    let minute = two(14)
    let second = two(17)
    var at = 19
    var fraction = 0
    if at < text.count && p[at] == .fullStop {
      at &+= 1
      let start = at
      while at < text.count && p[at].isDigit {
        if at &- start < 7 { fraction = fraction &* 10 &+ Int(p[at] &- 0x30) }
        at &+= 1
      }
      if at == start { return nil }
      for _ in 0..<Swift.max(0, 7 &- (at &- start)) { fraction &*= 10 }
    }
    if at < text.count && p[at] == UInt8(ascii: "Z") { at &+= 1 }
    guard at == text.count, bad == 0 else { return nil }
    return ticks(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second, fraction: fraction)
  }

  /// Reads the parts of a date and a time in order.
  private struct Reader {
    let text: Bytes
    let order: DateOrder
    var at = 0

    init(_ text: Bytes, _ order: DateOrder) {
      self.text = text
      self.order = order
    }

    var isAtEnd: Bool { at >= text.count }
    var peek: UInt8? { at < text.count ? text[at] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
      guard peek == byte else { return false }
      at &+= 1
      return true
    }

    /// Skips white space, and the no-break spaces that browsers print before `AM`.
    mutating func skipSpaces() {
      while let byte = peek {
        if byte.isSpace {
          at &+= 1
        } else if byte == 0xC2, at &+ 1 < text.count, text[at &+ 1] == 0xA0 {
          at &+= 2
        } else if byte == 0xE2, at &+ 2 < text.count, text[at &+ 1] == 0x80, text[at &+ 2] == 0xAF {
          at &+= 3
        } else {
          return
        }
      }
    }

    /// A number of at most `limit` digits, and how many there were.
    mutating func number(_ limit: Int) -> (value: Int, digits: Int)? {
      var value = 0
      let start = at
      while let byte = peek, byte.isDigit, at &- start < limit {
        value = value &* 10 &+ Int(byte &- 0x30)
        at &+= 1
      }
      return at > start ? (value, at &- start) : nil
    }

    mutating func word() -> Bytes {
      let start = at
      while let byte = peek, byte.isASCIILetter { at &+= 1 }
      return text.part(from: start, to: at)
    }

    /// Skips `Sat, ` or `Saturday, `.
    mutating func skipWeekday() {
      let start = at
      let name = word()
      let weekdays: [StaticString] = [
        "sun", "mon", "tue", "wed", "thu", "fri", "sat", "sunday", "monday", "tuesday", "wednesday",
        "thursday", "friday", "saturday",
      ]
      guard weekdays.contains(where: { name.equalsIgnoringCase($0) }) else {
        at = start
        return
      }
      _ = take(0x2C)
      skipSpaces()
    }

    mutating func month() -> Int? {
      let name = word()
      let months: [(StaticString, StaticString)] = [
        ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may", "may"),
        ("jun", "june"), ("jul", "july"), ("aug", "august"), ("sep", "september"), ("oct", "october"),
        ("nov", "november"), ("dec", "december"),
      ]
      let index = months.firstIndex {
        name.equalsIgnoringCase($0.0) || name.equalsIgnoringCase($0.1)
      }
      return index.map { $0 + 1 }
    }

    /// The date; its year is nil if it is at the end of the text, after the time.
    mutating func date() -> (year: Int?, month: Int, day: Int)? {
      if peek?.isASCIILetter ?? false { return dateFromName() }
      guard let first = number(4) else { return nil }
      if first.digits == 4 {
        guard take(0x2D) || take(0x2F) || take(0x2E) else {
          // A year alone is its first day.
          if isAtEnd { return (first.value, 1, 1) }
          return compactDate(year: first.value)
        }
        guard let month = number(2) else { return nil }
        guard take(0x2D) || take(0x2F) || take(0x2E) else { return isAtEnd ? (first.value, month.value, 1) : nil }
        guard let day = number(2) else { return nil }
        return (first.value, month.value, day.value)
      }
      guard first.digits <= 2, let separator = peek, [.space, .minus, .fullStop, .slash].contains(separator) else { return nil }
      at &+= 1
      skipSpaces()
      if separator != .space, let second = number(2) {
        guard take(separator), let year = number(4), let full = century(year) else { return nil }
        let isDayFirst = separator == .fullStop || order == .dayFirst || order == .either && first.value > 12
        return isDayFirst ? (full, second.value, first.value) : (full, first.value, second.value)
      }
      guard let month = month(), take(separator) || take(.space) else { return nil }
      skipSpaces()
      guard let year = number(4), let full = century(year) else { return nil }
      return (full, month, first.value)
    }

    /// `0105T…` after the year: the short form of ISO 8601.
    private mutating func compactDate(year: Int) -> (year: Int?, month: Int, day: Int)? {
      guard let rest = number(4), rest.digits == 4, peek == 0x54 else { return nil }
      return (year, rest.value / 100, rest.value % 100)
    }

    /// `Jan 5, 2024`, or `Jan 5` before a time and a year.
    private mutating func dateFromName() -> (year: Int?, month: Int, day: Int)? {
      guard let month = month() else { return nil }
      _ = take(.fullStop)
      skipSpaces()
      guard let day = number(2) else { return nil }
      let afterDay = at
      _ = take(0x2C)
      skipSpaces()
      if let year = number(4), year.digits == 4, peek != .colon { return (year.value, month, day.value) }
      at = afterDay
      return (nil, month, day.value)
    }

    /// The year at the end of the text.
    mutating func lastYear() -> Int? {
      skipSpaces()
      guard let year = number(4), year.digits == 4 else { return nil }
      return year.value
    }

    /// A year of two digits is in 1950...2049.
    func century(_ year: (value: Int, digits: Int)) -> Int? {
      switch year.digits {
      case 4: year.value
      case 2: year.value < 50 ? 2000 + year.value : 1900 + year.value
      default: nil
      }
    }

    mutating func time(_ civil: inout Civil) -> Bool {
      if !take(0x54) && !take(0x74) && !take(0x3A) {
        _ = take(0x2C)
        guard let byte = peek, byte.isSpace || byte > 0x7F else { return peek == UInt8(ascii: "Z") || peek == .plus }
        skipSpaces()
      }
      guard let hour = number(2) else { return false }
      if peek?.isDigit ?? false {
        guard let minute = number(2), let second = number(2) else { return false }
        (civil.hour, civil.minute, civil.second) = (hour.value, minute.value, second.value)
        guard take(0x2E) || take(0x2C) else { return true }
        guard let fraction = fraction() else { return false }
        civil.fraction = fraction
        return true
      }
      guard take(0x3A), let minute = number(2) else { return false }
      civil.hour = hour.value
      civil.minute = minute.value
      if take(0x3A) {
        guard let second = number(2) else { return false }
        civil.second = second.value
        if take(0x2E) || take(0x2C) {
          guard let fraction = fraction() else { return false }
          civil.fraction = fraction
        }
      }
      let beforeMark = at
      skipSpaces()
      let mark = word()
      if mark.equalsIgnoringCase("am") || mark.equalsIgnoringCase("pm") {
        guard civil.hour >= 1, civil.hour <= 12 else { return false }
        civil.hour = civil.hour % 12 &+ (mark.equalsIgnoringCase("pm") ? 12 : 0)
      } else {
        at = beforeMark
      }
      return true
    }

    /// Ticks of a fraction of any length; digits beyond a tick are truncated.
    mutating func fraction() -> Int? {
      let start = at
      var value = 0
      while let byte = peek, byte.isDigit {
        if at &- start < 7 { value = value &* 10 &+ Int(byte &- 0x30) }
        at &+= 1
      }
      guard at > start else { return nil }
      for _ in 0..<Swift.max(0, 7 &- (at &- start)) { value &*= 10 }
      return value
    }

    /// The offset from UTC in ticks; UTC if missing.
    mutating func zone() -> Int64? {
      skipSpaces()
      guard let first = peek, !first.isDigit else { return 0 }
      if first.isASCIILetter {
        let name = word()
        let isUTC = name.equalsIgnoringCase("z") || name.equalsIgnoringCase("gmt")
          || name.equalsIgnoringCase("utc") || name.equalsIgnoringCase("ut")
        return isUTC ? 0 : nil
      }
      let isWest = first == .minus
      guard take(0x2B) || take(0x2D), let hours = number(2) else { return nil }
      var minutes = 0
      if take(0x3A) || (peek?.isDigit ?? false) {
        guard let number = number(2), number.digits == 2 else { return nil }
        minutes = number.value
      }
      guard hours.value <= 14, minutes < 60 else { return nil }
      let offset = Int64(hours.value &* 60 &+ minutes) &* TimeSpan.minute
      return isWest ? 0 &- offset : offset
    }
  }
}
