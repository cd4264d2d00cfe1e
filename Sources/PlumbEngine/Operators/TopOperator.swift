import PlumbDiagnostics
import Synchronization

/// Keeps the first `limit` rows in the order of the keys, without sorting the rest.
///
/// - Memory: a few times `limit` rows per worker. Rows beyond the worst kept first key are dropped
///   before any other column is read.
final class TopSink: ChunkSink {
  fileprivate let keys: [SortKey]
  fileprivate let limit: Int
  fileprivate let types: [ScalarType]
  /// The keys, then the row's place in the source, so that ties fall the same way on every run.
  fileprivate let order: [SortKey]
  /// Where the source reads what is no longer worth reading.
  fileprivate let bound: TopBound?
  fileprivate let context: ExecutionContext
  private let results = Mutex<[Chunk]>([])

  init(keys: [SortKey], limit: Int, types: [ScalarType], bound: TopBound?, _ context: ExecutionContext) {
    self.keys = keys
    self.bound = bound
    self.limit = limit
    self.types = types + [.long]
    order = keys + [SortKey(.column(types.count, .long, .none), isDescending: false, nullsFirst: true)]
    self.context = context
  }

  func makeWorker() -> any SinkWorker { Worker(self) }

  fileprivate func keep(_ chunks: [Chunk]) { results.withLock { $0 += chunks } }

  func finish() throws -> [Chunk] {
    let rows = try sorted(results.withLock { $0 }, by: order, types: types, context)
    return firstRows(rows, limit).map { $0.picking(Array(0..<types.count - 1)) }
  }

  private final class Worker: SinkWorker {
    private let sink: TopSink
    private var pending: [Chunk] = []
    private var pendingRows = 0
    /// The first key of the worst row kept; nil until `limit` rows are.
    private var threshold: Vector?

    init(_ sink: TopSink) { self.sink = sink }

    func take(_ chunk: Chunk) throws {
      var kept = chunk
      if let threshold {
        let first = try sink.keys[0].expression.evaluate(chunk, sink.context)
        let rows = candidates(first, threshold.resized(to: chunk.count))
        if rows.count == 0 { return }
        if rows.count < chunk.count { kept = chunk.selecting(rows) }
      }
      let places = Buffer(of: Int64.self, count: kept.count)
      let base = Int64(truncatingIfNeeded: chunk.sequence) &<< 20
      for i in 0..<kept.count { places.values(Int64.self)[i] = base &+ Int64(i) }
      kept = kept.appending([Vector(.long, count: kept.count, buffer: places)])
      _ = kept.vectors()
      pending.append(kept)
      pendingRows &+= kept.count
      if pendingRows > Swift.max(4 &* sink.limit, 2 &* Chunk.preferredCount) { try reduce() }
    }

    func finish() throws { sink.keep(pending) }

    /// The rows whose first key is not worse than the threshold.
    private func candidates(_ first: Vector, _ threshold: Vector) -> Selection {
      let key = sink.keys[0]
      let arguments = Arguments(
        vectors: [first, threshold], count: first.count, type: .bool, context: sink.context,
        span: .none, argumentSpans: [], prepared: Prepared())
      let verdicts = compared(key.isDescending ? .greaterOrEqual : .lessOrEqual, arguments)
      guard key.nullsFirst, let nulls = first.nulls else { return verdicts.trueRows() }
      let mask = Buffer(byteCount: first.count)
      let out = mask.values(UInt8.self)
      let held = verdicts.lanes(UInt8.self)
      for i in 0..<first.count { out[i] = first.isConstant ? 1 : nulls[i] | held[i] }
      return Vector(.bool, count: first.count, buffer: mask).trueRows()
    }

    private func reduce() throws {
      let best = firstRows(try sorted(pending, by: sink.order, types: sink.types, sink.context), sink.limit)
      let whole = Chunk.concatenating(best, types: sink.types)
      pending = [whole]
      pendingRows = whole.count
      guard whole.count == sink.limit, whole.count > 0 else { return }
      let first = try sink.keys[0].expression.evaluate(whole, sink.context)
      let worst = first.value(at: whole.count - 1)
      // With nulls or NaN as the worst kept there is nothing to compare with.
      if worst.isNull { return }
      if case .real(let number) = worst, number.isNaN { return }
      threshold = .constant(worst)
      sink.bound?.raise(to: worst)
    }
  }
}

/// The first `limit` rows of chunks in order.
func firstRows(_ chunks: [Chunk], _ limit: Int) -> [Chunk] {
  var left = limit
  var result: [Chunk] = []
  for chunk in chunks where left > 0 {
    let piece = chunk.count <= left ? chunk : chunk.slice(0, left)
    left -= piece.count
    result.append(piece)
  }
  return result
}
