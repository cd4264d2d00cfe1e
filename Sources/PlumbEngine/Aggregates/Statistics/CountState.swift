/// The number of rows in a group, or of those that satisfy a predicate.
final class CountState: AggregateState {
  var dependsOnOrder: Bool { false }
  private var cells = Growing<Int64>(capacity: 4)
  private var filter = RowFilter()
  private let hasPredicate: Bool

  /// With `predicate`, the only argument is the predicate; without it, arguments are not read.
  init(predicate: Bool) {
    hasPredicate = predicate
    cells.extend(to: 1, with: 0)
  }

  func grow(to groups: Int) { cells.extend(to: groups, with: 0) }

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let cells = self.cells.base
    let kept = hasPredicate ? filter.rows([], predicate: inputs[0], count: n) : KeptRows.all
    switch (groups, kept) {
    case (_, .none): break
    case (nil, .all): cells[0] &+= Int64(n)
    case (let groups?, .all) where isWorthLanes(n): countInLanes(groups, nil, n)
    case (let groups?, .some(let keep)) where isWorthLanes(n): countInLanes(groups, keep, n)
    case (let groups?, .all):
      for i in 0..<n { cells[Int(groups[i])] &+= 1 }
    case (let groups?, .some(let keep)):
      for i in 0..<n { cells[Int(groups[i])] &+= Int64(keep[i]) }
    case (nil, .some(let keep)):
      var sum: Int64 = 0
      for i in 0..<n { sum &+= Int64(keep[i]) }
      cells[0] &+= sum
    }
  }

  private func isWorthLanes(_ n: Int) -> Bool { cells.count <= 128 && n >= 512 && n <= 1 << 30 }

  /// Counts a few groups in four counters each: an addition does not wait for the one before it.
  private func countInLanes(_ groups: UnsafePointer<UInt32>, _ keep: UnsafePointer<UInt8>?, _ n: Int) {
    let size = self.cells.count
    let cells = self.cells.base
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 &* size) { room in
      guard let a = room.baseAddress else { return }
      a.initialize(repeating: 0, count: 4 &* size)
      let b = a + size, c = b + size, d = c + size
      let whole = n & ~3
      if let keep {
        for i in stride(from: 0, to: whole, by: 4) {
          a[Int(groups[i])] &+= UInt32(keep[i])
          b[Int(groups[i &+ 1])] &+= UInt32(keep[i &+ 1])
          c[Int(groups[i &+ 2])] &+= UInt32(keep[i &+ 2])
          d[Int(groups[i &+ 3])] &+= UInt32(keep[i &+ 3])
        }
        for i in whole..<n { a[Int(groups[i])] &+= UInt32(keep[i]) }
      } else {
        for i in stride(from: 0, to: whole, by: 4) {
          a[Int(groups[i])] &+= 1
          b[Int(groups[i &+ 1])] &+= 1
          c[Int(groups[i &+ 2])] &+= 1
          d[Int(groups[i &+ 3])] &+= 1
        }
        for i in whole..<n { a[Int(groups[i])] &+= 1 }
      }
      for group in 0..<size { cells[group] &+= Int64(a[group]) &+ Int64(b[group]) &+ Int64(c[group]) &+ Int64(d[group]) }
    }
  }

  /// Adds rows of statistics, each of which represents as many rows as its weight says.
  func update(
    _ inputs: [Vector], weights: UnsafePointer<Int64>, groups: UnsafePointer<UInt32>?, count n: Int
  ) {
    let cells = self.cells.base
    let kept = hasPredicate ? filter.rows([], predicate: inputs[0], count: n) : KeptRows.all
    for i in 0..<n {
      let group = groups.map { Int($0[i]) } ?? 0
      switch kept {
      case .all: cells[group] &+= weights[i]
      case .none: break
      case .some(let keep): cells[group] &+= weights[i] &* Int64(keep[i])
      }
    }
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? CountState else { return }
    let cells = self.cells.base
    let more = other.cells.base + range.lowerBound
    for i in 0..<range.count { cells[Int(groups[i])] &+= more[i] }
  }

  func finish(count n: Int) -> [Vector] {
    cells.extend(to: n, with: 0)
    let result = Buffer(of: Int64.self, count: n)
    result.values(Int64.self).update(from: cells.base, count: n)
    return [Vector(.long, count: n, buffer: result)]
  }
}
