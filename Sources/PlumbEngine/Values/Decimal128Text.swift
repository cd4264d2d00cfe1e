extension Decimal128 {
  /// Parses `[+-]digits[.digits][e[+-]digits]`, rounded half to even to 34 digits; nil for anything else
  /// and for numbers that are too large.
  package static func parse(_ text: Bytes) -> Decimal128? {
    guard let first = text.first else { return nil }
    let isNegative = first == .minus
    var at = isNegative || first == .plus ? 1 : 0
    var coefficient: UInt128 = 0
    var significant = 0
    var exponent = 0
    var digits = 0
    var sticky = false
    var hasPoint = false
    while at < text.count {
      let byte = text[at]
      if byte == .fullStop && !hasPoint {
        hasPoint = true
      } else if byte.isDigit {
        digits &+= 1
        if significant < 37 {
          coefficient = coefficient &* 10 &+ UInt128(byte &- 0x30)
          if coefficient != 0 { significant &+= 1 }
          if hasPoint { exponent &-= 1 }
        } else {
          if byte != .digitZero { sticky = true }
          if !hasPoint { exponent &+= 1 }
        }
      } else {
        break
      }
      at &+= 1
    }
    if digits == 0 { return nil }
    if at < text.count {
      guard text[at] | 0x20 == UInt8(ascii: "e"), at &+ 1 < text.count,
        let written = NumberText.parseInt64(text.part(from: at &+ 1))
      else { return nil }
      exponent &+= Int(Swift.min(Swift.max(written, -1_000_000), 1_000_000))
    }
    if coefficient == 0 { return .zero }
    return rounding(WideInteger(coefficient), exponent: exponent, isNegative: isNegative, sticky: sticky)
  }

  package static func parse(_ text: String) -> Decimal128? { text.withUTF8Bytes { parse($0) } }

  /// Appends the number in plain notation, or with `E` if that would need more than 40 zeros.
  package func print(to out: inout ByteBuffer) {
    if isZero {
      out.append(.digitZero)
      return
    }
    let digits = digitBytes
    let scale = digits.count &+ exponent
    if exponent > 40 || scale < -40 {
      printScientific(to: &out)
      return
    }
    if isNegative { out.append(.minus) }
    if scale <= 0 {
      out.append("0." as StaticString)
      for _ in scale..<0 { out.append(.digitZero) }
      out.append(digits)
      return
    }
    for i in 0..<Swift.max(scale, digits.count) {
      if i == scale { out.append(.fullStop) }
      out.append(i < digits.count ? digits[i] : 0x30)
    }
  }

  package var text: String {
    var out = ByteBuffer(capacity: 40)
    print(to: &out)
    return out.string
  }

  func printScientific(to out: inout ByteBuffer) {
    let digits = digitBytes
    if isNegative { out.append(.minus) }
    out.append(digits[0])
    if digits.count > 1 {
      out.append(.fullStop)
      for digit in digits.dropFirst() { out.append(digit) }
    }
    let power = digits.count &+ exponent &- 1
    out.append(UInt8(ascii: "E"))
    out.append(power < 0 ? 0x2D : 0x2B)
    out.append(decimal: UInt64(power.magnitude), width: 2)
  }

  /// The coefficient's digits.
  private var digitBytes: [UInt8] {
    var out = ByteBuffer(capacity: 34)
    let split = WideInteger.powersOfTen[19]
    let (upper, lower) = coefficient.quotientAndRemainder(dividingBy: split)
    if upper > 0 {
      out.append(decimal: UInt64(truncatingIfNeeded: upper))
      out.append(decimal: UInt64(truncatingIfNeeded: lower), width: 19)
    } else {
      out.append(decimal: UInt64(truncatingIfNeeded: lower))
    }
    return out.bytes
  }
}
