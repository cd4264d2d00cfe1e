import PlumbDiagnostics
import Synchronization

/// Groups rows by key and runs aggregates over each group, on all workers.
///
/// - Memory: workers have a table each and merge them at the end. A worker for which most keys are new
///     stops aggregating: it sorts its rows by hash into partitions, which are aggregated one by one
///     in cache. (Radix partitioning, as in Manegold, Boncz, Kersten 2002.) Many groups of a small domain of keys are
///     indexed by key, and merged by ranges of keys.
/// - Order: groups are in the order of their first rows if there are few; otherwise in any order.
final class AggregateSink: ChunkSink {
  fileprivate let keys: [BoundExpression]
  fileprivate let aggregates: [BoundAggregate]
  fileprivate let layout: KeyLayout
  fileprivate let context: ExecutionContext
  private let workers = LockedValue<[AggregateWorker]>([])
  /// Whether texts are numbered partition by partition; the first worker that partitions decides for all.
  private let numbersByPartition = LockedValue<Bool?>(nil)

  /// The number of groups above which their order is not worth a sort.
  fileprivate static let orderedGroupLimit = 8_192
  /// The number of groups from which each state is merged and finished on its own worker.
  private static let parallelGroupLimit = 4_096

  init(keys: [BoundExpression], bounds: [KeyBounds], aggregates: [BoundAggregate], _ context: ExecutionContext) {
    self.keys = keys
    self.aggregates = aggregates
    self.context = context
    layout = KeyLayout(keys.map(\.type), bounds: bounds)
  }

  func makeWorker() throws -> any SinkWorker {
    let worker = try AggregateWorker(self)
    workers.withLock { $0.append(worker) }
    return worker
  }

  fileprivate func numbersTextsByPartition(_ keys: [Vector]) -> Bool {
    numbersByPartition.withLock { known in
      if let known { return known }
      let isBetter = layout.hasPlainTexts(keys)
      known = isBetter
      return isBetter
    }
  }

  /// The number of 64-bit lanes from one put-aside row to the next.
  fileprivate var batchWidth: Int {
    numbersByPartition.withLock { $0 ?? false } ? layout.hashedWidth : layout.wordCount
  }

  fileprivate func makeStates() throws -> [any AggregateState] {
    try aggregates.map { try $0.makeState() }
  }

  fileprivate func makeTable() -> GroupTable {
    GroupTable(wordCount: layout.wordCount, slotCount: layout.slotCount)
  }

  /// All groups: the key columns, then the results.
  func finish() throws -> any ChunkSource {
    let all = workers.withLock { $0 }
    if all.contains(where: { !$0.batches.isEmpty }) { return PartitionSource(self, all) }
    if all.contains(where: { $0.table.isDirectlyAddressed }) {
      try WorkerPool.shared.each(all.count, workers: context.threads) { try all[$0].addressDirectly() }
      return DirectAddressedSource(all.map { ($0.table, $0.states) }, layout, aggregates, context)
    }
    return LazyChunkSource(cutting: try finishTables(all))
  }

  private func finishTables(_ all: [AggregateWorker]) throws -> [Chunk] {
    guard let first = all.first else { return [] }
    if keys.isEmpty {
      for state in first.states { state.grow(to: 1) }
      let zero: [UInt32] = [0]
      for worker in all.dropFirst() {
        for (mine, other) in zip(first.states, worker.states) {
          other.grow(to: 1)
          try mine.merge(other, range: 0..<1, groups: zero)
        }
      }
      return [Chunk(try first.states.flatMap { try $0.finish(count: 1, context) }, count: 1)]
    }
    if all.count > 1 {
      for (worker, ranks) in zip(all, RowPlaces.ranks(all.map(\.places))) { worker.rankFirstPlaces(ranks) }
    }
    for worker in all.dropFirst() {
      let numbers = first.absorbKeys(of: worker)
      try forEachState(worker.table.count) { state in
        try first.absorb(state, of: worker, numbers.view())
      }
    }
    let count = first.table.count
    if count == 0 { return [] }
    try context.checkpoint()
    let results = LockedValue<[[Vector]]>(Array(repeating: [], count: first.states.count))
    try forEachState(count) { state in
      let vectors = try first.states[state].finish(count: count, context)
      results.withLock { $0[state] = vectors }
    }
    let columns = layout.vectors(from: first.table.words, count: count) + results.withLock { $0.flatMap { $0 } }
    let chunk = Chunk(columns, count: count)
    guard count <= Self.orderedGroupLimit, all.count > 1 else { return [chunk] }
    let places = first.firstPlaces
    let order = (0..<count).sorted { places[$0] < places[$1] }
    let selection = Selection(buffer: Buffer(of: UInt32.self, count: count), count: count)
    for (i, group) in order.enumerated() { selection.rows[i] = UInt32(truncatingIfNeeded: group) }
    let ordered = chunk.selecting(selection)
    return [Chunk(ordered.vectors(), count: count)]
  }

