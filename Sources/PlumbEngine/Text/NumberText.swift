/// Numbers as text: parsing that detects every overflow, and printing of the shortest text that parses back.
package enum NumberText {
  /// Reads an optional sign and decimal digits, nothing else.
  package static func parseInt64(_ text: Bytes) -> Int64? {
    guard let first = text.first else { return nil }
    let isNegative = first == .minus
    var at = isNegative || first == .plus ? 1 : 0
    guard at < text.count else { return nil }
    if text.count &- at <= 18 {
      // Eighteen digits cannot overflow.
      var value: Int64 = 0
      while at < text.count {
        let digit = text[at] &- 0x30
        if digit > 9 { return nil }
        value = value &* 10 &+ Int64(digit)
        at &+= 1
      }
      return isNegative ? 0 &- value : value
    }
    var value: Int64 = 0
    while at < text.count {
      let digit = text[at] &- 0x30
      if digit > 9 { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = isNegative
        ? product.subtractingReportingOverflow(Int64(digit)) : product.addingReportingOverflow(Int64(digit))
      if overflow || carry { return nil }
      value = sum
      at &+= 1
    }
    return value
  }

  /// Reads `0x` and up to sixteen hexadecimal digits, with an optional minus.
  package static func parseHexadecimal(_ text: Bytes) -> Int64? {
    let isNegative = text.first == .minus
    let digits = text.part(from: isNegative ? 1 : 0)
    guard digits.count >= 3, digits.count <= 18, digits[0] == .digitZero, digits[1] | 0x20 == UInt8(ascii: "x") else { return nil }
    var bits: UInt64 = 0
    for byte in digits.part(from: 2) {
      guard let value = byte.hexValue else { return nil }
      bits = bits &<< 4 | UInt64(value)
    }
    return isNegative ? 0 &- Int64(bitPattern: bits) : Int64(bitPattern: bits)
  }

  /// Reads a decimal or scientific number, correctly rounded, or `NaN`, `Infinity`, `inf` and their negatives.
  // The exact fast path is Clinger's (1990): a mantissa below 2^53 and a power of ten below 10^23 are both
  // exact doubles, so one rounded operation gives the nearest result.
  package static func parseDouble(_ text: Bytes) -> Double? {
    guard let first = text.first else { return nil }
    let isNegative = first == .minus
    var at = isNegative || first == .plus ? 1 : 0
    guard at < text.count else { return nil }
    if text[at].isASCIILetter { return parseNamed(text.part(from: at), isNegative: isNegative) }

    var mantissa: UInt64 = 0
    var significant = 0
    var digits = 0
    var exponent = 0
    var isExact = true
    func take(_ byte: UInt8) {
      digits &+= 1
      if significant < 19 {
        mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
        if mantissa != 0 { significant &+= 1 }
      } else {
        isExact = false
      }
    }
    while at < text.count && text[at].isDigit {
      take(text[at])
      at &+= 1
    }
    if at < text.count && text[at] == .fullStop {
      at &+= 1
      while at < text.count && text[at].isDigit {
        if significant < 19 { exponent &-= 1 }
        take(text[at])
        at &+= 1
      }
    }
    if digits == 0 { return nil }
    if at < text.count {
      guard text[at] | 0x20 == UInt8(ascii: "e") else { return nil }
      at &+= 1
      guard at < text.count else { return nil }
      let isDown = text[at] == .minus
      if isDown || text[at] == .plus { at &+= 1 }
      guard at < text.count else { return nil }
      var written = 0
      while at < text.count {
        guard text[at].isDigit else { return nil }
        written = Swift.min(written &* 10 &+ Int(text[at] &- 0x30), 100_000)
        at &+= 1
      }
      exponent &+= isDown ? 0 &- written : written
    }
    if isExact && mantissa <= 1 &<< 53 && exponent >= -22 && exponent <= 22 {
      let value = exponent < 0
        ? Double(mantissa) / powersOfTen[0 &- exponent] : Double(mantissa) * powersOfTen[exponent]
      return isNegative ? -value : value
    }
    if mantissa == 0 { return isNegative ? -0.0 : 0 }
    return Double(String(text))
  }

  private static func parseNamed(_ name: Bytes, isNegative: Bool) -> Double? {
    if name.equalsIgnoringCase("nan") { return .nan }
    guard name.equalsIgnoringCase("infinity") || name.equalsIgnoringCase("inf") else { return nil }
    return isNegative ? -.infinity : .infinity
  }

  /// Powers that a double represents exactly.
  static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ]
}

