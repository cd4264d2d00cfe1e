/// Maps over one column of whole numbers, ticks or reals, for functions that are called for every row.
///
/// - Nulls: the result shares the argument's null mask. `body` also runs on the values in null rows, so it
///   must not trap on any input.
extension Vector {
  /// A vector of other lanes with this one's nulls, count and constancy.
  func replacingLanes(_ type: ScalarType, _ lanes: Buffer) -> Vector {
    Vector(
      type, count: count, data: lanes.base, owner: lanes, nulls: nulls, nullOwner: nullOwner,
      isConstant: isConstant)
  }

  /// The number of stored values.
  var storedCount: Int { isConstant ? Swift.min(count, 1) : count }

  @inline(__always)
  func mapLanes<A: BitwiseCopyable, B: BitwiseCopyable>(
    _: A.Type, to type: ScalarType, _ body: (A) -> B
  ) -> Vector {
    let n = storedCount
    let result = Buffer(of: B.self, count: n)
    let out = result.values(B.self)
    let source = lanes(A.self)
    for i in 0..<n { out[i] = body(source[i]) }
    return replacingLanes(type, result)
  }

  /// The same for a body that returns null for some values.
  @inline(__always)
  func mapLanesOrNull<A: BitwiseCopyable, B: BitwiseCopyable>(
    _: A.Type, to type: ScalarType, _ body: (A) -> B?
  ) -> Vector {
    let n = storedCount
    let result = Buffer.zeros(byteCount: n &* MemoryLayout<B>.stride)
    let out = result.values(B.self)
    let source = lanes(A.self)
    let mask = Buffer.zeros(byteCount: n)
    let missing = mask.values(UInt8.self)
    if let nulls { missing.update(from: nulls, count: n) }
    var any: UInt8 = 0
    for i in 0..<n {
      if let value = body(source[i]) {
        out[i] = value
      } else {
        missing[i] = 1
      }
      any |= missing[i]
    }
    let vector = Vector(
      type, count: count, data: result.base, owner: result, nulls: any == 0 ? nil : UnsafePointer(missing),
      nullOwner: mask, isConstant: isConstant)
    return vector
  }

  /// For datetimes without nulls: whether all are in `range`.
  func allMoments(areIn range: ClosedRange<Int64>) -> Bool {
    switch encoding {
    case .plain: all(Int64.self, in: range)
    case .narrow: all(Int32.self, in: range)
    case .codes8, .codes16, .codes32: false
    }
  }

  @inline(__always)
  private func all<Word: FixedWidthInteger & BitwiseCopyable>(_: Word.Type, in range: ClosedRange<Int64>) -> Bool {
    let moments = lanes(Word.self)
    let low = range.lowerBound, high = range.upperBound
    var start = 0
    while start < count {
      let end = Swift.min(start &+ 256, count)
      // Moments and ranges around them are far from overflowing; a negative difference has the sign bit.
      var signs: Int64 = 0
      for i in start..<end {
        let moment = Int64(truncatingIfNeeded: moments[i])
        signs |= (moment &- low) | (high &- moment)
      }
      if signs < 0 { return false }
      start = end
    }
    return true
  }

  /// For datetimes: `body` of each row's day, counted from 0001-01-01; called once for a run of equal days.
  @inline(__always)
  func mapDays(to type: ScalarType, _ body: (Int) -> Int64) -> Vector {
    var known: Int64 = -1
    var answer: Int64 = 0
    return mapLanes(Int64.self, to: type) { (ticks: Int64) -> Int64 in
      let day = ticks / TimeSpan.day
      if day != known {
        known = day
        answer = body(Int(Swift.min(Swift.max(day, 0), DateTime.max / TimeSpan.day)))
      }
      return answer
    }
  }

  /// The same for a body that returns null for some days.
  @inline(__always)
  func mapDaysOrNull(to type: ScalarType, _ body: (Int) -> Int64?) -> Vector {
    var known: Int64 = -1
    var answer: Int64?
    return mapLanesOrNull(Int64.self, to: type) { (ticks: Int64) -> Int64? in
      let day = ticks / TimeSpan.day
      if day != known {
        known = day
        answer = body(Int(Swift.min(Swift.max(day, 0), DateTime.max / TimeSpan.day)))
      }
      return answer
    }
  }
}

/// A positive divisor that is applied to many numbers, by multiplying with its reciprocal.
///
/// - Cost: 2 ns a row on a Zen 3, like that machine's own division; older processors divide 64-bit
///   numbers in tens of cycles, and multiply in a few.
struct Divisor {
  let divisor: UInt64
  private let reciprocal: UInt64

  /// Nil unless the divisor is greater than 0.
  init?(_ value: Int64) {
    guard value > 0 else { return nil }
    divisor = UInt64(value)
    // 2^64 / divisor, rounded down; the quotient made with it is exact or one too small.
    reciprocal = value == 1 ? .max : (UInt64.max &- divisor &+ 1) / divisor &+ 1
  }

  @inline(__always) func quotient(_ dividend: UInt64) -> UInt64 {
    let estimate = dividend.multipliedFullWidth(by: reciprocal).high
    let rest = dividend &- estimate &* divisor
    return rest >= divisor ? estimate &+ 1 : estimate
  }

