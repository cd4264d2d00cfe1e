/// The rows that an aggregate has taken in, kept for its end: vectors as they came, and each row's group.
///
/// - Memory: a chunk that is taken whole costs its groups alone, as its vectors are shared; otherwise the
///   rows that are left are gathered.
/// - Order: rows stay in the order in which they were appended.
final class GroupedLog {
  struct Piece {
    let vectors: [Vector]
    /// Where the piece's rows start in the whole log.
    let start: Int
    let count: Int
  }

  private(set) var pieces: [Piece] = []
  private(set) var count = 0
  /// The group of each row; empty as long as all rows belong to group 0.
  private var groups = Growing<UInt32>(capacity: 16)
  private var isGrouped = false

  /// The group of each row from `start` on; nil when all rows belong to group 0.
  func groups(from start: Int) -> UnsafePointer<UInt32>? {
    isGrouped ? UnsafePointer(groups.base + start) : nil
  }

  func append(_ vectors: [Vector], groups rows: UnsafePointer<UInt32>?, kept: KeptRows, count n: Int) {
    switch kept {
    case .none: break
    case .all: append(vectors, groups: rows, count: n)
    case .some(let keep):
      let places = Buffer(of: UInt32.self, count: n)
      let out = places.values(UInt32.self)
      var found = 0
      for i in 0..<n {
        out[found] = UInt32(truncatingIfNeeded: i)
        found &+= Int(keep[i])
      }
      if found == n { return append(vectors, groups: rows, count: n) }
      append(vectors, groups: rows, Selection(buffer: places, count: found))
    }
  }

  private func append(_ vectors: [Vector], groups rows: UnsafePointer<UInt32>?, _ selection: Selection) {
    if selection.count == 0 { return }
    let gathered = vectors.map { $0.gathering(selection) }
    guard let rows else { return append(gathered, groups: nil, count: selection.count) }
    let places = selection.rows
    let chosen = Buffer(of: UInt32.self, count: selection.count)
    let out = chosen.values(UInt32.self)
    for i in 0..<selection.count { out[i] = rows[Int(places[i])] }
    append(gathered, groups: UnsafePointer(out), count: selection.count)
    withExtendedLifetime(chosen) {}
  }

  private func append(_ vectors: [Vector], groups rows: UnsafePointer<UInt32>?, count n: Int) {
    if n == 0 { return }
    pieces.append(Piece(vectors: vectors, start: count, count: n))
    if let rows {
      if !isGrouped { groups.extend(to: count, with: 0) }
      isGrouped = true
      groups.append(contentsOf: rows, count: n)
    } else if isGrouped {
      groups.extend(to: count &+ n, with: 0)
    }
    count &+= n
  }

  /// Visits the pieces with those of their rows whose group is in `range`, each with its new group.
  func forEachPiece(
    range: Range<Int>, groups target: UnsafePointer<UInt32>,
    _ body: (_ vectors: [Vector], _ groups: UnsafePointer<UInt32>, _ kept: KeptRows, _ count: Int) throws -> Void
  ) rethrows {
    let longest = pieces.reduce(0) { Swift.max($0, $1.count) }
    let mapped = Buffer(of: UInt32.self, count: longest), mask = Buffer(byteCount: longest)
    let out = mapped.values(UInt32.self), keep = mask.values(UInt8.self)
    for piece in pieces {
      var found = 0
      let own = groups(from: piece.start)
      for i in 0..<piece.count {
        let group = own.map { Int($0[i]) } ?? 0
        let isIn = group >= range.lowerBound && group < range.upperBound
        out[i] = isIn ? target[group &- range.lowerBound] : 0
        keep[i] = isIn ? 1 : 0
        found &+= isIn ? 1 : 0
      }
      if found == 0 { continue }
      try body(
        piece.vectors, UnsafePointer(out), found == piece.count ? .all : .some(UnsafePointer(keep)), piece.count)
    }
  }

  /// Visits all rows in order: the group, the piece's vector at `index`, and the place in it.
  @inline(__always)
  func forEachRow(_ index: Int = 0, _ body: (_ group: Int, _ vector: Vector, _ place: Int) throws -> Void) rethrows {
    for piece in pieces {
      let vector = piece.vectors[index]
      let step = vector.isConstant ? 0 : 1
      if let own = groups(from: piece.start) {
        for i in 0..<piece.count { try body(Int(own[i]), vector, i &* step) }
      } else {
        for i in 0..<piece.count { try body(0, vector, i &* step) }
      }
    }
  }
}
