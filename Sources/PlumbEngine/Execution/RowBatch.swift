/// Rows of an aggregation in the order of their partitions: keys, and the inputs of each aggregate.
///
/// Texts with many distinct values are not yet numbered: they are stored separately, and their hashes follow each key.
struct RowBatch {
  static let partitionCount = 256
  /// The number of rows gathered before they are sorted: a partition's share is then worth a call.
  static let rowTarget = 65_536

  struct Piece {
    let words: Buffer
    var texts: [Vector] = []
    var inputs: [[Vector]] = []
    let count: Int
  }

  let words: Buffer
  let texts: [Vector]
  let inputs: [[Vector]]
  /// The position of each row before the rows were sorted.
  let order: Selection
  private let starts: [Int]
  var count: Int { starts[Self.partitionCount] }

  func range(of partition: Int) -> Range<Int> { starts[partition]..<starts[partition &+ 1] }

  /// - `width`: the 64-bit lanes of a key and the hashes after them.
  init(_ pieces: [Piece], width: Int) {
    let n = pieces.reduce(0) { $0 &+ $1.count }
    var joined = pieces.first?.words ?? Buffer(byteCount: 0)
    if pieces.count > 1 {
      joined = Buffer(of: UInt64.self, count: n &* width)
      var offset = 0
      for piece in pieces {
        joined.view(UInt64.self).copy(piece.words.view(), count: piece.count &* width, to: offset &* width)
        offset &+= piece.count
      }
    }
    let owner = BufferView<UInt8>(count: n)
    let keys = joined.view(UInt64.self)
    var counts = [Int](repeating: 0, count: Self.partitionCount &+ 1)
    for row in 0..<n {
      let partition = UInt8(truncatingIfNeeded: GroupTable.hash(keys, row &* width, width) &>> 56)
      owner[row] = partition
      counts[Int(partition) &+ 1] &+= 1
    }
    for i in 1...Self.partitionCount { counts[i] &+= counts[i &- 1] }
    starts = counts
    let order = Selection(buffer: Buffer(of: UInt32.self, count: n), count: n)
    let rows = order.rows
    let next = BufferView(counts)
    for row in 0..<n {
      let place = next[Int(owner[row])]
      next[Int(owner[row])] = place &+ 1
      rows[place] = UInt32(truncatingIfNeeded: row)
    }
    let sorted = Buffer(of: UInt64.self, count: n &* width)
    let out = sorted.view(UInt64.self)
    for i in 0..<n {
      let from = Int(rows[i]) &* width
      for w in 0..<width { out[i &* width &+ w] = keys[from &+ w] }
    }
    words = sorted
    self.order = order
    func gathered(_ parts: [Vector]) -> Vector {
      guard let first = parts.first else { return .constant(.null(.long), count: n) }
      if first.isConstant, parts.allSatisfy({ $0.data == first.data }) { return first.resized(to: n) }
      return Vector.concatenating(parts, type: first.type).gathering(order)
    }
    let shape = pieces.first
    texts = (shape?.texts ?? []).indices.map { place in gathered(pieces.map { $0.texts[place] }) }
    inputs = (shape?.inputs ?? []).enumerated().map { aggregate, vectors in
      vectors.indices.map { place in gathered(pieces.map { $0.inputs[aggregate][place] }) }
    }
  }
}
