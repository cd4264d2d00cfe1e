/// A way to fold values of one kind into a cell, one cell a group: the arithmetic of a simple aggregate.
///
/// - Shape: cells are plain memory. Joining two cells gives what all their values would have given.
protocol Fold: SendableMetatype {
  associatedtype Lane: FoldLane
  associatedtype Cell: BitwiseCopyable
  /// The cell of no values.
  static var empty: Cell { get }
  static func add(_ value: Lane, to cell: inout Cell)
  /// The same when `keep` is 1, nothing when it is 0; written without branches where that is faster.
  static func add(_ value: Lane, to cell: inout Cell, keep: UInt8)
  static func join(_ other: Cell, into cell: inout Cell)
}

extension Fold {
  @inline(__always) static func add(_ value: Lane, to cell: inout Cell, keep: UInt8) {
    if keep != 0 { add(value, to: &cell) }
  }
}

/// What a fold can read: a plain lane, and the narrow form that it may also be stored in.
protocol FoldLane: BitwiseCopyable {
  associatedtype Narrow: BitwiseCopyable
  init(narrow: Narrow)
}

extension Int64: FoldLane {
  @inline(__always) init(narrow: Int32) { self = Int64(narrow) }
}
extension Double: FoldLane {
  @inline(__always) init(narrow: Double) { self = narrow }
}
extension UInt8: FoldLane {
  @inline(__always) init(narrow: UInt8) { self = narrow }
}
extension Decimal128: FoldLane {
  @inline(__always) init(narrow: Decimal128) { self = narrow }
}
extension GUID: FoldLane {
  @inline(__always) init(narrow: GUID) { self = narrow }
}

/// The state of an aggregate that folds one argument, optionally under a predicate in the argument after it.
///
/// Nulls are left out. A total without groups runs over four cells at once, so that additions overlap.
final class FoldState<F: Fold>: AggregateState {
  private var cells = Growing<F.Cell>(capacity: 4)
  private var filter = RowFilter()
  private let hasPredicate: Bool
  private let finishing: (UnsafePointer<F.Cell>, Int) -> Vector

  /// `finishing` makes the result column out of the first cells.
  init(predicate: Bool, finishing: @escaping (UnsafePointer<F.Cell>, Int) -> Vector) {
    hasPredicate = predicate
    self.finishing = finishing
    cells.extend(to: 1, with: F.empty)
  }

  func grow(to groups: Int) { cells.extend(to: groups, with: F.empty) }

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let input = inputs[0]
    let kept = filter.rows(inputs[..<1], predicate: hasPredicate ? inputs[1] : nil, count: n)
    if input.isConstant {
      let value = input.encoding == .narrow
        ? F.Lane(narrow: input.lanes(F.Lane.Narrow.self)[0]) : input.lanes(F.Lane.self)[0]
      fold(n, groups, kept) { _ in value }
    } else if input.encoding == .narrow {
      let lanes = input.lanes(F.Lane.Narrow.self)
      fold(n, groups, kept) { F.Lane(narrow: lanes[$0]) }
    } else {
      let lanes = input.lanes(F.Lane.self)
      fold(n, groups, kept) { lanes[$0] }
    }
  }

  @inline(__always)
  private func fold(
    _ n: Int, _ groups: UnsafePointer<UInt32>?, _ kept: KeptRows, _ value: (Int) -> F.Lane
  ) {
    let cells = self.cells.base
    switch (groups, kept) {
    case (_, .none): break
    case (let groups?, .all):
      for i in 0..<n { F.add(value(i), to: &cells[Int(groups[i])]) }
    case (let groups?, .some(let keep)):
      for i in 0..<n { F.add(value(i), to: &cells[Int(groups[i])], keep: keep[i]) }
    case (nil, .all):
      total(n, into: cells) { i, cell in F.add(value(i), to: &cell) }
    case (nil, .some(let keep)):
      total(n, into: cells) { i, cell in F.add(value(i), to: &cell, keep: keep[i]) }
    }
  }

  @inline(__always)
  private func total(
    _ n: Int, into cells: UnsafeMutablePointer<F.Cell>, _ add: (Int, inout F.Cell) -> Void
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

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? FoldState<F> else { return }
    let cells = self.cells.base
    let more = other.cells.base + range.lowerBound
    for i in 0..<range.count { F.join(more[i], into: &cells[Int(groups[i])]) }
  }

  func finish(count: Int) -> [Vector] {
    cells.extend(to: count, with: F.empty)
    return [finishing(UnsafePointer(cells.base), count)]
  }
}
