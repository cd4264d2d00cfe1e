/// A sum of whole numbers or ticks; it wraps.
enum SumOfWords: Accumulator {
  static var dependsOnOrder: Bool { false }
  static var empty: Int64 { 0 }
  @inline(__always) static func add(_ value: Int64, to cell: inout Int64) { cell &+= value }
  @inline(__always) static func add(_ value: Int64, to cell: inout Int64, keep: UInt8) {
    cell &+= value & (0 &- Int64(keep))
  }
  @inline(__always) static func join(_ other: Int64, into cell: inout Int64) { cell &+= other }
}

enum SumOfReals: Accumulator {
  static var dependsOnOrder: Bool { true }
  static var empty: Double { 0 }
  @inline(__always) static func add(_ value: Double, to cell: inout Double) { cell += value }
  @inline(__always) static func add(_ value: Double, to cell: inout Double, keep: UInt8) {
    cell += value.masked(keep)
  }
  @inline(__always) static func join(_ other: Double, into cell: inout Double) { cell += other }
}

extension Double {
  /// The number itself for a `keep` of 1, and zero for 0.
  @inline(__always) func masked(_ keep: UInt8) -> Double {
    Double(bitPattern: bitPattern & (0 &- UInt64(keep)))
  }
}

/// A sum of decimals and their number; null once it left the range.
enum SumOfDecimals: Accumulator {
  static var dependsOnOrder: Bool { true }
  struct Cell: BitwiseCopyable {
    var sum = Decimal128.zero
    var count: Int64 = 0
    var overflows = false

    var total: Decimal128? { overflows ? nil : sum }
    var mean: Decimal128? { count == 0 ? nil : total?.divided(by: Decimal128(count)) }
  }
  static var empty: Cell { Cell() }
  @inline(__always) static func add(_ value: Decimal128, to cell: inout Cell) {
    cell.count &+= 1
    take(value, into: &cell)
  }
  static func join(_ other: Cell, into cell: inout Cell) {
    cell.count &+= other.count
    cell.overflows = cell.overflows || other.overflows
    take(other.sum, into: &cell)
  }
  @inline(__always) private static func take(_ value: Decimal128, into cell: inout Cell) {
    if let sum = cell.sum.adding(value) { cell.sum = sum } else { cell.overflows = true }
  }
}

/// The mean of whole numbers or ticks from an exact 128-bit sum.
enum MeanOfWords: Accumulator {
  static var dependsOnOrder: Bool { false }
  struct Cell: BitwiseCopyable {
    var low: UInt64 = 0
    var high: Int64 = 0
    var count: Int64 = 0

    var mean: Double { sum / Double(count) }

    /// The sum, rounded once when it fits 64 bits.
    private var sum: Double {
      if high == Int64(bitPattern: low) &>> 63 { return Double(Int64(bitPattern: low)) }
      if high >= 0 { return Double(high) * 0x1p64 + Double(low) }
      let negated = 0 &- low
      return 0 - (Double(~high &+ (low == 0 ? 1 : 0)) * 0x1p64 + Double(negated))
    }

    /// The mean truncated to a whole number; nil without values.
    var wholeMean: Int64? {
      if count == 0 { return nil }
      let sum = Int128(high) &<< 64 | Int128(low)
      return Int64(truncatingIfNeeded: sum / Int128(count))
    }
  }
  static var empty: Cell { Cell() }

  @inline(__always) static func add(_ value: Int64, to cell: inout Cell) {
    let (low, carries) = cell.low.addingReportingOverflow(UInt64(bitPattern: value))
    cell.low = low
    cell.high &+= (value &>> 63) &+ (carries ? 1 : 0)
    cell.count &+= 1
  }

  @inline(__always) static func add(_ value: Int64, to cell: inout Cell, keep: UInt8) {
    let value = value & (0 &- Int64(keep))
    let (low, carries) = cell.low.addingReportingOverflow(UInt64(bitPattern: value))
    cell.low = low
    cell.high &+= (value &>> 63) &+ (carries ? 1 : 0)
    cell.count &+= Int64(keep)
  }

  @inline(__always) static func join(_ other: Cell, into cell: inout Cell) {
    let (low, carries) = cell.low.addingReportingOverflow(other.low)
    cell.low = low
    cell.high &+= other.high &+ (carries ? 1 : 0)
    cell.count &+= other.count
  }
}

enum MeanOfReals: Accumulator {
  static var dependsOnOrder: Bool { true }
  struct Cell: BitwiseCopyable {
    var sum = 0.0
    var count: Int64 = 0
    var mean: Double { sum / Double(count) }
  }
  static var empty: Cell { Cell() }
  @inline(__always) static func add(_ value: Double, to cell: inout Cell) {
    cell.sum += value
    cell.count &+= 1
  }
  @inline(__always) static func add(_ value: Double, to cell: inout Cell, keep: UInt8) {
    cell.sum += value.masked(keep)
    cell.count &+= Int64(keep)
  }
  @inline(__always) static func join(_ other: Cell, into cell: inout Cell) {
    cell.sum += other.sum
    cell.count &+= other.count
  }
}

/// A bitwise operation over all values of a group.
protocol BitOperation {
  static var neutral: Int64 { get }
  static func apply(_ lhs: Int64, _ rhs: Int64) -> Int64
}

enum AndBits: BitOperation {
  static var neutral: Int64 { -1 }
  @inline(__always) static func apply(_ lhs: Int64, _ rhs: Int64) -> Int64 { lhs & rhs }
}
enum OrBits: BitOperation {
  static var neutral: Int64 { 0 }
  @inline(__always) static func apply(_ lhs: Int64, _ rhs: Int64) -> Int64 { lhs | rhs }
}
enum XorBits: BitOperation {
  static var neutral: Int64 { 0 }
  @inline(__always) static func apply(_ lhs: Int64, _ rhs: Int64) -> Int64 { lhs ^ rhs }
}

enum BitAccumulator<O: BitOperation>: Accumulator {
  static var dependsOnOrder: Bool { false }
  struct Cell: BitwiseCopyable {
    var bits: Int64
    var seen: Bool
  }
  static var empty: Cell { Cell(bits: O.neutral, seen: false) }
  @inline(__always) static func add(_ value: Int64, to cell: inout Cell) {
    cell.bits = O.apply(cell.bits, value)
    cell.seen = true
  }
  @inline(__always) static func join(_ other: Cell, into cell: inout Cell) {
    cell.bits = O.apply(cell.bits, other.bits)
    cell.seen = cell.seen || other.seen
  }
}
