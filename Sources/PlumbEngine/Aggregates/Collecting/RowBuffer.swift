/// The rows that an aggregate has received, kept until the end: vectors as they came, and each row's group.
///
/// - Memory: a chunk that is taken whole costs only its groups, since its vectors are shared; otherwise the
///     remaining rows are gathered.
/// - Order: rows stay in the order in which they were appended.
final class RowBuffer {
  struct Piece {
    let vectors: [Vector]
    let count: Int
    /// The group of each row, in a block of the log; nil when all rows belong to group 0.
    let groups: UnsafeMutablePointer<UInt32>?
  }

  private(set) var pieces: [Piece] = []
  private(set) var count = 0
  /// Whether any row came with a group.
  private(set) var isGrouped = false
  /// Memory for groups, which does not move. The last block has room for `room` more.
  private var blocks: [Buffer] = []
  private var room = 0
  private let cache = LockedValue(Cache())

  /// What reading by group needs to know, computed on first use; several threads may then read at once.
  private struct Cache {
    var count = -1
    /// One more than the largest group of any row.
    var groupLimit = 1
    var index: GroupIndex?
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
    let chosen = BufferView<UInt32>(count: selection.count)
    for i in 0..<selection.count { chosen[i] = rows[Int(places[i])] }
    chosen.withPointer { append(gathered, groups: $0, count: selection.count) }
  }

  private func append(_ vectors: [Vector], groups rows: UnsafePointer<UInt32>?, count n: Int) {
    if n == 0 { return }
    let own = rows.map { place(n, $0) }
    isGrouped = isGrouped || own != nil
    pieces.append(Piece(vectors: vectors, count: n, groups: own))
    count &+= n
  }

  /// A copy of the groups of `n` rows.
  private func place(_ n: Int, _ rows: UnsafePointer<UInt32>) -> UnsafeMutablePointer<UInt32> {
    if room < n || blocks.isEmpty {
      room = Swift.max(n, blocks.isEmpty ? 1 << 12 : 1 << 18)
      blocks.append(Buffer(of: UInt32.self, count: room))
    }
    let block = blocks[blocks.count &- 1]
    let place = block.values(UInt32.self) + (block.byteCount / 4 &- room)
    place.update(from: rows, count: n)
    room &-= n
    return place
  }

  /// Appends the rows of `other` whose group is in `range`, under their new groups. `other` stays as it is.
  func append(_ other: RowBuffer, range: Range<Int>, groups target: UnsafePointer<UInt32>) {
    let limit = other.groupLimit
    if range.lowerBound > 0 || range.upperBound < limit {
      other.forEachPiece(range: range, groups: target) { vectors, groups, kept, n in
        append(vectors, groups: groups, kept: kept, count: n)
      }
      return
    }
    // All rows are appended. Groups that keep their numbers are shared, others are copied with new numbers.
    let isSame = (0..<limit).allSatisfy { target[$0] == UInt32(truncatingIfNeeded: $0) }
    for piece in other.pieces {
      guard let own = piece.groups, !isSame else {
        if piece.groups == nil, target[0] != 0 {
          let same = Buffer(of: UInt32.self, count: piece.count)
          same.values(UInt32.self).update(repeating: target[0], count: piece.count)
          append(piece.vectors, groups: UnsafePointer(same.values(UInt32.self)), count: piece.count)
        } else {
          pieces.append(piece)
          count &+= piece.count
          isGrouped = isGrouped || piece.groups != nil
        }
        continue
      }
      append(piece.vectors, groups: UnsafePointer(own), count: piece.count)
      if let copy = pieces[pieces.count &- 1].groups {
        for i in 0..<piece.count { copy[i] = target[Int(copy[i])] }
      }
    }
    if isSame {
      // In front, since the last block is the one with room.
      blocks.insert(contentsOf: other.blocks, at: 0)
      if blocks.count == other.blocks.count { room = 0 }
    }
  }

  private var groupLimit: Int { cache.withLock { fresh(&$0) } }

