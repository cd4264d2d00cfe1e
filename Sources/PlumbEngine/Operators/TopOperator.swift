import PlumbDiagnostics

/// Keeps the first `limit` rows in the order of the keys, without sorting the rest.
///
/// - Memory: a few times `limit` rows per worker, and some chunks of which few rows are kept. Rows beyond the worst
///   kept first key are dropped before any other column is read.
final class TopSink: ChunkSink {
  fileprivate let keys: [SortKey]
  fileprivate let limit: Int
  fileprivate let types: [ScalarType]
  /// The keys, then the row's place in the source, so that ties fall the same way on every run.
  fileprivate let order: [SortKey]
  /// Where the source reads what is no longer worth reading.
  fileprivate let bound: TopBound?
  fileprivate let context: ExecutionContext
  private let results = Guarded<[Chunk]>([])

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
    let chunks = results.withLock { $0 }
    if chunks.isEmpty { return [] }
    let rows = try firstRows(chunks, by: order, limit: limit, types: types, context)
    return [rows.picking(Array(0..<types.count - 1))]
  }

  private final class Worker: SinkWorker {
    private let sink: TopSink
    private var pending: [Chunk] = []
    private var pendingRows = 0
    /// How many of the pending chunks are held as they came, of which only the rows that stay are read.
    private var heldChunks = 0
    private static let mostHeldChunks = 128
    /// The keys of the worst row kept, as far as they can be compared with; empty until `limit` rows are.
    private var threshold: [Vector] = []

    init(_ sink: TopSink) { self.sink = sink }

    func take(_ chunk: Chunk) throws {
      var kept = chunk
      if !threshold.isEmpty {
        let rows = try candidates(chunk)
        if rows.count == 0 { return }
        if rows.count < chunk.count { kept = chunk.selecting(rows) }
      }
      let places = Buffer(of: Int64.self, count: kept.count)
      let base = Int64(truncatingIfNeeded: chunk.sequence) &<< 20
      for i in 0..<kept.count { places.values(Int64.self)[i] = base &+ Int64(i) }
      kept = kept.appending([Vector(.long, count: kept.count, buffer: places)])
      if kept.count &* 16 < chunk.count, sink.limit <= 1024 {
        heldChunks &+= 1
      } else {
        _ = kept.vectors()
      }
      pending.append(kept)
      pendingRows &+= kept.count
      // Once few rows pass, each is worth a better threshold: it lets the scan leave out whole groups.
      if pendingRows > Swift.max(4 &* sink.limit, threshold.isEmpty ? 2 &* Chunk.preferredCount : 64)
        || heldChunks >= Self.mostHeldChunks
      { try reduce() }
    }

    func finish() throws { sink.keep(pending) }

    /// The rows that are not surely worse than the worst row kept: a later key decides where earlier ones are equal.
    private func candidates(_ chunk: Chunk) throws -> Selection {
      let n = chunk.count
      let kept = Buffer.zeros(byteCount: n), open = Buffer(byteCount: n)
      let isKept = kept.values(UInt8.self), isOpen = open.values(UInt8.self)
      isOpen.update(repeating: 1, count: n)
      for (place, worst) in threshold.enumerated() {
        let key = sink.keys[place]
        let values = try key.expression.evaluate(chunk, sink.context).expanded()
        // Nulls come before all values or after them, and NaN before all numbers.
        if let nulls = values.nulls {
          for i in 0..<n where nulls[i] != 0 { settle(i, key.nullsFirst, isKept, isOpen) }
        }
        if values.type == .real {
          let numbers = values.lanes(Double.self)
          for i in 0..<n where numbers[i].isNaN { settle(i, !key.isDescending, isKept, isOpen) }
        }
        let isLast = place == threshold.count - 1
        let arguments = Arguments(
          vectors: [values, worst.resized(to: n)], count: n, type: .bool, context: sink.context,
          span: .none, argumentSpans: [], prepared: Prepared())
        let better = compared(
          key.isDescending ? isLast ? .greaterOrEqual : .greater : isLast ? .lessOrEqual : .less, arguments)
        // One key without nulls and NaN, as most are: the comparison says it all.
        if threshold.count == 1, values.nulls == nil, values.type != .real { return better.trueRows() }
        let isBetter = better.lanes(UInt8.self)
        for i in 0..<n { isKept[i] |= isOpen[i] & isBetter[i] }
        if isLast { break }
        let same = compared(.equal, arguments)
        let isEqual = same.lanes(UInt8.self)
        var any: UInt8 = 0
        for i in 0..<n {
          isOpen[i] &= isEqual[i]
          any |= isOpen[i]
        }
        if any == 0 { break }
      }
      return Vector(.bool, count: n, buffer: kept).trueRows()
    }

    private func settle(
      _ row: Int, _ isBetter: Bool, _ isKept: UnsafeMutablePointer<UInt8>, _ isOpen: UnsafeMutablePointer<UInt8>
    ) {
      if isBetter { isKept[row] |= isOpen[row] }
      isOpen[row] = 0
    }

    private func reduce() throws {
      let whole = try firstRows(pending, by: sink.order, limit: sink.limit, types: sink.types, sink.context)
      _ = whole.vectors()
      pending = [whole]
      heldChunks = 0
      pendingRows = whole.count
      guard whole.count == sink.limit, whole.count > 0 else { return }
      threshold = []
      for key in sink.keys {
        let worst = try key.expression.evaluate(whole, sink.context).value(at: whole.count - 1)
        // With nulls or NaN as the worst kept there is nothing to compare with.
        if worst.isNull { break }
        if case .real(let number) = worst, number.isNaN { break }
        threshold.append(.constant(worst))
        if threshold.count == 1 { sink.bound?.raise(to: worst) }
      }
    }
  }
}
