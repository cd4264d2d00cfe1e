import Glibc

/// KQL's `timespan`: an `Int64` of ticks of 100 ns.
package enum TimeSpan {
  package static let microsecond: Int64 = 10
  package static let millisecond: Int64 = 10_000
  package static let second: Int64 = 10_000_000
  package static let minute: Int64 = 600_000_000
  package static let hour: Int64 = 36_000_000_000
  package static let day: Int64 = 864_000_000_000

  /// Appends `[-][d.]hh:mm:ss[.fffffff]`; the fraction has seven digits, or is absent if it is zero.
  package static func print(_ ticks: Int64, to out: inout ByteBuffer) {
    let rest = ticks.magnitude
    if ticks < 0 { out.append(.minus) }
    let days = rest / UInt64(day)
    if days > 0 {
      out.append(decimal: days)
      out.append(.fullStop)
    }
    let seconds = Int(rest % UInt64(day) / UInt64(second))
    out.appendTwoDigits(seconds / 3600)
    out.append(.colon)
    out.appendTwoDigits(seconds / 60 % 60)
    out.append(.colon)
    out.appendTwoDigits(seconds % 60)
    let fraction = rest % UInt64(second)
    if fraction != 0 {
      out.append(.fullStop)
      out.append(decimal: fraction, width: 7)
    }
  }

  package static func text(_ ticks: Int64) -> String {
    var out = ByteBuffer(capacity: 26)
    print(ticks, to: &out)
    return out.string
  }

  /// Appends the span as `format_timespan` writes it; false, and nothing appended, if `format` contains
  /// anything but specifiers and delimiters.
  package static func format(_ ticks: Int64, _ format: Bytes, to out: inout ByteBuffer) -> Bool {
    let start = out.count
    let rest = ticks.magnitude
    if ticks < 0 { out.append(.minus) }
    let seconds = rest % UInt64(day) / UInt64(second)
    var i = 0
    while i < format.count {
      let letter = format[i]
      var width = 1
      while i &+ width < format.count && format[i &+ width] == letter { width &+= 1 }
      i &+= width
      var isKnown = true
      switch (letter, width) {
      case (0x64, 1...8): out.append(decimal: rest / UInt64(day), width: width)
      case (0x48, 1...2), (0x68, 1...2): out.append(decimal: seconds / 3600, width: width)
      case (0x6D, 1...2): out.append(decimal: seconds / 60 % 60, width: width)
      case (0x73, 1...2): out.append(decimal: seconds % 60, width: width)
      case (0x66, 1...7), (0x46, 1...7):
        DateTime.formatFraction(rest % UInt64(second), width: width, trims: letter == UInt8(ascii: "F"), to: &out)
      default: isKnown = DateTime.appendDelimiter(letter, width, to: &out)
      }
      if !isKnown {
        out.truncate(to: start)
        return false
      }
    }
    return true
  }
}

extension TimeSpan {
  /// Parses `[-][d.]hh:mm[:ss[.fffffff]]`, a number with a unit such as `2.5h` or `15 seconds`, or a plain
  /// number of days.
  package static func parse(_ text: Bytes) -> Int64? {
    let text = text.trimmed
    if text.isEmpty { return nil }
    return text.contains(0x3A) ? parseClock(text) : parseCount(text)
  }

  package static func parse(_ text: String) -> Int64? { text.withUTF8Bytes { parse($0) } }

  /// Ticks in a unit that may follow a number, such as `d`, `min` or `microseconds`.
  package static func ticks(inUnit name: Bytes) -> Int64? {
    let units: [(StaticString, Int64)] = [
      ("d", day), ("day", day), ("days", day), ("h", hour), ("hr", hour), ("hrs", hour), ("hour", hour),
      ("hours", hour), ("m", minute), ("min", minute), ("minute", minute), ("minutes", minute),
      ("s", second), ("sec", second), ("second", second), ("seconds", second), ("ms", millisecond),
      ("milli", millisecond), ("millis", millisecond), ("millisec", millisecond),
      ("millisecond", millisecond), ("milliseconds", millisecond), ("micro", microsecond),
      ("micros", microsecond), ("microsec", microsecond), ("microsecond", microsecond),
      ("microseconds", microsecond), ("tick", 1), ("ticks", 1),
    ]
    return units.first { name.equalsIgnoringCase($0.0) }?.1
  }

