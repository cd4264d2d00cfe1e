import Glibc

/// One of the six comparisons.
package enum Comparison: Sendable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

  /// The comparison that is true when this one is false, for values that are not null.
  package var opposite: Comparison {
    switch self {
    case .equal: .notEqual
    case .notEqual: .equal
    case .less: .greaterOrEqual
    case .lessOrEqual: .greater
    case .greater: .lessOrEqual
    case .greaterOrEqual: .less
    }
  }

  /// The comparison with its sides exchanged.
  package var mirrored: Comparison {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}

/// A comparison as a type, so that the loop is specialised for it.
protocol ComparisonOperation: SendableMetatype {
  static func holds<T: Comparable>(_ lhs: T, _ rhs: T) -> Bool
}
enum IsEqual: ComparisonOperation {
  @inline(__always) static func holds<T: Comparable>(_ lhs: T, _ rhs: T) -> Bool { lhs == rhs }
}
enum IsNotEqual: ComparisonOperation {
  @inline(__always) static func holds<T: Comparable>(_ lhs: T, _ rhs: T) -> Bool { lhs != rhs }
}
enum IsLess: ComparisonOperation {
  @inline(__always) static func holds<T: Comparable>(_ lhs: T, _ rhs: T) -> Bool { lhs < rhs }
}
enum IsLessOrEqual: ComparisonOperation {
  @inline(__always) static func holds<T: Comparable>(_ lhs: T, _ rhs: T) -> Bool { lhs <= rhs }
}

/// Compares two vectors of one type; the result is bool.
///
/// - Nulls: null with null is null. `==` with one null is false and `!=` true; the others are null.
func compared(_ comparison: Comparison, _ arguments: Arguments) -> Vector {
  if comparison == .equal || comparison == .notEqual, let vector = comparedCodes(comparison, arguments) {
    return vector
  }
  var lhs = arguments.plain(0), rhs = arguments.plain(1)
  var comparison = comparison
  if comparison == .greater || comparison == .greaterOrEqual {
    swap(&lhs, &rhs)
    comparison = comparison.mirrored
  }
  let n = arguments.count
  let result = Buffer(byteCount: n)
  switch comparison {
  case .equal: compareLanes(IsEqual.self, lhs, rhs, n, result)
  case .notEqual: compareLanes(IsNotEqual.self, lhs, rhs, n, result)
  case .less, .greater: compareLanes(IsLess.self, lhs, rhs, n, result)
  case .lessOrEqual, .greaterOrEqual: compareLanes(IsLessOrEqual.self, lhs, rhs, n, result)
  }
  let mask = comparisonNulls(comparison, lhs, rhs, n, result)
  return Vector(.bool, count: n, buffer: result, nulls: mask)
}

/// Equality of two columns of texts by their codes, when the dictionaries agree; nil otherwise.
private func comparedCodes(_ comparison: Comparison, _ arguments: Arguments) -> Vector? {
  let lhs = arguments[0], rhs = arguments[1]
  guard lhs.type == .string, !lhs.isConstant, !rhs.isConstant, lhs.encoding.isCodes, rhs.encoding.isCodes,
    let a = lhs.dictionary, let b = rhs.dictionary, a.agrees(with: b)
  else { return nil }
  let n = arguments.count
  let left = lhs.wideCodes(), right = rhs.wideCodes()
  let result = Buffer(byteCount: n)
  let out = result.values(UInt8.self)
  let flip: UInt8 = comparison == .notEqual ? 1 : 0
  for i in 0..<n { out[i] = (left[i] == right[i] ? 1 : 0) ^ flip }
  return Vector(.bool, count: n, buffer: result)
}

private func comparisonNulls(
  _ comparison: Comparison, _ lhs: Vector, _ rhs: Vector, _ n: Int, _ result: Buffer
) -> Buffer? {
  guard lhs.nulls != nil || rhs.nulls != nil else { return nil }
  guard comparison == .equal || comparison == .notEqual else { return unitedNulls([lhs, rhs], count: n) }
  let out = result.values(UInt8.self)
  let mask = Buffer(byteCount: n)
  let nulls = mask.values(UInt8.self)
  let whenOne: UInt8 = comparison == .notEqual ? 1 : 0
  for i in 0..<n {
    let a = lhs.isNull(i), b = rhs.isNull(i)
    nulls[i] = a && b ? 1 : 0
    if a != b { out[i] = whenOne }
  }
  return mask
}

