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
  return sliced(whole, by: order)
}

/// `whole`'s rows in an order, as lazy chunks of the usual size.
func sliced(_ whole: Chunk, by order: Selection) -> [Chunk] {
  let bases = whole.vectors()
  var result: [Chunk] = []
  var start = 0
  while start < order.count {
    let length = Swift.min(Chunk.preferredCount, order.count - start)
    let part = Buffer(of: UInt32.self, count: length)
    part.values(UInt32.self).update(from: order.rows + start, count: length)
    let selection = Selection(buffer: part, count: length)
    result.append(
      Chunk(
        columns: bases.map { LazyColumn(base: $0, selection: selection) }, count: length,
        sequence: UInt64(result.count)))
    start += length
  }
  return result
}

/// One chunk of all rows, its columns joined on all workers.
func concatenatedInParallel(_ chunks: [Chunk], types: [ScalarType], _ context: ExecutionContext) throws -> Chunk {
  if chunks.count == 1 { return chunks[0] }
  let count = chunks.reduce(0) { $0 &+ $1.count }
  let joined = Mutex<[Vector?]>(Array(repeating: nil, count: types.count))
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
  private let place = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)
  let rowEstimate: Int

  init(_ chunks: [Chunk]) {
    self.chunks = chunks
    rowEstimate = chunks.reduce(0) { $0 &+ $1.count }
  }

  func next() -> Chunk? {
    if stopped.load(ordering: .relaxed) { return nil }
    let index = place.wrappingAdd(1, ordering: .relaxed).oldValue
    guard index < chunks.count else { return nil }
    let chunk = chunks[index]
    chunk.sequence = UInt64(index)
    return chunk
  }

  func stop() { stopped.store(true, ordering: .relaxed) }
}
