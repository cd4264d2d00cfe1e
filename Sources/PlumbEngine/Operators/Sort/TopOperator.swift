import PlumbDiagnostics
import Synchronization

/// Keeps the first `limit` rows in the order of the keys, without sorting the rest.
///
/// - Memory: a few times `limit` rows per worker. Rows beyond the worst kept first key are dropped before any other
///     column is read, and rows in a table's memory are copied at the end.
final class TopSink: ChunkSink {
  fileprivate let keys: [SortKey]
  fileprivate let limit: Int
  fileprivate let types: [ScalarType]
  /// The keys, then the row's position among all rows, so that ties are resolved the same way on every run.
  fileprivate let order: [SortKey]
  /// Tells the source what is no longer worth reading.
  fileprivate let bound: TopBound?
  /// Whether chunks are rows of a table in memory, so that copying them gains nothing.
  fileprivate let rowsLieInTable: Bool
  fileprivate let context: ExecutionContext
  private let results = LockedValue<[(chunks: [Chunk], places: RowPlaces)]>([])
  /// The keys of a row for which some worker found `limit` rows at least as good, and how often they have changed.
  private let threshold = LockedValue<[Value]>([])
  private let improvements = Atomic<Int>(0)

  init(
    keys: [SortKey], limit: Int, types: [ScalarType], bound: TopBound?, rowsLieInTable: Bool, _ context: ExecutionContext
  ) {
    self.keys = keys
    self.bound = bound
    self.rowsLieInTable = rowsLieInTable
    self.limit = limit
    self.types = types + [.long]
    order = keys + [SortKey(.column(types.count, .long, .none), isDescending: false, nullsFirst: true)]
    self.context = context
  }

  func makeWorker() -> any SinkWorker { Worker(self) }

  fileprivate func keep(_ chunks: [Chunk], _ places: RowPlaces) { results.withLock { $0.append((chunks, places)) } }

  /// Whether one threshold leaves no more rows than the other, judged by the first key.
  fileprivate func isAtLeastAsGood(_ values: [Value], as others: [Value]) -> Bool {
    guard let value = values.first else { return others.isEmpty }
    return others.first.map { !$0.comes(before: value, isDescending: keys[0].isDescending) } ?? true
  }

  /// Shares what one worker has found with the others.
  fileprivate func share(_ values: [Value]) {
    threshold.withLock { threshold in
      if isAtLeastAsGood(threshold, as: values) && !threshold.isEmpty { return }
      threshold = values
      improvements.wrappingAdd(1, ordering: .relaxed)
    }
    if let worst = values.first { bound?.raise(to: worst) }
  }

  /// What the workers have found, if it has changed since `known`.
  fileprivate func shared(since known: inout Int) -> [Value]? {
    let now = improvements.load(ordering: .relaxed)
    if now == known { return nil }
    known = now
    return threshold.withLock { $0 }
  }

  func finish() throws -> [Chunk] {
    let parts = results.withLock { $0 }
    let chunks = zip(parts, RowPlaces.ranks(parts.map(\.places))).flatMap { part, ranks in
      part.chunks.map { ranked($0, ranks) }
    }
    if chunks.isEmpty { return [] }
    let first = try FirstRows(chunks, by: order, limit: limit, types: types, context)
    let rows = try Chunk.picking(first.rows, from: chunks, types: types, context)
    return [rows.picking(Array(0..<types.count - 1))]
  }

  /// The chunk with positions that compare as the rows do.
  fileprivate func ranked(_ chunk: Chunk, _ ranks: RowPlaces.Ranks) -> Chunk {
    let places = chunk.column(types.count - 1).view(Int64.self)
    let ranked = Buffer(of: Int64.self, count: chunk.count)
    for i in 0..<chunk.count { ranked.view(Int64.self)[i] = ranks(places[i]) }
    return chunk.replacingLast(with: Vector(.long, count: chunk.count, buffer: ranked))
  }

  private final class Worker: SinkWorker {
    private let sink: TopSink
    private var places = RowPlaces()
    private var pending: [Chunk] = []
    private var pendingRows = 0
    /// The keys of the worst row kept here or elsewhere, as far as they can be compared; empty until there are `limit` rows.
    private var threshold: [Value] = []
    private var knownImprovements = 0

    init(_ sink: TopSink) { self.sink = sink }

