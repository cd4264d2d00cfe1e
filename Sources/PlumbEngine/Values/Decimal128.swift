/// KQL's `decimal`: a number of up to 34 decimal digits with a power of ten, in 16 bytes.
///
/// A value has only one form: the coefficient has no trailing zeros, and zero is all bits clear. So equal
/// values have equal bytes, and hashing and grouping may read the bytes.
public struct Decimal128: BitwiseCopyable, Hashable, Sendable {
  // Bit 63 is the sign; bits 49 to 62 the exponent plus `bias`, 0 for zero; then the coefficient's high bits.
  public let high: UInt64
  public let low: UInt64

  static let bias = 8192
  static let digitLimit = 34
  /// The smallest exponent of a unit, and the largest exponent in scientific form; those of IEEE 754's decimal128.
  static let leastExponent = -6176
  static let greatestScientific = 6144

  public static let zero = Decimal128(high: 0, low: 0)
  public static let one = Decimal128(1)

  /// Accepts bits that this type made; others must pass the check of `init?(high:low:)`.
  @inlinable init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Accepts bits from elsewhere, such as a file; nil unless they are a decimal in its canonical form.
  public init?(checkingHigh high: UInt64, low: UInt64) {
    let candidate = Decimal128(high: high, low: low)
    if high | low != 0 {
      guard candidate.coefficient != 0, candidate.coefficient < WideInteger.powersOfTen[Decimal128.digitLimit],
        let canonical = Decimal128.rounding(
          WideInteger(candidate.coefficient), exponent: candidate.exponent, isNegative: candidate.isNegative),
        canonical == candidate
      else { return nil }
    }
    self = candidate
  }

  public init(_ value: Int64) {
    self = Decimal128.rounding(
      WideInteger(UInt128(value.magnitude)), exponent: 0, isNegative: value < 0) ?? .zero
  }

  /// The decimal that the shortest text of `real` represents; nil if it is not finite or too large.
  public init?(real: Double) {
    guard real.isFinite else { return nil }
    var text = ByteBuffer(capacity: 24)
    NumberText.print(real, to: &text)
    guard let decimal = text.withBytes({ Decimal128.parse($0) }) else { return nil }
    self = decimal
  }

  public var isNegative: Bool { high &>> 63 == 1 }
  public var isZero: Bool { high | low == 0 }

  var coefficient: UInt128 { UInt128(high & 0x0001_FFFF_FFFF_FFFF) &<< 64 | UInt128(low) }
  var exponent: Int { isZero ? 0 : Int(high &>> 49 & 0x3FFF) &- Decimal128.bias }

  public var negated: Decimal128 { isZero ? self : Decimal128(high: high ^ 1 &<< 63, low: low) }
  public var magnitude: Decimal128 { Decimal128(high: high & ~(1 &<< 63), low: low) }

  /// -1, 0 or 1.
  public var signum: Int { isZero ? 0 : isNegative ? -1 : 1 }

  /// Rounds half to even to 34 digits and strips zeros; nil if the result is too large. `sticky` says
  /// that the true value is a little beyond `wide`.
  static func rounding(
    _ wide: WideInteger, exponent: Int, isNegative: Bool, sticky: Bool = false
  ) -> Decimal128? {
    var exponent = exponent
    var excess = wide.digitCount &- digitLimit
    // Below the smallest exponent digits are dropped as well.
    excess = Swift.max(excess, leastExponent &- exponent)
    var coefficient: UInt128
    if excess > 0 {
      if excess > wide.digitCount { return .zero }
      var (quotient, remainder) = wide.dividedByPowerOfTen(excess)
      exponent &+= excess
      let order = remainder.compared(toHalfPowerOfTen: excess)
      if order > 0 || (order == 0 && (sticky || quotient.low & 1 == 1)) { quotient = quotient.adding(1) }
      remainder = WideInteger(0)
      coefficient = quotient.low
    } else {
      coefficient = wide.low
    }
    if coefficient == 0 { return .zero }
    (coefficient, exponent) = strippingZeros(coefficient, exponent)
    guard digitCount(coefficient) &+ exponent &- 1 <= greatestScientific else { return nil }
    let biased = UInt64(exponent &+ bias)
    return Decimal128(
      high: (isNegative ? 1 &<< 63 : 0) | biased &<< 49 | UInt64(truncatingIfNeeded: coefficient &>> 64),
      low: UInt64(truncatingIfNeeded: coefficient))
  }