  /// Calls `body` for each aggregate's number, on several workers if there are many groups.
  private func forEachState(_ groups: Int, _ body: @Sendable (Int) throws -> Void) throws {
    let workers = groups < Self.parallelGroupLimit ? 1 : context.threads
    try WorkerPool.shared.each(aggregates.count, workers: workers, body)
  }

  /// Aggregates one partition of all workers' rows on its own; nil if it is empty.
  fileprivate func aggregate(_ partition: Int, of all: [AggregateWorker]) throws -> Chunk? {
    let table = GroupTable(wordCount: layout.wordCount)
    let states = try makeStates()
    let longest = all.flatMap { $0.batches + [$0.tableBatch].compactMap { $0 } }
      .reduce(1) { Swift.max($0, $1.range(of: partition).count) }
    let groups = Buffer(of: UInt32.self, count: longest)
    let numbers = groups.values(UInt32.self)
    let width = batchWidth
    let isNumbering = width > layout.wordCount
    let texts = isNumbering ? layout.makePartitionTexts() : []
    let scratch = Buffer(of: UInt64.self, count: isNumbering ? longest &* layout.wordCount : 0)

    func number(_ batch: RowBatch, _ range: Range<Int>) {
      (batch.words.view(UInt64.self) + range.lowerBound &* width).withPointer { words in
        guard isNumbering else { return table.numbers(of: words, rows: range.count, into: numbers) }
        let slices = batch.texts.map { $0.slice(range.lowerBound, range.count) }
        layout.words(words, count: range.count, texts: slices, texts, into: scratch.values())
        table.numbers(of: scratch.values(UInt64.self), rows: range.count, into: numbers)
      }
    }

    for worker in all {
      // What the worker had aggregated before it began to partition.
      if let batch = worker.tableBatch {
        let range = batch.range(of: partition)
        if !range.isEmpty {
          number(batch, range)
          for (mine, other) in zip(states, worker.states) {
            mine.grow(to: table.count)
            for (place, row) in range.enumerated() {
              let group = Int(batch.order.rows[row])
              try mine.merge(other, range: group..<group &+ 1, groups: numbers + place)
            }
          }
        }
      }
      for batch in worker.batches {
        let range = batch.range(of: partition)
        if range.isEmpty { continue }
        number(batch, range)
        for (state, inputs) in zip(states, batch.inputs) {
          state.grow(to: table.count)
          try state.update(
            inputs.map { $0.slice(range.lowerBound, range.count) }, groups: numbers, count: range.count)
        }
      }
    }
    guard table.count > 0 else { return nil }
    let keys = isNumbering
      ? layout.vectors(from: table.words, count: table.count, texts, owner: textOwners(all))
      : layout.vectors(from: table.words, count: table.count)
    let columns = keys + (try states.flatMap { try $0.finish(count: table.count, context.alone) })
    return Chunk(columns, count: table.count, order: RowOrder(partition))
  }

  /// Keeps the texts of all rows alive.
  private func textOwners(_ all: [AggregateWorker]) -> AnyObject {
    Owners(all.flatMap { ($0.batches + [$0.tableBatch].compactMap { $0 }).flatMap { $0.texts.compactMap(\.keepAlive) } })
  }
}

/// The groups of an aggregation by partitions, each aggregated on request: the next operator reads it in cache,
/// and no two partitions' groups need to be held at once.
private final class PartitionSource: ChunkSource {
  private let sink: AggregateSink
  private let workers: [AggregateWorker]
  private let nextPartition = Atomic<Int>(0)
  let rowEstimate: Int