private func compareLanes<O: ComparisonOperation>(
  _ operation: O.Type, _ lhs: Vector, _ rhs: Vector, _ n: Int, _ result: Buffer
) {
  let out = result.values(UInt8.self)
  switch lhs.type {
  case .bool: compareLoop(operation, UInt8.self, lhs, rhs, n, out)
  case .int, .long, .datetime, .timespan: compareLoop(operation, Int64.self, lhs, rhs, n, out)
  case .real: compareLoop(operation, Double.self, lhs, rhs, n, out)
  case .decimal: compareLoop(operation, Decimal128.self, lhs, rhs, n, out)
  case .guid: compareLoop(operation, GUID.self, lhs, rhs, n, out)
  case .string:
    let a = lhs.lanes(Bytes.self), b = rhs.lanes(Bytes.self)
    let aStep = lhs.isConstant ? 0 : 1, bStep = rhs.isConstant ? 0 : 1
    if operation is IsEqual.Type || operation is IsNotEqual.Type {
      let wanted = operation is IsEqual.Type
      for i in 0..<n { out[i] = equalBytes(a[i &* aStep], b[i &* bStep]) == wanted ? 1 : 0 }
    } else {
      for i in 0..<n { out[i] = O.holds(compareBytes(a[i &* aStep], b[i &* bStep]), 0) ? 1 : 0 }
    }
  case .dynamic:
    let a = lhs.lanes(Bytes.self), b = rhs.lanes(Bytes.self)
    let aStep = lhs.isConstant ? 0 : 1, bStep = rhs.isConstant ? 0 : 1
    for i in 0..<n {
      out[i] = O.holds(DynamicBytes.compare(a[i &* aStep], b[i &* bStep]), 0) ? 1 : 0
    }
  }
}

@inline(__always)
private func compareLoop<O: ComparisonOperation, T: Comparable & BitwiseCopyable>(
  _: O.Type, _: T.Type, _ lhs: Vector, _ rhs: Vector, _ n: Int, _ out: UnsafeMutablePointer<UInt8>
) {
  let a = lhs.lanes(T.self), b = rhs.lanes(T.self)
  if rhs.isConstant {
    let y = b[0]
    if lhs.isConstant {
      let value: UInt8 = O.holds(a[0], y) ? 1 : 0
      for i in 0..<n { out[i] = value }
    } else {
      for i in 0..<n { out[i] = O.holds(a[i], y) ? 1 : 0 }
    }
  } else if lhs.isConstant {
    let x = a[0]
    for i in 0..<n { out[i] = O.holds(x, b[i]) ? 1 : 0 }
  } else {
    for i in 0..<n { out[i] = O.holds(a[i], b[i]) ? 1 : 0 }
  }
}

extension Vector {
  /// For a bool vector: the rows that are true and not null.
  func trueRows() -> Selection {
    let n = count
    if !isConstant, isAllZero(lanes(UInt8.self), n) { return Selection(buffer: Buffer(byteCount: 0), count: 0) }
    let result = Buffer(of: UInt32.self, count: n &+ 1)
    let out = result.values(UInt32.self)
    if isConstant {
      let keep = n > 0 && lanes(UInt8.self)[0] != 0 && !isNull(0)
      return keep ? Selection.range(0..<n) : Selection(buffer: result, count: 0)
    }
    let verdicts = lanes(UInt8.self)
    var kept = 0
    if let nulls {
      for i in 0..<n {
        out[kept] = UInt32(truncatingIfNeeded: i)
        kept &+= Int(verdicts[i] & (nulls[i] ^ 1))
      }
    } else {
      for i in 0..<n {
        out[kept] = UInt32(truncatingIfNeeded: i)
        kept &+= Int(verdicts[i])
      }
    }
    return Selection(buffer: result, count: kept)
  }
}

/// Whether all of `count` bytes are 0: most chunks of a selective filter are settled here.
private func isAllZero(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
  let raw = UnsafeRawPointer(bytes)
  var any: UInt64 = 0
  for word in 0..<count / 8 { any |= raw.loadUnaligned(fromByteOffset: word &* 8, as: UInt64.self) }
  for i in count / 8 &* 8..<count { any |= UInt64(bytes[i]) }
  return any == 0
}
