/// Arithmetic of a simple aggregate: combines values of one kind into a cell, one cell per group.
///
/// - Shape: cells are plain memory. Merging two cells gives the result of all their values.
protocol Accumulator: SendableMetatype {
  associatedtype Lane: AccumulatorLane
  associatedtype Cell: BitwiseCopyable
  /// Whether the order of values affects the result, if only in its last digits.
  static var dependsOnOrder: Bool { get }
  /// The cell of no values.
  static var empty: Cell { get }
  static func add(_ value: Lane, to cell: inout Cell)
  /// The same if `keep` is 1, nothing if it is 0; branch-free where that is faster.
  static func add(_ value: Lane, to cell: inout Cell, keep: UInt8)
  static func join(_ other: Cell, into cell: inout Cell)
}

extension Accumulator {
  @inline(__always) static func add(_ value: Lane, to cell: inout Cell, keep: UInt8) {
    if keep != 0 { add(value, to: &cell) }
  }
}

/// What an accumulator can read: a plain lane, and the narrow form in which it may be stored.
protocol AccumulatorLane: BitwiseCopyable {
  associatedtype Narrow: BitwiseCopyable
  init(narrow: Narrow)
}

extension Int64: AccumulatorLane {
  @inline(__always) init(narrow: Int32) { self = Int64(narrow) }
}
extension Double: AccumulatorLane {
  @inline(__always) init(narrow: Double) { self = narrow }
}
extension UInt8: AccumulatorLane {
  @inline(__always) init(narrow: UInt8) { self = narrow }
}
extension Decimal128: AccumulatorLane {
  @inline(__always) init(narrow: Decimal128) { self = narrow }
}
extension GUID: AccumulatorLane {
  @inline(__always) init(narrow: GUID) { self = narrow }
}

/// The loops of one accumulator over untyped cells.
///
/// Created where the accumulator's type is known, so that they are specialised for it; a generic state would be called
/// through its protocol and run unspecialised, ten times slower.
struct AccumulatorLoops: Sendable {
  typealias Cells = UnsafeMutableRawPointer
  let stride: Int
  let dependsOnOrder: Bool
  /// Makes `count` empty cells.
  let clear: @Sendable (_ cells: Cells, _ count: Int) -> Void
  let add: @Sendable (Cells, _ input: Vector, UnsafePointer<UInt32>?, KeptRows, _ count: Int) -> Void
  /// Merges `count` cells into those that `groups` names.
  let join: @Sendable (Cells, _ more: Cells, _ groups: UnsafePointer<UInt32>, _ count: Int) -> Void
  let finish: @Sendable (Cells, _ count: Int) -> Vector

  @inline(__always)
  init<F: Accumulator, T: BitwiseCopyable>(
    _: F.Type, to result: ScalarType, _ value: @escaping @Sendable (F.Cell) -> T?
  ) {
    stride = MemoryLayout<F.Cell>.stride
    dependsOnOrder = F.dependsOnOrder
    clear = { cells, count in
      cells.assumingMemoryBound(to: F.Cell.self).update(repeating: F.empty, count: count)
    }
    add = { cells, input, groups, kept, count in
      accumulateRows(F.self, cells.assumingMemoryBound(to: F.Cell.self), input, groups, kept, count)
    }
    join = { cells, more, groups, count in
      let cells = cells.assumingMemoryBound(to: F.Cell.self), more = more.assumingMemoryBound(to: F.Cell.self)
      for i in 0..<count { F.join(more[i], into: &cells[Int(groups[i])]) }
    }
    finish = { cells, count in
      let cells = cells.assumingMemoryBound(to: F.Cell.self)
      return .making(result, count: count) { value(cells[$0]) }
    }
  }
}