  init(_ sink: AggregateSink, _ workers: [AggregateWorker]) {
    self.sink = sink
    self.workers = workers
    for worker in workers { worker.divideTable(width: sink.batchWidth) }
    rowEstimate = workers.reduce(0) { $0 &+ $1.batches.reduce(0) { $0 &+ $1.count } }
  }

  func next() throws -> Chunk? {
    while true {
      let partition = nextPartition.wrappingAdd(1, ordering: .relaxed).oldValue
      guard partition < RowBatch.partitionCount else { return nil }
      try sink.context.checkpoint()
      if let chunk = try sink.aggregate(partition, of: workers) { return chunk }
    }
  }

  func stop() { nextPartition.store(RowBatch.partitionCount, ordering: .relaxed) }
}

/// One worker's groups, and the rows that it has put aside by partition.
private final class AggregateWorker: SinkWorker, @unchecked Sendable {
  /// The sink retains its workers, which must not retain it.
  private unowned let sink: AggregateSink
  let table: GroupTable
  private(set) var states: [any AggregateState]
  private let hasCells: Bool
  /// The position of the first row of each group, while there are few groups.
  private(set) var firstPlaces: [Int64] = []
  private(set) var places = RowPlaces()
  private(set) var batches: [RowBatch] = []
  private var pending: [RowBatch.Piece] = []
  private var pendingRows = 0
  private var isPartitioning = false
  private var rowsSeen = 0
  private let groups = Buffer(of: UInt32.self, count: Chunk.preferredCount)
  private var groupCapacity = Chunk.preferredCount
  private var groupBuffer: Buffer

  init(_ sink: AggregateSink) throws {
    self.sink = sink
    table = sink.makeTable()
    let states = try sink.makeStates()
    self.states = states
    hasCells = states.allSatisfy { $0 is any CellState }
    groupBuffer = groups
  }

  func take(_ chunk: Chunk) throws {
    let n = chunk.count
    let inputs = try sink.aggregates.map { aggregate in
      try aggregate.arguments.map { try $0.evaluate(chunk, sink.context) }
    }
    if sink.keys.isEmpty {
      for (state, vectors) in zip(states, inputs) {
        state.grow(to: 1)
        try update(state, vectors, groups: nil, chunk)
      }
      return
    }
    let keys = try sink.keys.map { try $0.evaluate(chunk, sink.context) }
    if isPartitioning { return try putAside(keys, inputs, n) }
    if n > groupCapacity {
      groupBuffer = Buffer(of: UInt32.self, count: n)
      groupCapacity = n
    }
    let numbers = groupBuffer.view(UInt32.self)
    let known = table.count
    if let codes = sink.layout.directCodes(keys) {
      numbers.withPointer { table.numbers(ofCodes: codes, rows: n, into: $0) }
    } else {
      let words = sink.layout.words(of: keys, count: n)
      words.view(UInt64.self).withPointer { words in numbers.withPointer { table.numbers(of: words, rows: n, into: $0) } }
    }
    if table.count > known { noteFirstPlaces(numbers, n, known, chunk.order) }
    for (state, vectors) in zip(states, inputs) {
      state.grow(to: table.count)
      try update(state, vectors, groups: numbers, chunk)
    }
    rowsSeen &+= n
    try decide()
  }

  private func update(
    _ state: any AggregateState, _ vectors: [Vector], groups: BufferView<UInt32>?, _ chunk: Chunk
  ) throws {
    if let weightColumn = chunk.weightColumn, let counting = state as? CountState {
      let weights = chunk.column(weightColumn)
      return withPointer(of: groups) { counting.update(vectors, weights: weights.lanes(), groups: $0, count: chunk.count) }
    }
    // For the other aggregates over statistics the number of rows with a value does not matter.
    try withPointer(of: groups) { try state.update(vectors, groups: $0, count: chunk.count) }
  }

  private func noteFirstPlaces(
    _ numbers: BufferView<UInt32>, _ n: Int, _ known: Int, _ order: RowOrder
  ) {
    if known > AggregateSink.orderedGroupLimit { return }
    var next = UInt32(truncatingIfNeeded: known)
    let first = places.add(order)
    for i in 0..<n where numbers[i] == next {
      firstPlaces.append(first &+ Int64(i))
      next &+= 1
    }
  }