  private static func parseCount(_ text: Bytes) -> Int64? {
    var end = text.count
    while end > 0 && text[end &- 1].isASCIILetter { end &-= 1 }
    let unit: Int64
    if end == text.count {
      unit = day
    } else {
      guard let named = ticks(inUnit: text.part(from: end)) else { return nil }
      unit = named
    }
    let number = text.part(from: 0, to: end).trimmed
    if let whole = NumberText.parseInt64(number) {
      let (ticks, overflow) = whole.multipliedReportingOverflow(by: unit)
      return overflow ? nil : ticks
    }
    guard let real = NumberText.parseDouble(number) else { return nil }
    return fromReal(real, unit: unit)
  }

  /// `count` units of `unit` ticks, rounded to whole ticks; nil if that does not fit a timespan.
  package static func fromReal(_ count: Double, unit: Int64) -> Int64? {
    Int64(exactly: (count * Double(unit)).rounded(.toNearestOrAwayFromZero))
  }

  private static func parseClock(_ text: Bytes) -> Int64? {
    var at = 0
    let isNegative = text[0] == .minus
    if isNegative || text[0] == .plus { at = 1 }
    var fields: (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
    var count = 0
    var hasDays = false
    var fraction: Int64 = 0

    func number() -> Int64? {
      var value: Int64 = 0
      let start = at
      while at < text.count && text[at].isDigit {
        if at &- start >= 9 { return nil }
        value = value &* 10 &+ Int64(text[at] &- 0x30)
        at &+= 1
      }
      return at > start ? value : nil
    }
    while true {
      guard let value = number() else { return nil }
      switch count {
      case 0: fields.0 = value
      case 1: fields.1 = value
      case 2: fields.2 = value
      case 3: fields.3 = value
      default: return nil
      }
      count &+= 1
      guard at < text.count else { break }
      if text[at] == .fullStop && count == 1 {
        hasDays = true
        at &+= 1
      } else if text[at] == .colon {
        at &+= 1
      } else if text[at] == .fullStop && count >= 3 {
        at &+= 1
        var digits = 0
        while at < text.count && text[at].isDigit {
          if digits < 7 { fraction = fraction &* 10 &+ Int64(text[at] &- 0x30) }
          digits &+= 1
          at &+= 1
        }
        guard digits > 0, at == text.count else { return nil }
        while digits < 7 {
          fraction &*= 10
          digits &+= 1
        }
        break
      } else {
        return nil
      }
    }
    // Four fields are days and a clock; fewer are a clock, unless a point separated the days.
    if !hasDays && count < 4 { fields = (0, fields.0, fields.1, fields.2) }
    if hasDays && count < 3 { return nil }
    guard fields.1 < 24, fields.2 < 60, fields.3 < 60 else { return nil }
    let seconds = ((fields.0 &* 24 &+ fields.1) &* 60 &+ fields.2) &* 60 &+ fields.3
    let (ticks, overflow) = seconds.multipliedReportingOverflow(by: second)
    let (sum, tooMuch) = ticks.addingReportingOverflow(fraction)
    guard !overflow, !tooMuch else {
      // The most negative span has no positive counterpart.
      let (negative, low) = (0 &- seconds).multipliedReportingOverflow(by: second)
      let (total, lower) = negative.subtractingReportingOverflow(fraction)
      return isNegative && !low && !lower ? total : nil
    }
    return isNegative ? 0 &- sum : sum
  }
}