  private static func strippingZeros(_ coefficient: UInt128, _ exponent: Int) -> (UInt128, Int) {
    var coefficient = coefficient
    var exponent = exponent
    while coefficient > UInt128(UInt64.max) {
      let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: 10)
      if remainder != 0 { return (coefficient, exponent) }
      coefficient = quotient
      exponent &+= 1
    }
    var small = UInt64(truncatingIfNeeded: coefficient)
    while small % 10 == 0 {
      small /= 10
      exponent &+= 1
    }
    return (UInt128(small), exponent)
  }

  static func digitCount(_ value: UInt128) -> Int {
    var low = 0
    var high = 39
    while low < high {
      let middle = (low &+ high) / 2
      if value >= WideInteger.powersOfTen[middle] { low = middle &+ 1 } else { high = middle }
    }
    return low
  }
}

/// A natural number of 256 bits, for intermediate results of decimal arithmetic before rounding.
struct WideInteger: Equatable {
  var high: UInt128
  var low: UInt128

  /// 10^0 to 10^38, all that fit in 128 bits.
  static let powersOfTen: [UInt128] = {
    var powers: [UInt128] = [1]
    for i in 0..<38 { powers.append(powers[i] * 10) }
    return powers
  }()

  init(_ value: UInt128) {
    high = 0
    low = value
  }

  init(product lhs: UInt128, _ rhs: UInt128) { (high, low) = lhs.multipliedFullWidth(by: rhs) }

  init(high: UInt128, low: UInt128) {
    self.high = high
    self.low = low
  }

  /// `value` times ten to the power of `places`, at most 76.
  init(_ value: UInt128, timesTenTo places: Int) {
    let first = Swift.min(places, 38)
    self.init(product: value, WideInteger.powersOfTen[first])
    if places > first {
      let power = WideInteger.powersOfTen[places &- first]
      let upper = high &* power
      self.init(product: low, power)
      high &+= upper
    }
  }

  var digitCount: Int {
    if high == 0 { return Decimal128.digitCount(low) }
    // Dividing by 10^38 leaves a number that fits in 128 bits, for all below 10^76.
    return 38 &+ Decimal128.digitCount(dividedByPowerOfTen(38).quotient.low)
  }

  func adding(_ other: UInt128) -> WideInteger { adding(WideInteger(other)) }

  func adding(_ other: WideInteger) -> WideInteger {
    let (sum, carry) = low.addingReportingOverflow(other.low)
    return WideInteger(high: high &+ other.high &+ (carry ? 1 : 0), low: sum)
  }

  /// `other` is not larger.
  func subtracting(_ other: WideInteger) -> WideInteger {
    let (difference, borrow) = low.subtractingReportingOverflow(other.low)
    return WideInteger(high: high &- other.high &- (borrow ? 1 : 0), low: difference)
  }

  func isLess(than other: WideInteger) -> Bool { high == other.high ? low < other.low : high < other.high }

  /// The divisor is not zero.
  func divided(by divisor: UInt128) -> (quotient: WideInteger, remainder: UInt128) {
    let (upper, carried) = high.quotientAndRemainder(dividingBy: divisor)
    if carried == 0 {
      let (quotient, remainder) = low.quotientAndRemainder(dividingBy: divisor)
      return (WideInteger(high: upper, low: quotient), remainder)
    }
    let (quotient, remainder) = divisor.dividingFullWidth((carried, low))
    return (WideInteger(high: upper, low: quotient), remainder)
  }

  /// Divides by ten to the power of `places`, at most 76.
  func dividedByPowerOfTen(_ places: Int) -> (quotient: WideInteger, remainder: WideInteger) {
    if places <= 38 {
      let (quotient, remainder) = divided(by: WideInteger.powersOfTen[places])
      return (quotient, WideInteger(remainder))
    }
    let (first, low) = divided(by: WideInteger.powersOfTen[38])
    let (quotient, upper) = first.divided(by: WideInteger.powersOfTen[Swift.min(places &- 38, 38)])
    return (quotient, WideInteger(upper, timesTenTo: 38).adding(low))
  }

  /// -1, 0 or 1 if the number is below, equal to or above half of ten to the power of `places`.
  func compared(toHalfPowerOfTen places: Int) -> Int {
    let half = WideInteger(5, timesTenTo: Swift.min(places, 76) &- 1)
    return self == half ? 0 : isLess(than: half) ? -1 : 1
  }
}
