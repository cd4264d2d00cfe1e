import Synchronization

/// Returns ready lazy chunks one by one; each is read by one worker only.
final class LazyChunkSource: ChunkSource {
  private let chunks: [Chunk]
  /// The start of each piece. A piece is cut on request, so that what is gathered for it is released with it.
  private let pieces: [(chunk: Int, row: Int)]
  private let isCutting: Bool
  /// All rows, if they are one chunk.
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
    chunk.order = RowOrder(index)
    return chunk
  }

  func stop() { stopped.store(true, ordering: .relaxed) }
}