  /// `value` minus its distance above the multiple of the divisor at or below it.
  @inline(__always) func floored(_ value: Int64) -> Int64 {
    // Negative numbers are divided as their complement: ~x / d == ~(x / d) when both round down.
    let sign = value &>> 63
    let dividend = UInt64(bitPattern: value ^ sign)
    let estimate = dividend.multipliedFullWidth(by: reciprocal).high
    var rest = dividend &- estimate &* divisor
    rest = rest >= divisor ? rest &- divisor : rest
    let distance = (Int64(bitPattern: rest) ^ sign) &+ (Int64(bitPattern: divisor) & sign)
    return value &- distance
  }
}

/// The largest multiple of a step, counted from `origin`, that is not above each value; null for steps that
/// are not positive. Lanes are whole numbers or ticks.
func binnedWords(_ values: Vector, _ steps: Vector, origin: Vector? = nil, count n: Int) -> Vector {
  if steps.isConstant, let divisor = Divisor(steps.lanes(Int64.self)[0]), !steps.isNull(0) {
    if origin == nil {
      // The sign bit of `wrapped` shows that a negative number's multiple fell below all numbers.
      var wrapped: Int64 = 0
      let floors = values.mapLanes(Int64.self, to: values.type) { (value: Int64) -> Int64 in
        let floor = divisor.floored(value)
        wrapped |= value & ~floor
        return floor
      }
      if wrapped >= 0 { return floors }
    }
    if let origin, origin.isConstant, !origin.isNull(0) {
      // Binning from the origin's distance to a multiple keeps the sums small.
      let start = origin.lanes(Int64.self)[0]
      let shift = start &- divisor.floored(start)
      return values.mapLanesOrNull(Int64.self, to: values.type) { (value: Int64) in
        binned(value, divisor, shift: shift)
      }
      .keepingInRange()
    }
  }
  let x = values.lanes(Int64.self), y = steps.lanes(Int64.self), z = origin?.lanes(Int64.self)
  let xStep = values.isConstant ? 0 : 1, yStep = steps.isConstant ? 0 : 1
  let zStep = origin.map { $0.isConstant ? 0 : 1 } ?? 0
  let result = Buffer(of: Int64.self, count: n)
  let out = result.values(Int64.self)
  let mask = unitedNulls([values, steps] + (origin.map { [$0] } ?? []), count: n) ?? Buffer.zeros(byteCount: n)
  let missing = mask.values(UInt8.self)
  var any: UInt8 = 0
  for i in 0..<n {
    let step = y[i &* yStep]
    let start = z.map { $0[i &* zStep] } ?? 0
    if step > 0, let divisor = Divisor(step),
      let value = binned(x[i &* xStep], divisor, shift: start &- divisor.floored(start))
    {
      out[i] = value
    } else {
      out[i] = 0
      missing[i] = 1
    }
    any |= missing[i]
  }
  return Vector(values.type, count: n, buffer: result, nulls: any == 0 ? nil : mask).keepingInRange()
}

/// `shift` is the origin's distance above a multiple of the divisor; nil when the bin starts below all numbers.
@inline(__always)
private func binned(_ value: Int64, _ divisor: Divisor, shift: Int64) -> Int64? {
  let (moved, overflow) = value.subtractingReportingOverflow(shift)
  let floor = divisor.floored(moved)
  // A multiple that wrapped around is above the number from which it was made.
  return overflow || floor > moved ? nil : floor &+ shift
}

/// The same over reals; a step that is not positive gives null.
func binnedReals(_ values: Vector, _ steps: Vector, origin: Vector? = nil, count n: Int) -> Vector {
  if steps.isConstant, origin == nil, !steps.isNull(0) {
    let step = steps.lanes(Double.self)[0]
    if step > 0 {
      return values.mapLanes(Double.self, to: .real) { (value: Double) in (value / step).rounded(.down) * step }
    }
  }
  let x = values.lanes(Double.self), y = steps.lanes(Double.self), z = origin?.lanes(Double.self)
  let xStep = values.isConstant ? 0 : 1, yStep = steps.isConstant ? 0 : 1
  let zStep = origin.map { $0.isConstant ? 0 : 1 } ?? 0
  let result = Buffer(of: Double.self, count: n)
  let out = result.values(Double.self)
  let mask = unitedNulls([values, steps] + (origin.map { [$0] } ?? []), count: n) ?? Buffer.zeros(byteCount: n)
  let missing = mask.values(UInt8.self)
  for i in 0..<n {
    let step = y[i &* yStep]
    let start = z.map { $0[i &* zStep] } ?? 0
    out[i] = ((x[i &* xStep] - start) / step).rounded(.down) * step + start
    if !(step > 0) { missing[i] = 1 }
  }
  return Vector(.real, count: n, buffer: result, nulls: mask)
}

extension Vector {
  /// For datetimes: null where the ticks left the range; other types as they are.
  fileprivate func keepingInRange() -> Vector {
    guard type == .datetime else { return self }
    return mapLanesOrNull(Int64.self, to: type) { (ticks: Int64) in DateTime.isInRange(ticks) ? ticks : nil }
  }
}