  /// Makes the positions comparable with those of other workers.
  func rankFirstPlaces(_ ranks: RowPlaces.Ranks) {
    for group in firstPlaces.indices { firstPlaces[group] = ranks(firstPlaces[group]) }
  }

  /// After a sample of rows: if most keys are new, tables are not worth their cost.
  private func decide() throws {
    if let slots = sink.layout.slotCount {
      // If an eighth of the domain has occurred already, cells for all of it are not a waste.
      let isDense = table.count > AggregateSink.orderedGroupLimit && table.count &* 8 > slots
      if isDense, hasCells { try addressDirectly() }
      return
    }
    guard rowsSeen >= 65_536, rowsSeen < 65_536 &+ Chunk.preferredCount else { return }
    isPartitioning = table.count &* 5 > rowsSeen &* 2
  }

  /// From now on the key of a group is its number.
  func addressDirectly() throws {
    if table.isDirectlyAddressed { return }
    let known = table.count
    let groups = BufferView<UInt32>(count: known)
    for group in 0..<known { groups[group] = UInt32(truncatingIfNeeded: table.words[group]) }
    table.addressDirectly()
    let placed = try sink.makeStates()
    for (state, numbered) in zip(placed, states) {
      state.grow(to: table.count)
      numbered.grow(to: known)
      try groups.withPointer { try state.merge(numbered, range: 0..<known, groups: $0) }
    }
    states = placed
  }

  private func putAside(_ keys: [Vector], _ inputs: [[Vector]], _ n: Int) throws {
    if sink.numbersTextsByPartition(keys) {
      let (words, texts) = sink.layout.hashedWords(of: keys, count: n)
      pending.append(RowBatch.Piece(words: words, texts: texts, inputs: inputs, count: n))
    } else {
      pending.append(RowBatch.Piece(words: sink.layout.words(of: keys, count: n), inputs: inputs, count: n))
    }
    pendingRows &+= n
    if pendingRows >= RowBatch.rowTarget { try flush() }
  }

  /// Sorts the rows put aside by partition.
  func flush() throws {
    guard pendingRows > 0 else { return }
    try sink.context.checkpoint()
    batches.append(RowBatch(pending, width: sink.batchWidth))
    pending = []
    pendingRows = 0
  }

  func finish() throws { if isPartitioning { try flush() } }

  /// The keys of the table's groups by partition, once all workers have finished.
  private(set) var tableBatch: RowBatch?

  func divideTable(width: Int) {
    guard table.count > 0 else { return }
    if width > sink.layout.wordCount {
      let (words, texts) = sink.layout.hashedWords(from: table.words, count: table.count)
      tableBatch = RowBatch([RowBatch.Piece(words: words, texts: texts, count: table.count)], width: width)
      return
    }
    let words = Buffer(of: UInt64.self, count: table.count &* width)
    words.view(UInt64.self).copy(table.words, count: table.count &* width)
    tableBatch = RowBatch([RowBatch.Piece(words: words, count: table.count)], width: width)
  }

  /// Merges another worker's keys; returns the number of each here.
  func absorbKeys(of other: AggregateWorker) -> Buffer {
    let n = other.table.count
    let map = Buffer(of: UInt32.self, count: n)
    let numbers = map.view(UInt32.self)
    let known = table.count
    numbers.withPointer { table.numbers(of: other.table.words, rows: n, into: $0) }
    if table.count > AggregateSink.orderedGroupLimit { return map }
    firstPlaces.append(contentsOf: repeatElement(.max, count: table.count &- known))
    for group in 0..<n {
      let mine = Int(numbers[group])
      firstPlaces[mine] = Swift.min(firstPlaces[mine], other.firstPlaces[group])
    }
    return map
  }

  /// Merges another worker's values of one state.
  func absorb(_ state: Int, of other: AggregateWorker, _ numbers: BufferView<UInt32>) throws {
    let n = other.table.count
    guard n > 0 else { return }
    states[state].grow(to: table.count)
    other.states[state].grow(to: n)
    try numbers.withPointer { try states[state].merge(other.states[state], range: 0..<n, groups: $0) }
  }
}