    func take(_ chunk: Chunk) throws {
      var kept = chunk
      if let found = sink.shared(since: &knownImprovements), sink.isAtLeastAsGood(found, as: threshold) { threshold = found }
      if !threshold.isEmpty {
        let rows = try candidates(chunk)
        if rows.count == 0 { return }
        if rows.count < chunk.count { kept = chunk.selecting(rows) }
      }
      let rows = Buffer(of: Int64.self, count: kept.count)
      let first = places.add(chunk.order)
      for i in 0..<kept.count { rows.view(Int64.self)[i] = first &+ Int64(i) }
      kept = kept.appending([Vector(.long, count: kept.count, buffer: rows)])
      if !sink.rowsLieInTable { _ = kept.vectors() }
      pending.append(kept)
      pendingRows &+= kept.count
      // Once few rows pass, each may improve the threshold: a better one lets the scan skip whole groups.
      if pendingRows / 4 > sink.limit, pendingRows > (threshold.isEmpty ? 2 &* Chunk.preferredCount : 64) {
        try reduce()
      }
    }

    func finish() throws { sink.keep(pending, places) }

    /// The rows that are not certainly worse than the worst row kept: a later key decides if earlier ones are equal.
    private func candidates(_ chunk: Chunk) throws -> Selection {
      let n = chunk.count
      let kept = Buffer.zeros(byteCount: n), open = Buffer(byteCount: n)
      let isKept = kept.view(UInt8.self), isOpen = open.view(UInt8.self)
      isOpen.fill(0, count: n, with: 1)
      for (place, worst) in threshold.enumerated() {
        let key = sink.keys[place]
        let values = try key.expression.evaluate(chunk, sink.context).expanded()
        // Nulls come before all values or after them, and NaN with them.
        if let nulls = values.nulls {
          for i in 0..<n where nulls[i] != 0 { settle(i, key.nullsFirst, isKept, isOpen) }
        }
        if values.type == .real {
          let numbers = values.view(Double.self)
          for i in 0..<n where numbers[i].isNaN { settle(i, key.nullsFirst, isKept, isOpen) }
        }
        let isLast = place == threshold.count - 1
        let arguments = Arguments(
          vectors: [values, Vector.constant(worst, count: n)], count: n, type: .bool, context: sink.context,
          span: .none, argumentSpans: [], prepared: Prepared())
        let better = compared(
          key.isDescending ? isLast ? .greaterOrEqual : .greater : isLast ? .lessOrEqual : .less, arguments)
        // One key without nulls and NaN, the usual case: the comparison alone decides.
        if threshold.count == 1, values.nulls == nil, values.type != .real { return better.trueRows() }
        let isBetter = better.view(UInt8.self)
        for i in 0..<n { isKept[i] |= isOpen[i] & isBetter[i] }
        if isLast { break }
        let same = compared(.equal, arguments)
        let isEqual = same.view(UInt8.self)
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
      _ row: Int, _ isBetter: Bool, _ isKept: BufferView<UInt8>, _ isOpen: BufferView<UInt8>
    ) {
      if isBetter { isKept[row] |= isOpen[row] }
      isOpen[row] = 0
    }

    private func reduce() throws {
      var comparable = pending
      if !places.areOrdered {
        let ranks = places.ranks
        comparable = pending.map { sink.ranked($0, ranks) }
      }
      let first = try FirstRows(comparable, by: sink.order, limit: sink.limit, types: sink.types, sink.context)
      let count = first.rows.count
      if sink.rowsLieInTable {
        pending = Chunk.narrowing(pending, to: try first.rows.ascending(below: first.keys.count, sink.context))
      } else {
        let rows = try Chunk.picking(first.rows, from: pending, types: sink.types, sink.context)
        _ = rows.vectors()
        pending = [rows]
      }
      pendingRows = count
      guard count == sink.limit, count > 0 else { return }
      let worst = first.keys.selecting(first.rows.slice(count &- 1, 1))
      var values: [Value] = []
      for key in sink.keys {
        let value = try key.expression.evaluate(worst, sink.context).value(at: 0)
        // If the worst kept value is null or NaN, there is nothing to compare with.
        if value.isNull { break }
        if case .real(let number) = value, number.isNaN { break }
        values.append(value)
      }
      guard sink.isAtLeastAsGood(values, as: threshold) else { return }
      threshold = values
      sink.share(values)
    }
  }
}