@inline(__always)
private func accumulateRows<F: Accumulator>(
  _: F.Type, _ cells: UnsafeMutablePointer<F.Cell>, _ input: Vector, _ groups: UnsafePointer<UInt32>?,
  _ kept: KeptRows, _ n: Int
) {
  if input.isConstant {
    let value = input.encoding == .narrow
      ? F.Lane(narrow: input.lanes(F.Lane.Narrow.self)[0]) : input.lanes(F.Lane.self)[0]
    accumulate(F.self, cells, groups, kept, n) { _ in value }
  } else if input.encoding == .narrow {
    let lanes = input.lanes(F.Lane.Narrow.self)
    accumulate(F.self, cells, groups, kept, n) { F.Lane(narrow: lanes[$0]) }
  } else {
    let lanes = input.lanes(F.Lane.self)
    accumulate(F.self, cells, groups, kept, n) { lanes[$0] }
  }
}

@inline(__always)
private func accumulate<F: Accumulator>(
  _: F.Type, _ cells: UnsafeMutablePointer<F.Cell>, _ groups: UnsafePointer<UInt32>?, _ kept: KeptRows,
  _ n: Int, _ value: (Int) -> F.Lane
) {
  switch (groups, kept) {
  case (_, .none): break
  case (let groups?, .all):
    for i in 0..<n { F.add(value(i), to: &cells[Int(groups[i])]) }
  case (let groups?, .some(let keep)):
    for i in 0..<n { F.add(value(i), to: &cells[Int(groups[i])], keep: keep[i]) }
  case (nil, .all):
    accumulateTotal(F.self, cells, n) { i, cell in F.add(value(i), to: &cell) }
  case (nil, .some(let keep)):
    accumulateTotal(F.self, cells, n) { i, cell in F.add(value(i), to: &cell, keep: keep[i]) }
  }
}

/// Runs over four cells at once, so that additions overlap.
@inline(__always)
private func accumulateTotal<F: Accumulator>(
  _: F.Type, _ cells: UnsafeMutablePointer<F.Cell>, _ n: Int, _ add: (Int, inout F.Cell) -> Void
) {
  var a = F.empty, b = F.empty, c = F.empty, d = F.empty
  var i = 0
  while i &+ 4 <= n {
    add(i, &a)
    add(i &+ 1, &b)
    add(i &+ 2, &c)
    add(i &+ 3, &d)
    i &+= 4
  }
  while i < n {
    add(i, &a)
    i &+= 1
  }
  F.join(b, into: &a)
  F.join(d, into: &c)
  F.join(c, into: &a)
  F.join(a, into: &cells[0])
}

/// The state of an aggregate that accumulates one argument, optionally under a predicate in the next argument.
///
/// Nulls are left out.
final class AccumulatorState: AggregateState {
  var dependsOnOrder: Bool { loops.dependsOnOrder }
  private let loops: AccumulatorLoops
  private let hasPredicate: Bool
  private var filter = RowFilter()
  private var cells: Buffer
  private var count = 0

  init(_ loops: AccumulatorLoops, predicate: Bool) {
    self.loops = loops
    hasPredicate = predicate
    cells = Buffer(byteCount: loops.stride &* 4)
    grow(to: 1)
  }

  func grow(to groups: Int) {
    if groups <= count { return }
    if groups &* loops.stride > cells.byteCount {
      let larger = Buffer(byteCount: Swift.max(groups &* loops.stride, cells.byteCount &* 2))
      larger.base.copyMemory(from: cells.base, byteCount: count &* loops.stride)
      cells = larger
    }
    loops.clear(cells.base + count &* loops.stride, groups &- count)
    count = groups
  }

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let kept = filter.rows(inputs[..<1], predicate: hasPredicate ? inputs[1] : nil, count: n)
    loops.add(cells.base, inputs[0], groups, kept, n)
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? AccumulatorState else { return }
    loops.join(cells.base, other.cells.base + range.lowerBound &* loops.stride, groups, range.count)
  }

  func finish(count: Int) -> [Vector] {
    grow(to: count)
    return [loops.finish(cells.base, count)]
  }
}
