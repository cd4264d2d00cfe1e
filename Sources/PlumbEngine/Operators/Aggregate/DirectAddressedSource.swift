import PlumbDiagnostics
import Synchronization

/// A state that has a small cell for each group: merging a range of groups costs only that range, and the cell of a
/// group that did not occur changes nothing.
protocol CellState: AggregateState {}

extension CountState: CellState {}
extension AccumulatorState: CellState {}

/// The groups of an aggregation whose keys are their own numbers: each worker stores a range of keys contiguously,
/// so that ranges are merged on all workers, each on request.
///
/// - Order: by the 64-bit form of the keys.
final class DirectAddressedSource: ChunkSource, @unchecked Sendable {
  private let layout: KeyLayout
  private let aggregates: [BoundAggregate]
  private let parts: [(table: GroupTable, states: [any AggregateState])]
  private let context: ExecutionContext
  private let domain: Int
  private let nextRange = Atomic<Int>(0)
  /// The number of keys in a range: their cells fit the cache.
  private static let rangeLength = 8_192

  /// - `parts`: the results of each worker, all over the same domain of keys.
  init(
    _ parts: [(table: GroupTable, states: [any AggregateState])], _ layout: KeyLayout, _ aggregates: [BoundAggregate],
    _ context: ExecutionContext
  ) {
    self.parts = parts
    self.layout = layout
    self.aggregates = aggregates
    self.context = context
    domain = parts.first?.table.count ?? 0
  }

  var rowEstimate: Int { domain }
  private var rangeCount: Int { (domain &+ Self.rangeLength &- 1) / Self.rangeLength }

  func next() throws -> Chunk? {
    while true {
      let number = nextRange.wrappingAdd(1, ordering: .relaxed).oldValue
      guard number < rangeCount else { return nil }
      try context.checkpoint()
      let start = number &* Self.rangeLength
      if let chunk = try join(start..<Swift.min(start &+ Self.rangeLength, domain), RowOrder(number)) { return chunk }
    }
  }

  /// The groups whose keys are in `range`; nil if none exist.
  private func join(_ range: Range<Int>, _ order: RowOrder) throws -> Chunk? {
    let flags = Buffer.zeros(byteCount: range.count)
    flags.view(UInt8.self).withPointer { flags in for part in parts { part.table.markKeys(of: range, in: flags) } }
    let words = BufferView<UInt64>(count: range.count), groups = BufferView<UInt32>(count: range.count)
    var count = 0
    for (place, key) in range.enumerated() {
      // A key that did not occur is merged into the group of the next one: it has an empty cell.
      groups[place] = UInt32(truncatingIfNeeded: count)
      words[count] = UInt64(truncatingIfNeeded: key)
      count &+= Int(flags.view(UInt8.self)[place])
    }
    if count == 0 { return nil }
    let results = try aggregates.indices.flatMap { number in
      let state = try aggregates[number].makeState()
      state.grow(to: count &+ 1)
      for part in parts { try groups.withPointer { try state.merge(part.states[number], range: range, groups: $0) } }
      return try state.finish(count: count, context.alone)
    }
    let keys = words.withPointer { layout.vectors(from: $0, count: count) }
    return Chunk(keys + results, count: count, order: order)
  }

  func stop() { nextRange.store(rangeCount, ordering: .relaxed) }
}