extension NumberText {
  /// How a whole real is printed: `1` in text, `1.0` in JSON.
  package enum RealStyle: Sendable { case text, json }

  /// Appends the shortest digits that parse back as `value`: in plain notation from 0.0001 up to 1E+15, else with `E`.
  /// `NaN`, `Infinity` and `-Infinity` are names; in JSON they are quoted.
  package static func print(_ value: Double, style: RealStyle = .text, to out: inout ByteBuffer) {
    guard value.isFinite else {
      if style == .json { out.append(.quote) }
      out.append(value.isNaN ? "NaN" as StaticString : value < 0 ? "-Infinity" : "Infinity")
      if style == .json { out.append(.quote) }
      return
    }
    if value.magnitude < 1e15 {
      let whole = value.rounded(.towardZero)
      if whole == value {
        if value.sign == .minus && value == 0 { out.append(.minus) }
        out.append(decimal: Int64(value))
        if style == .json { out.append(".0" as StaticString) }
        return
      }
      // At most fifteen digits identify one double only, so the first that divides back is the shortest.
      if value.magnitude < 1e9 && value.magnitude >= 1e-4 {
        for places in 1...5 {
          let scaled = (value * powersOfTen[places]).rounded()
          if scaled / powersOfTen[places] == value {
            printScaled(Int64(scaled), places: places, to: &out)
            return
          }
        }
      }
    }
    printDigits(value, to: &out)
  }

  package static func text(_ value: Double, style: RealStyle = .text) -> String {
    var out = ByteBuffer(capacity: 24)
    print(value, style: style, to: &out)
    return out.string
  }

  private static func printScaled(_ scaled: Int64, places: Int, to out: inout ByteBuffer) {
    if scaled < 0 { out.append(.minus) }
    var unit: UInt64 = 1
    for _ in 0..<places { unit &*= 10 }
    let (whole, fraction) = scaled.magnitude.quotientAndRemainder(dividingBy: unit)
    out.append(decimal: whole)
    out.append(.fullStop)
    out.append(decimal: fraction, width: places)
  }

  /// Lays out the digits that `description` finds shortest.
  private static func printDigits(_ value: Double, to out: inout ByteBuffer) {
    var digits: [UInt8] = []
    digits.reserveCapacity(20)
    var pointAt: Int?
    var exponent = 0
    let text = value.magnitude.description
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      if byte.isDigit {
        digits.append(byte)
      } else if byte == .fullStop {
        pointAt = digits.count
      } else {
        var rest: [UInt8] = []
        while let next = bytes.next() { rest.append(next) }
        exponent = Int(rest.withUnsafeBufferPointer { parseInt64($0) } ?? 0)
      }
    }
    // The value is 0.digits times ten to the power of `scale`.
    var scale = (pointAt ?? digits.count) &+ exponent
    while digits.count > 1, digits.last == .digitZero { digits.removeLast() }
    let leadingZeros = digits.prefix { $0 == .digitZero }.count
    digits.removeFirst(Swift.min(leadingZeros, digits.count &- 1))
    scale &-= leadingZeros

    if value < 0 { out.append(.minus) }
    if scale >= -3 && scale <= 15 {
      if scale <= 0 {
        out.append("0." as StaticString)
        for _ in scale..<0 { out.append(.digitZero) }
        out.append(digits)
      } else {
        for i in 0..<Swift.max(scale, digits.count) {
          if i == scale { out.append(.fullStop) }
          out.append(i < digits.count ? digits[i] : 0x30)
        }
      }
      return
    }
    out.append(digits[0])
    if digits.count > 1 {
      out.append(.fullStop)
      for digit in digits.dropFirst() { out.append(digit) }
    }
    out.append(UInt8(ascii: "E"))
    let power = scale &- 1
    out.append(power < 0 ? 0x2D : 0x2B)
    out.append(decimal: UInt64(power.magnitude), width: 2)
  }

  /// A number with commas between thousands, `-1,234,567`.
  package static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = number < 0 ? "-" : ""
    for (i, digit) in digits.enumerated() {
      if i > 0 && (digits.count - i) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }
}

/// Returns a count with its noun in the singular or plural: `1 row`, `1,204 rows`, `2 retries`.
package func counted(_ count: Int, _ noun: String) -> String {
  if count == 1 { return "1 \(noun)" }
  let plural = noun.hasSuffix("ry") ? noun.dropLast() + "ies" : noun + "s"
  return "\(NumberText.grouped(count)) \(plural)"
}
