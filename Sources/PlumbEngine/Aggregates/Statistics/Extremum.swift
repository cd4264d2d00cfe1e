/// Which end of an order an aggregate looks for.
protocol Direction: SendableMetatype {
  /// Whether `lhs` beats `rhs`.
  static func beats<T: Comparable>(_ lhs: T, _ rhs: T) -> Bool
  /// The value that every other value beats.
  static func worst<L: OrderedLane>(_: L.Type) -> L
  static var isMaximum: Bool { get }
}

enum Least: Direction {
  @inline(__always) static func beats<T: Comparable>(_ lhs: T, _ rhs: T) -> Bool { lhs < rhs }
  @inline(__always) static func worst<L: OrderedLane>(_: L.Type) -> L { L.last }
  static var isMaximum: Bool { false }
}

enum Greatest: Direction {
  @inline(__always) static func beats<T: Comparable>(_ lhs: T, _ rhs: T) -> Bool { lhs > rhs }
  @inline(__always) static func worst<L: OrderedLane>(_: L.Type) -> L { L.first }
  static var isMaximum: Bool { true }
}

/// A lane with an order and its two ends.
protocol OrderedLane: AccumulatorLane, Comparable {
  static var first: Self { get }
  static var last: Self { get }
  /// A canonical form that is the same for all equal values: zero has no sign.
  var inOneForm: Self { get }
  /// False for NaN, which is not ordered.
  var hasPlace: Bool { get }
  /// The value used for values that are not ordered.
  static var placeless: Self { get }
  /// Whether equal values can be written differently, as decimals of another scale.
  static var hasEqualForms: Bool { get }
}

extension OrderedLane {
  static var hasEqualForms: Bool { false }
  @inline(__always) var hasPlace: Bool { true }
  static var placeless: Self { first }
  @inline(__always) var inOneForm: Self { self }
}
extension Int64: OrderedLane {
  @inline(__always) static var first: Int64 { .min }
  @inline(__always) static var last: Int64 { .max }
}
extension UInt8: OrderedLane {
  @inline(__always) static var first: UInt8 { .min }
  @inline(__always) static var last: UInt8 { .max }
}
extension Double: OrderedLane {
  @inline(__always) static var first: Double { -.infinity }
  @inline(__always) static var last: Double { .infinity }
  @inline(__always) var hasPlace: Bool { self == self }
  static var placeless: Double { .nan }
  @inline(__always) var inOneForm: Double { self + 0 }
}
extension Decimal128: OrderedLane {
  static var hasEqualForms: Bool { true }
  static let last = Decimal128.rounding(
    WideInteger(WideInteger.powersOfTen[digitLimit] - 1), exponent: greatestScientific - digitLimit + 1,
    isNegative: false) ?? .zero
  static let first = last.negated
}
extension GUID: OrderedLane {
  @inline(__always) static var first: GUID { GUID(high: 0, low: 0) }
  @inline(__always) static var last: GUID { GUID(high: .max, low: .max) }
}

/// The smallest or largest value of a group. NaN is returned only if no number occurs.
enum Extremum<L: OrderedLane, D: Direction>: Accumulator {
  static var dependsOnOrder: Bool { L.hasEqualForms }
  typealias Lane = L
  struct Cell: BitwiseCopyable {
    var value: L
    /// 1 once a value was seen, and 2 once an unordered one was.
    var seen: UInt64

    var result: L? { seen & 1 != 0 ? value.inOneForm : seen != 0 ? L.placeless : nil }
  }
  @inline(__always) static var empty: Cell { Cell(value: D.worst(L.self), seen: 0) }

  @inline(__always) static func add(_ value: L, to cell: inout Cell) {
    cell.value = D.beats(value, cell.value) ? value : cell.value
    cell.seen |= value.hasPlace ? 1 : 2
  }

  @inline(__always) static func join(_ other: Cell, into cell: inout Cell) {
    cell.value = D.beats(other.value, cell.value) ? other.value : cell.value
    cell.seen |= other.seen
  }
}
