import PlumbDiagnostics

/// Fast readers for the common spellings of numbers and moments; nil sends a field to the full parser.
///
/// All may load up to 16 bytes after the text, so that they require text in blocks with slack.
enum FieldText {
  private static let zeros: UInt64 = 0x3030_3030_3030_3030

  /// The number in the first `digits` (1...8) bytes of `word`; nil unless all are digits.
  // Daniel Lemire, "Quickly parsing eight digits" (2018), for fewer digits after a shift.
  @inline(__always) static func number(_ word: UInt64, digits: Int) -> UInt64? {
    let shift = UInt64(truncatingIfNeeded: (8 &- digits) &* 8)
    let filled = (word &<< shift) | (zeros & ((1 &<< shift) &- 1))
    var t = filled ^ zeros
    if ((t &+ 0x7676_7676_7676_7676) | t) & 0x8080_8080_8080_8080 != 0 { return nil }
    t = t &* 10 &+ (t &>> 8)
    let low = (t & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let high = ((t &>> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (low &+ high) &>> 32
  }

  @inline(__always) static func long(_ p: UnsafePointer<UInt8>, _ n: Int, _ powers: UnsafePointer<UInt64>) -> Int64? {
    let isNegative = p[0] == .minus
    let start = isNegative ? p + 1 : p
    let digits = isNegative ? n &- 1 : n
    if UInt(bitPattern: digits &- 1) >= 16 { return nil }
    let value: UInt64
    if digits <= 8 {
      guard let only = number(load8(start), digits: digits) else { return nil }
      value = only
    } else {
      guard let first = number(load8(start), digits: 8), let rest = number(load8(start + 8), digits: digits &- 8)
      else { return nil }
      value = first &* powers[digits &- 8] &+ rest
    }
    let signed = Int64(truncatingIfNeeded: value)
    return isNegative ? 0 &- signed : signed
  }

  /// Digits with at most one point among them, at most fifteen: a mantissa and a power of ten that are both
  /// exact, so that one division rounds correctly (Clinger, 1990).
  @inline(__always) static func real(_ p: UnsafePointer<UInt8>, _ n: Int, _ powers: UnsafePointer<UInt64>) -> Double? {
    let isNegative = p[0] == .minus
    let start = isNegative ? p + 1 : p
    let length = isNegative ? n &- 1 : n
    if UInt(bitPattern: length &- 1) >= 16 { return nil }
    if length <= 8 {
      let word = load8(start)
      var points = possibleMatches(word, 0x2E2E_2E2E_2E2E_2E2E)
      if length < 8 { points &= (1 &<< UInt64(truncatingIfNeeded: length &* 8)) &- 1 }
      if points == 0 {
        guard let value = number(word, digits: length) else { return nil }
        return isNegative ? -Double(value) : Double(value)
      }
      if length == 1 { return nil }
      let place = points.trailingZeroBitCount &>> 3
      let below = (1 &<< UInt64(truncatingIfNeeded: place &* 8)) &- 1 as UInt64
      let merged = (word & below) | ((word &>> 8) & ~below)
      guard let value = number(merged, digits: length &- 1) else { return nil }
      let magnitude = Double(value) / Double(powers[length &- 1 &- place])
      return isNegative ? -magnitude : magnitude
    }
    var mantissa: UInt64 = 0
    var point = -1
    for i in 0..<length {
      let digit = start[i] &- 0x30
      if digit < 10 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
      } else if start[i] == .fullStop && point < 0 {
        point = i
      } else {
        return nil
      }
    }
    if length == 16 && point < 0 { return nil }
    let places = point < 0 ? 0 : length &- 1 &- point
    let magnitude = Double(mantissa) / Double(powers[places])
    return isNegative ? -magnitude : magnitude
  }

  /// Powers of ten up to 10^16, which a double holds exactly as well.
  ///
  /// - Note: take it before a loop: the first use of a global is checked each time.
  nonisolated(unsafe) static let powers: UnsafePointer<UInt64> = {
    let table = UnsafeMutablePointer<UInt64>.allocate(capacity: 17)
    var power: UInt64 = 1
    for i in 0...16 {
      table[i] = power
      power &*= 10
    }
    return UnsafePointer(table)
  }()

  /// Ticks of `hh:mm:ss[.f][Z]` after a date and `T`, where `n` counts the bytes of the whole moment.
  @inline(__always) static func timeOfDay(_ p: UnsafePointer<UInt8>, _ n: Int, _ powers: UnsafePointer<UInt64>) -> Int64? {
    let t = load8(p + 11) ^ 0x3030_3A30_303A_3030
    if ((t &+ 0x7676_7676_7676_7676) | t) & 0x8080_8080_8080_8080 != 0 || t & 0x0000_FF00_00FF_0000 != 0 { return nil }
    let hour = (t & 0xFF) &* 10 &+ (t &>> 8) & 0xFF
    let minute = (t &>> 24) & 0xFF &* 10 &+ (t &>> 32) & 0xFF
    let second = (t &>> 48) & 0xFF &* 10 &+ (t &>> 56)
    if hour > 23 || minute > 59 || second > 59 { return nil }
    let ticks = ((hour &* 60 &+ minute) &* 60 &+ second) &* 10_000_000
    var length = n
    if p[n &- 1] == UInt8(ascii: "Z") { length &-= 1 }
    if length == 19 { return Int64(truncatingIfNeeded: ticks) }
    let digits = length &- 20
    guard p[19] == .fullStop, digits >= 1, digits <= 7, let fraction = number(load8(p + 20), digits: digits) else { return nil }
    return Int64(truncatingIfNeeded: ticks &+ fraction &* powers[7 &- digits])
  }
}
