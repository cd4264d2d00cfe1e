import Glibc

extension Decimal128: Comparable {
  /// -1, 0 or 1.
  @usableFromInline package func compared(to other: Decimal128) -> Int {
    if signum != other.signum { return signum < other.signum ? -1 : 1 }
    if self == other { return 0 }
    let order = magnitudeOrder(other)
    return isNegative ? 0 &- order : order
  }

  @inlinable public static func < (lhs: Decimal128, rhs: Decimal128) -> Bool { lhs.compared(to: rhs) < 0 }

  /// Neither is zero.
  private func magnitudeOrder(_ other: Decimal128) -> Int {
    let digits = Decimal128.digitCount(coefficient)
    let otherDigits = Decimal128.digitCount(other.coefficient)
    let scale = digits &+ exponent
    let otherScale = otherDigits &+ other.exponent
    if scale != otherScale { return scale < otherScale ? -1 : 1 }
    let lhs = coefficient &* WideInteger.powersOfTen[Swift.max(0, otherDigits &- digits)]
    let rhs = other.coefficient &* WideInteger.powersOfTen[Swift.max(0, digits &- otherDigits)]
    return lhs == rhs ? 0 : lhs < rhs ? -1 : 1
  }
}

extension Decimal128 {
  /// The sum, rounded half to even to 34 digits; nil on overflow. So are the other operations.
  package func adding(_ other: Decimal128) -> Decimal128? {
    if isZero { return other }
    if other.isZero { return self }
    let (upper, lower) = exponent >= other.exponent ? (self, other) : (other, self)
    let distance = upper.exponent &- lower.exponent
    let shift = Swift.min(distance, 70 &- Decimal128.digitCount(upper.coefficient))
    let first = WideInteger(upper.coefficient, timesTenTo: shift)
    // Beyond seventy digits the lower number only decides how a tie is resolved.
    let second = shift == distance ? WideInteger(lower.coefficient) : WideInteger(1)
    let exponent = upper.exponent &- shift
    if upper.isNegative == lower.isNegative {
      return Decimal128.rounding(first.adding(second), exponent: exponent, isNegative: upper.isNegative)
    }
    if first.isLess(than: second) {
      return Decimal128.rounding(
        second.subtracting(first), exponent: exponent, isNegative: lower.isNegative)
    }
    return Decimal128.rounding(first.subtracting(second), exponent: exponent, isNegative: upper.isNegative)
  }

  package func subtracting(_ other: Decimal128) -> Decimal128? { adding(other.negated) }

  package func multiplied(by other: Decimal128) -> Decimal128? {
    Decimal128.rounding(
      WideInteger(product: coefficient, other.coefficient), exponent: exponent &+ other.exponent,
      isNegative: isNegative != other.isNegative)
  }

  /// Nil if `other` is zero.
  package func divided(by other: Decimal128) -> Decimal128? {
    if other.isZero { return nil }
    if isZero { return .zero }
    let shift = Swift.max(
      0, 36 &+ Decimal128.digitCount(other.coefficient) &- Decimal128.digitCount(coefficient))
    let (quotient, remainder) = WideInteger(coefficient, timesTenTo: shift).divided(by: other.coefficient)
    return Decimal128.rounding(
      quotient, exponent: exponent &- shift &- other.exponent, isNegative: isNegative != other.isNegative,
      sticky: remainder != 0)
  }

  /// The remainder of a division truncated towards zero, with this number's sign; nil if `other` is zero.
  package func remainder(dividingBy other: Decimal128) -> Decimal128? {
    if other.isZero { return nil }
    if isZero { return .zero }
    if magnitudeOrder(other) < 0 { return self }
    if exponent >= other.exponent {
      // Computes the coefficient times ten to the distance, modulo the divisor's coefficient.
      let divisor = other.coefficient
      var rest = coefficient % divisor
      var distance = exponent &- other.exponent
      while distance > 0 && rest != 0 {
        let step = Swift.min(distance, 38)
        rest = WideInteger(product: rest, WideInteger.powersOfTen[step]).divided(by: divisor).remainder
        distance &-= step
      }
      return Decimal128.rounding(WideInteger(rest), exponent: other.exponent, isNegative: isNegative)
    }
    let divisor = WideInteger(other.coefficient, timesTenTo: Swift.min(other.exponent &- exponent, 38))
    return Decimal128.rounding(
      WideInteger(coefficient % divisor.low), exponent: exponent, isNegative: isNegative)
  }

  package enum Rounding: Sendable { case down, up, towardZero, halfEven, halfAwayFromZero }

