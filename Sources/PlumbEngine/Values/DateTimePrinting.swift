extension DateTime {
  /// Appends `2024-01-02T03:04:05.0000000Z`, always with seven digits of fraction.
  package static func print(_ ticks: Int64, to out: inout ByteBuffer) {
    let civil = civil(ticks)
    out.append(atMost: 28) { place in
      @inline(__always) func two(_ value: Int, _ at: Int, _ after: UInt8) {
        place[at] = 0x30 &+ UInt8(truncatingIfNeeded: value / 10)
        place[at &+ 1] = 0x30 &+ UInt8(truncatingIfNeeded: value % 10)
        place[at &+ 2] = after
      }
      two(civil.year / 100, 0, 0)
      two(civil.year % 100, 2, 0x2D)
      two(civil.month, 5, 0x2D)
      two(civil.day, 8, 0x54)
      two(civil.hour, 11, 0x3A)
      two(civil.minute, 14, 0x3A)
      two(civil.second, 17, 0x2E)
      two(civil.fraction / 100_000, 20, 0)
      two(civil.fraction / 1000 % 100, 22, 0)
      two(civil.fraction / 10 % 100, 24, 0)
      place[26] = 0x30 &+ UInt8(truncatingIfNeeded: civil.fraction % 10)
      place[27] = UInt8(ascii: "Z")
      return 28
    }
  }

  /// Appends the shortest form, for people: `2024-01-02 03:04:05.12`, and `2024-01-02` at midnight
  /// if `dateAlone` is set.
  package static func printShort(_ ticks: Int64, dateAlone: Bool = false, to out: inout ByteBuffer) {
    if dateAlone && ticks % TimeSpan.day == 0 {
      printDate(civil(ticks), to: &out)
      return
    }
    print(ticks, separator: 0x20, to: &out)
    printFraction(UInt64(Swift.max(ticks, 0) % TimeSpan.second), to: &out)
  }

  package static func text(_ ticks: Int64) -> String {
    var out = ByteBuffer(capacity: 28)
    print(ticks, to: &out)
    return out.string
  }

  /// Appends `.12` for 1_200_000 ticks, and nothing for zero.
  static func printFraction(_ ticks: UInt64, to out: inout ByteBuffer) {
    if ticks == 0 { return }
    var rest = ticks
    var width = 7
    while rest % 10 == 0 {
      rest /= 10
      width &-= 1
    }
    out.append(.fullStop)
    out.append(decimal: rest, width: width)
  }

  private static func printDate(_ civil: Civil, to out: inout ByteBuffer) {
    out.appendTwoDigits(civil.year / 100)
    out.appendTwoDigits(civil.year % 100)
    out.append(.minus)
    out.appendTwoDigits(civil.month)
    out.append(.minus)
    out.appendTwoDigits(civil.day)
  }

  private static func print(_ ticks: Int64, separator: UInt8, to out: inout ByteBuffer) {
    let civil = civil(ticks)
    printDate(civil, to: &out)
    out.append(separator)
    out.appendTwoDigits(civil.hour)
    out.append(.colon)
    out.appendTwoDigits(civil.minute)
    out.append(.colon)
    out.appendTwoDigits(civil.second)
  }
}

extension DateTime {
  /// Appends `ticks` as `format_datetime` writes it; false, and nothing appended, if `format` contains
  /// anything but specifiers and delimiters.
  package static func format(_ ticks: Int64, _ format: Bytes, to out: inout ByteBuffer) -> Bool {
    let start = out.count
    let civil = civil(ticks)
    var i = 0
    while i < format.count {
      let letter = format[i]
      var width = 1
      while i &+ width < format.count && format[i &+ width] == letter { width &+= 1 }
      i &+= width
      var isKnown = true
      switch (letter, width) {
      case (0x79, 1): out.append(decimal: UInt64(civil.year % 100))
      case (0x79, 2): out.appendTwoDigits(civil.year % 100)
      case (0x79, 4): out.append(decimal: UInt64(civil.year), width: 4)
      case (0x4D, 1...2): out.append(decimal: UInt64(civil.month), width: width)
      case (0x64, 1...2): out.append(decimal: UInt64(civil.day), width: width)
      case (0x48, 1...2): out.append(decimal: UInt64(civil.hour), width: width)
      case (0x68, 1...2): out.append(decimal: UInt64((civil.hour &+ 11) % 12 &+ 1), width: width)
      case (0x6D, 1...2): out.append(decimal: UInt64(civil.minute), width: width)
      case (0x73, 1...2): out.append(decimal: UInt64(civil.second), width: width)
      case (0x66, 1...7), (0x46, 1...7):
        formatFraction(UInt64(civil.fraction), width: width, trims: letter == UInt8(ascii: "F"), to: &out)
      case (0x74, 2): out.append(civil.hour < 12 ? "AM" as StaticString : "PM")
      default: isKnown = appendDelimiter(letter, width, to: &out)
      }
      if !isKnown {
        out.truncate(to: start)
        return false
      }
    }
    return true
  }

  /// Appends the first `width` digits of a fraction of seven, without trailing zeros if `trims`.
  static func formatFraction(_ ticks: UInt64, width: Int, trims: Bool, to out: inout ByteBuffer) {
    var rest = ticks
    var width = width
    for _ in width..<7 { rest /= 10 }
    if trims {
      if rest == 0 { return }
      while rest % 10 == 0 {
        rest /= 10
        width &-= 1
      }
    }
    out.append(decimal: rest, width: width)
  }

  /// Whether `byte` is allowed between the specifiers of a format; if so, appends it.
  static func appendDelimiter(_ byte: UInt8, _ times: Int, to out: inout ByteBuffer) -> Bool {
    switch byte {
    case .space, .slash, .minus, .colon, .comma, .fullStop, .underscore, .openBracket, .closeBracket:
      for _ in 0..<times { out.append(byte) }
      return true
    default:
      return false
    }
  }
}
