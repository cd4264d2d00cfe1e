import PlumbDiagnostics
import Synchronization

/// All rows of `chunks`, sorted. Columns are gathered when they are read, so that a column which a
/// later step drops costs nothing.
func sorted(_ chunks: [Chunk], by keys: [SortKey], types: [ScalarType], _ context: ExecutionContext) throws -> [Chunk] {
  guard let first = chunks.first else { return [] }
  let whole = chunks.count == 1 ? first : try concatenatedInParallel(chunks, types: types, context)
  let codes = try keys.map { key in
    try context.checkpoint()
    return try SortCodes(
      try key.expression.evaluate(whole, context), isDescending: key.isDescending, nullsFirst: key.nullsFirst,
      context)
  }
  let order = try sortedRows(codes, count: whole.count, context)
  return [Chunk(whole.vectors(), count: whole.count).selecting(order)]
}

/// One chunk of all rows, its columns joined on all workers.
func concatenatedInParallel(_ chunks: [Chunk], types: [ScalarType], _ context: ExecutionContext) throws -> Chunk {
  if chunks.count == 1 { return chunks[0] }
  let count = chunks.reduce(0) { $0 &+ $1.count }
  let joined = Guarded<[Vector?]>(Array(repeating: nil, count: types.count))
  let next = Atomic<Int>(0)
  try WorkerPool.shared.run(workers: count > 100_000 ? context.threads : 1) { _ in
    while true {
      let column = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard column < types.count else { break }
      try context.checkpoint()
      let vector = try Vector.concatenating(chunks.map { $0.column(column) }, type: types[column]) {
        try context.checkpoint()
      }
      joined.withLock { $0[column] = vector }
    }
  }
  return Chunk(joined.withLock { $0.compactMap { $0 } }, count: count)
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