  /// Brings the cache up to date except for its index.
  private func fresh(_ cache: inout Cache) -> Int {
    if cache.count == count { return cache.groupLimit }
    var greatest: UInt32 = 0
    for piece in pieces {
      guard let own = piece.groups else { continue }
      for i in 0..<piece.count { greatest = Swift.max(greatest, own[i]) }
    }
    cache = Cache(count: count, groupLimit: Int(greatest) &+ 1, index: nil)
    return cache.groupLimit
  }

  /// The position of the rows of each group: the piece in the upper half of an entry, the row in the lower half.
  private var index: GroupIndex {
    cache.withLock { cache in
      let limit = fresh(&cache)
      if let index = cache.index { return index }
      let made = GroupIndex(groups: limit, count: count) { visit in
        for (number, piece) in pieces.enumerated() {
          for i in 0..<piece.count { visit(piece.groups.map { Int($0[i]) } ?? 0, Int64(number &<< 32 | i)) }
        }
      }
      cache.index = made
      return made
    }
  }

  /// Visits the pieces with those of their rows whose group is in `range`, each with its new group.
  func forEachPiece(
    range: Range<Int>, groups target: UnsafePointer<UInt32>,
    _ body: (_ vectors: [Vector], _ groups: UnsafePointer<UInt32>, _ kept: KeptRows, _ count: Int) throws -> Void
  ) rethrows {
    if range.count &* 8 < groupLimit { return try forEachRowOfFew(range: range, groups: target, body) }
    let longest = pieces.reduce(0) { Swift.max($0, $1.count) }
    let mapped = Buffer(of: UInt32.self, count: longest), mask = Buffer(byteCount: longest)
    let out = mapped.values(UInt32.self), keep = mask.values(UInt8.self)
    for piece in pieces {
      let own = piece.groups
      var found = 0
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

  /// The same for a small part of the groups, using the index instead of a pass over all rows.
  private func forEachRowOfFew(
    range: Range<Int>, groups target: UnsafePointer<UInt32>,
    _ body: (_ vectors: [Vector], _ groups: UnsafePointer<UInt32>, _ kept: KeptRows, _ count: Int) throws -> Void
  ) rethrows {
    let index = self.index
    for group in range where group < index.groupCount {
      for entry in index.entries(of: group) {
        let vectors = pieces[Int(entry &>> 32)].vectors.map { $0.slice(Int(entry & 0xFFFF_FFFF), 1) }
        try body(vectors, target + (group &- range.lowerBound), .all, 1)
      }
    }
  }

  /// Visits all rows in order: the group, the piece's vector at `index`, and the row in it.
  @inline(__always)
  func forEachRow(_ index: Int = 0, _ body: (_ group: Int, _ vector: Vector, _ place: Int) throws -> Void) rethrows {
    for piece in pieces {
      let vector = piece.vectors[index]
      let step = vector.isConstant ? 0 : 1
      if let own = piece.groups {
        for i in 0..<piece.count { try body(Int(own[i]), vector, i &* step) }
      } else {
        for i in 0..<piece.count { try body(0, vector, i &* step) }
      }
    }
  }
}

/// Numbers by group; each group's are in the order in which they were visited.
final class GroupIndex: @unchecked Sendable {
  let groupCount: Int
  private let starts: Buffer
  private let numbers: Buffer

  /// `visitAll` calls its argument with each group and number, twice in all in the same order.
  init(groups: Int, count: Int, _ visitAll: ((_ group: Int, _ number: Int64) -> Void) -> Void) {
    groupCount = groups
    starts = Buffer.zeros(byteCount: (groups &+ 2) &* 8)
    numbers = Buffer(of: Int64.self, count: count)
    // Counted two places ahead; filling in moves them to the start.
    let start = starts.values(Int.self), out = numbers.values(Int64.self)
    visitAll { group, _ in start[group &+ 2] &+= 1 }
    for group in 0..<groups { start[group &+ 2] &+= start[group &+ 1] }
    visitAll { group, number in
      out[start[group &+ 1]] = number
      start[group &+ 1] &+= 1
    }
  }

  func entries(of group: Int) -> UnsafeBufferPointer<Int64> {
    let start = starts.values(Int.self)
    return UnsafeBufferPointer(
      start: numbers.values(Int64.self) + start[group], count: start[group &+ 1] &- start[group])
  }
}
