import PlumbDiagnostics
import Synchronization

/// All rows of `chunks`, sorted. Columns are gathered when they are read, so that a column which a
/// later step drops costs nothing.
func sorted(_ chunks: [Chunk], by keys: [SortKey], types: [ScalarType], _ context: ExecutionContext) throws -> [Chunk] {
  if chunks.isEmpty { return [] }
  let whole = try Chunk.concatenating(chunks, types: types, context)
  let order = try sortedRows(whole, by: keys, context)
  return [Chunk(whole.vectors(), count: whole.count).selecting(order)]
}

/// Which rows of some chunks come first in the order of some keys.
struct FirstRows {
  /// Their places among all rows, in order.
  let rows: Selection
  /// All rows; columns that no key reads are null.
  let keys: Chunk

  /// The first `limit` rows. Later keys are looked at only where the first leaves it open whether a row is among them.
  init(_ chunks: [Chunk], by keys: [SortKey], limit: Int, types: [ScalarType], _ context: ExecutionContext) throws {
    let read = keys.reduce(into: Set<Int>()) { $0.formUnion($1.expression.columns) }
    let whole = try Chunk.concatenating(chunks, types: types, wanted: read, context)
    var candidates = Selection.range(0..<whole.count)
    if let first = keys.first, keys.count > 1, limit > 0, whole.count > 2 &* limit {
      let codes = try first.codes(whole, context)
      let order = try sortedRows([codes], count: whole.count, context)
      let code = codes.codes.values(UInt64.self)
      let last = code[Int(order.rows[limit &- 1])]
      var kept = limit
      while kept < order.count, code[Int(order.rows[kept])] == last { kept &+= 1 }
      candidates = order.slice(0, kept)
    }
    let order = try sortedRows(whole.selecting(candidates), by: keys, context)
    rows = candidates.composed(with: order.slice(0, Swift.min(limit, order.count)))
    self.keys = whole
  }
}

/// The rows of a chunk in the order of the keys.
private func sortedRows(_ chunk: Chunk, by keys: [SortKey], _ context: ExecutionContext) throws -> Selection {
  try sortedRows(try keys.map { try $0.codes(chunk, context) }, count: chunk.count, context)
}

extension SortKey {
  /// Numbers that sort as the key does.
  func codes(_ chunk: Chunk, _ context: ExecutionContext) throws -> SortCodes {
    try context.checkpoint()
    return try SortCodes(
      try expression.evaluate(chunk, context), isDescending: isDescending, nullsFirst: nullsFirst, context)
  }
}

/// Hands out ready lazy chunks one by one; each is read by one worker only.
final class LazyChunkSource: ChunkSource {
  private let chunks: [Chunk]
  /// Where each piece begins. A piece is cut when it is asked for, so that what is gathered for it goes with it.
  private let pieces: [(chunk: Int, row: Int)]
  private let isCutting: Bool
  /// All rows, when they are one chunk.
  let whole: Chunk?
  private let place = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)
  let rowEstimate: Int

  init(_ chunks: [Chunk]) {
    self.chunks = chunks
    whole = nil
    isCutting = false
    pieces = chunks.indices.map { ($0, 0) }
    rowEstimate = chunks.reduce(0) { $0 &+ $1.count }
  }

  /// The chunks in pieces of the usual size.
  init(cutting chunks: [Chunk]) {
    self.chunks = chunks
    whole = chunks.count == 1 ? chunks[0] : nil
    isCutting = true
    pieces = chunks.indices.flatMap { index -> [(Int, Int)] in
      let count = chunks[index].count
      if count == 0 { return [] }
      return count <= 2 &* Chunk.preferredCount
        ? [(index, 0)] : stride(from: 0, to: count, by: Chunk.preferredCount).map { (index, $0) }
    }
    rowEstimate = chunks.reduce(0) { $0 &+ $1.count }
  }

  func next() -> Chunk? {
    if stopped.load(ordering: .relaxed) { return nil }
    let index = place.wrappingAdd(1, ordering: .relaxed).oldValue
    guard index < pieces.count else { return nil }
    let (number, row) = pieces[index]
    var chunk = chunks[number]
    if isCutting, chunk.count > 2 &* Chunk.preferredCount {
      chunk = chunk.slice(row, Swift.min(Chunk.preferredCount, chunk.count &- row))
    }
    chunk.sequence = UInt64(index)
    return chunk
  }

  func stop() { stopped.store(true, ordering: .relaxed) }
}
