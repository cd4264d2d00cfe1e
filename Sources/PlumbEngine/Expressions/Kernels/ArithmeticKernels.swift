/// One arithmetic operation on lanes of one kind, chosen once per chunk.
protocol LaneOperation: SendableMetatype {
  associatedtype Lane: BitwiseCopyable
  static func apply(_ lhs: Lane, _ rhs: Lane) -> Lane
}

enum AddWords: LaneOperation {
  @inline(__always) static func apply(_ lhs: Int64, _ rhs: Int64) -> Int64 { lhs &+ rhs }
}
enum SubtractWords: LaneOperation {
  @inline(__always) static func apply(_ lhs: Int64, _ rhs: Int64) -> Int64 { lhs &- rhs }
}
enum MultiplyWords: LaneOperation {
  @inline(__always) static func apply(_ lhs: Int64, _ rhs: Int64) -> Int64 { lhs &* rhs }
}
enum AddFloats: LaneOperation {
  @inline(__always) static func apply(_ lhs: Double, _ rhs: Double) -> Double { lhs + rhs }
}
enum SubtractFloats: LaneOperation {
  @inline(__always) static func apply(_ lhs: Double, _ rhs: Double) -> Double { lhs - rhs }
}
enum MultiplyFloats: LaneOperation {
  @inline(__always) static func apply(_ lhs: Double, _ rhs: Double) -> Double { lhs * rhs }
}
enum DivideFloats: LaneOperation {
  @inline(__always) static func apply(_ lhs: Double, _ rhs: Double) -> Double { lhs / rhs }
}

/// Applies `operation` row by row; null with null. Constants on either side are hoisted.
func arithmetic<O: LaneOperation>(_ operation: O.Type, _ arguments: Arguments) -> Vector {
  let n = arguments.count
  let lhs = arguments.plain(0), rhs = arguments.plain(1)
  let result = Buffer(of: O.Lane.self, count: n)
  let out = result.values(O.Lane.self)
  let a = lhs.lanes(O.Lane.self), b = rhs.lanes(O.Lane.self)
  switch (lhs.isConstant, rhs.isConstant) {
  case (false, false): for i in 0..<n { out[i] = O.apply(a[i], b[i]) }
  case (false, true):
    let y = b[0]
    for i in 0..<n { out[i] = O.apply(a[i], y) }
  case (true, false):
    let x = a[0]
    for i in 0..<n { out[i] = O.apply(x, b[i]) }
  case (true, true):
    let value = O.apply(a[0], b[0])
    for i in 0..<n { out[i] = value }
  }
  return Vector(arguments.type, count: n, buffer: result, nulls: unitedNulls(arguments))
}

/// Applies a whole-number operation that can have no result, such as division by zero: null there.
@inline(__always)
func partialArithmetic(_ arguments: Arguments, _ operation: (Int64, Int64) -> Int64?) -> Vector {
  let n = arguments.count
  let lhs = arguments.plain(0), rhs = arguments.plain(1)
  let a = lhs.lanes(Int64.self), b = rhs.lanes(Int64.self)
  let aStep = lhs.isConstant ? 0 : 1, bStep = rhs.isConstant ? 0 : 1
  let result = Buffer(of: Int64.self, count: n)
  let out = result.values(Int64.self)
  var mask = unitedNulls(arguments)
  for i in 0..<n {
    if let value = operation(a[i &* aStep], b[i &* bStep]) {
      out[i] = value
    } else {
      out[i] = 0
      if mask == nil { mask = Buffer.zeros(byteCount: n) }
      mask?.values(UInt8.self)[i] = 1
    }
  }
  return Vector(arguments.type, count: n, buffer: result, nulls: mask)
}

/// Truncates towards zero; nil for a zero divisor. The one quotient that overflows wraps.
@inline(__always) func dividedWords(_ lhs: Int64, _ rhs: Int64) -> Int64? {
  rhs == 0 ? nil : rhs == -1 ? 0 &- lhs : lhs / rhs
}

/// The non-negative remainder, as Kusto defines `%`; nil for a zero divisor.
@inline(__always) func moduloWords(_ lhs: Int64, _ rhs: Int64) -> Int64? {
  if rhs == 0 { return nil }
  if rhs == -1 { return 0 }
  let rest = lhs % rhs
  return rest < 0 ? rest &+ (rhs < 0 ? 0 &- rhs : rhs) : rest
}