  /// Rounds to `places` digits after the point; before it, if negative.
  package func rounded(_ rule: Rounding, places: Int = 0) -> Decimal128? {
    let excess = 0 &- Swift.min(Swift.max(places, -7000), 7000) &- exponent
    if isZero || excess <= 0 { return self }
    let digits = Decimal128.digitCount(coefficient)
    let (quotient, remainder) = excess > 38
      ? (0, coefficient) : coefficient.quotientAndRemainder(dividingBy: WideInteger.powersOfTen[excess])
    let half = excess > digits ? -1 : WideInteger(remainder).compared(toHalfPowerOfTen: excess)
    let goesUp =
      switch rule {
      case .down: isNegative && remainder != 0
      case .up: !isNegative && remainder != 0
      case .towardZero: false
      case .halfEven: half > 0 || (half == 0 && quotient & 1 == 1)
      case .halfAwayFromZero: half >= 0
      }
    return Decimal128.rounding(
      WideInteger(quotient &+ (goesUp ? 1 : 0)), exponent: exponent &+ excess, isNegative: isNegative)
  }

  /// The largest multiple of `size` that is not above; nil unless `size` is positive.
  package func binned(by size: Decimal128) -> Decimal128? {
    guard size.signum > 0, let rest = remainder(dividingBy: size), let base = subtracting(rest) else { return nil }
    return rest.isNegative ? base.subtracting(size) : base
  }

  /// By repeated squaring for a whole exponent, else through real; nil if the result does not exist.
  package func power(_ other: Decimal128) -> Decimal128? {
    guard let times = other.int64Exactly, times.magnitude <= 100_000 else {
      return Decimal128(real: pow(double, other.double))
    }
    if isZero { return times == 0 ? .one : times > 0 ? .zero : nil }
    var result = Decimal128.one
    var base = self
    var rest = times.magnitude
    while rest > 0 {
      if rest & 1 == 1 {
        guard let product = result.multiplied(by: base) else { return times < 0 ? .zero : nil }
        result = product
      }
      rest &>>= 1
      if rest > 0 {
        guard let square = base.multiplied(by: base) else { return times < 0 ? .zero : nil }
        base = square
      }
    }
    return times < 0 ? Decimal128.one.divided(by: result) : result
  }

  /// Nil for a negative number.
  package var squareRoot: Decimal128? {
    if isNegative { return nil }
    if isZero { return self }
    // Newton's steps double the digits of a start within the range of real, scaled by an even power of ten.
    let shift = (exponent &+ Decimal128.digitCount(coefficient)) / 2
    guard
      let scaled = Decimal128.rounding(
        WideInteger(coefficient), exponent: exponent &- 2 &* shift, isNegative: false),
      var root = Decimal128(real: scaled.double.squareRoot()), let half = Decimal128(real: 0.5)
    else { return nil }
    for _ in 0..<4 {
      guard let quotient = scaled.divided(by: root), let sum = root.adding(quotient),
        let next = sum.multiplied(by: half)
      else { return nil }
      if next == root { break }
      root = next
    }
    return Decimal128.rounding(
      WideInteger(root.coefficient), exponent: root.exponent &+ shift, isNegative: false)
  }

  /// The nearest double.
  package var double: Double {
    if isZero { return 0 }
    let (exponent, coefficient) = (exponent, coefficient)
    if exponent >= -22, exponent <= 22, coefficient <= 1 &<< 53 {
      let whole = Double(UInt64(truncatingIfNeeded: coefficient))
      let value = exponent < 0
        ? whole / NumberText.powersOfTen[0 &- exponent] : whole * NumberText.powersOfTen[exponent]
      return isNegative ? -value : value
    }
    var text = ByteBuffer(capacity: 48)
    printScientific(to: &text)
    return text.withBytes { NumberText.parseDouble($0) } ?? 0
  }

  /// The whole part; nil if it does not fit an `Int64`.
  package var int64: Int64? { rounded(.towardZero)?.int64Exactly }

  /// Nil unless the number is whole and fits.
  package var int64Exactly: Int64? {
    guard exponent >= 0, exponent <= 18 else { return isZero ? 0 : nil }
    let (magnitude, overflow) = coefficient.multipliedReportingOverflow(by: WideInteger.powersOfTen[exponent])
    guard !overflow, magnitude <= 1 &<< 63 else { return nil }
    if isNegative { return Int64(truncatingIfNeeded: 0 &- magnitude) }
    return Int64(exactly: magnitude)
  }
}
