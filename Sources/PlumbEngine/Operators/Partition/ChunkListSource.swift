import Synchronization

/// Ready chunks, cut to the usual size.
final class ChunkListSource: ChunkSource {
  private let pieces: [(chunk: Int, row: Int)]
  private let chunks: [Chunk]
  private let place = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)
  let rowEstimate: Int

  init(_ chunks: [Chunk]) {
    self.chunks = chunks
    rowEstimate = chunks.reduce(0) { $0 &+ $1.count }
    pieces = chunks.indices.flatMap { index in
      stride(from: 0, to: chunks[index].count, by: Chunk.preferredCount).map { (index, $0) }
    }
  }

  func next() -> Chunk? {
    if stopped.load(ordering: .relaxed) { return nil }
    let index = place.wrappingAdd(1, ordering: .relaxed).oldValue
    guard index < pieces.count else { return nil }
    let (number, row) = pieces[index]
    let whole = chunks[number]
    let length = Swift.min(Chunk.preferredCount, whole.count &- row)
    // A new chunk each time: workers must not share lazily gathered columns.
    let piece = Chunk(
      (0..<whole.columnCount).map { whole.column($0).slice(row, length) }, count: length,
      order: RowOrder(index))
    return piece
  }

  func stop() { stopped.store(true, ordering: .relaxed) }
}
