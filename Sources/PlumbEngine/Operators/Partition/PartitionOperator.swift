import PlumbDiagnostics
import Synchronization

/// Runs a plan once for each distinct value of a key, partitions on all workers.
///
/// - Order: partitions in order of first occurrence of their keys.
func partitioned(
  _ plan: PartitionPlan, _ whole: Chunk, _ context: ExecutionContext,
  run: @Sendable (LogicalPlan, Chunk) throws -> [Chunk]
) throws -> [Chunk] {
  let n = whole.count
  guard n > 0 else { return [] }
  let key = try plan.key.evaluate(whole, context)
  let groups = try groupNumbers([key], count: n, context)
  let members = try groups.rowsByGroup(context)
  let next = Atomic<Int>(0)
  let results = LockedValue<[(Int, [Chunk])]>([])
  let bases = Chunk(whole.vectors(), count: n)
  try WorkerPool.shared.run(workers: n > context.tuning.rowsWorthAWorker ? context.threads : 1) { _ in
    var mine: [(Int, [Chunk])] = []
    while true {
      let group = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard group < groups.count else { break }
      try context.checkpoint()
      let rows = members.rows(of: group)
      let input = bases.selecting(rows)
      var inner = plan.plan
      if let name = plan.keyName, rows.count > 0 {
        inner = inner.replacingKey(name, with: key.value(at: Int(rows.rows[0])))
      }
      let made = try run(inner, Chunk(input.vectors(), count: rows.count))
      for chunk in made { _ = chunk.vectors() }
      if made.contains(where: { $0.count > 0 }) { mine.append((group, made)) }
    }
    let all = mine
    results.withLock { $0 += all }
  }
  return results.withLock { $0 }.sorted { $0.0 < $1.0 }.flatMap(\.1)
}

/// The first `limit` rows of each partition in the order of some keys, partitions in order of first occurrence.
///
/// Keys that fit 64 bits and small limits need no sort: each partition keeps its best rows in one pass.
func topOfEachPartition(
  _ chunks: [Chunk], types: [ScalarType], key: BoundExpression, order: [SortKey], limit: Int,
  _ context: ExecutionContext
) throws -> Chunk {
  if chunks.isEmpty { return Chunk(types.map { VectorBuilder($0).finish() }, count: 0) }
  let read = order.reduce(into: key.columns) { $0.formUnion($1.expression.columns) }
  let whole = try Chunk.concatenating(chunks, types: types, wanted: read, context)
  let rows = try topRowsOfEachPartition(whole, key: key, order: order, limit: limit, context)
  return try Chunk.picking(rows, from: chunks, types: types, context)
}

private func topRowsOfEachPartition(
  _ whole: Chunk, key: BoundExpression, order: [SortKey], limit: Int, _ context: ExecutionContext
) throws -> Selection {
  let n = whole.count
  let groups = try groupNumbers([try key.evaluate(whole, context)], count: n, context)
  let codes = try order.map { try $0.codes(whole, context) }
  if limit > 0, limit <= 16, codes.reduce(0, { $0 + $1.bits }) <= 64 {
    return try bestRows(groups, codes, limit, n, context)
  }
  let asWords = Buffer(of: Int64.self, count: n)
  let numbers = groups.numbers.view(UInt32.self)
  for i in 0..<n { asWords.view(Int64.self)[i] = Int64(numbers[i]) }
  let group = Vector(.long, count: n, buffer: asWords)
  let sorted = try sortedRows([SortCodes(group, isDescending: false, nullsFirst: true, context)] + codes, count: n, context)
  let kept = Buffer(of: UInt32.self, count: n)
  var made = 0
  var run = 0
  var last = missingRow
  for i in 0..<n {
    let row = sorted.rows[i]
    run = numbers[Int(row)] == last ? run + 1 : 0
    last = numbers[Int(row)]
    if run < limit {
      kept.view(UInt32.self)[made] = row
      made += 1
    }
  }
  return Selection(buffer: kept, count: made)
}

/// Each group's `limit` smallest rows by the combined codes; the first wins a tie.
///
/// Each worker keeps the best of its range of rows; ranges are merged in order.
private func bestRows(
  _ groups: GroupNumbers, _ codes: [SortCodes], _ limit: Int, _ n: Int, _ context: ExecutionContext
) throws -> Selection {
  // With few rows per group, tables for each worker would cost more than they gain.
  let workers = n < 65_536 || groups.count &* limit > n / 4 ? 1 : context.threads
  let tables = (0..<workers).map { _ in BestRows(groups: groups.count, limit: limit) }
  try WorkerPool.shared.ranges(n, workers: workers) { worker, range in
    let table = tables[worker]
    let numbers = groups.numbers.view(UInt32.self)
    let keys = Buffer(of: UInt64.self, count: Chunk.preferredCount)
    let key = keys.view(UInt64.self)
    for start in stride(from: range.lowerBound, to: range.upperBound, by: Chunk.preferredCount) {
      try context.checkpoint()
      let length = Swift.min(Chunk.preferredCount, range.upperBound &- start)
      key.fill(0, count: length, with: 0)
      for column in codes where column.bits > 0 {
        let source = column.codes.view(UInt64.self) + start
        let width = UInt64(column.bits)
        for i in 0..<length { key[i] = key[i] &<< width | source[i] }
      }
      for i in 0..<length {
        table.offer(KeyedRow(key: key[i], row: UInt32(truncatingIfNeeded: start &+ i)), to: Int(numbers[start &+ i]))
      }
    }
  }
  let best = tables[0]
  for table in tables.dropFirst() {
    for group in 0..<groups.count { table.forEachRow(of: group) { best.offer($0, to: group) } }
  }
  let kept = Buffer(of: UInt32.self, count: groups.count &* limit)
  var made = 0
  for group in 0..<groups.count {
    best.forEachRow(of: group) {
      kept.view(UInt32.self)[made] = $0.row
      made &+= 1
    }
  }
  return Selection(buffer: kept, count: made)
}

/// For each of some groups the rows with the smallest keys, in order.
private final class BestRows: Sendable {
  private let limit: Int
  private let row: BufferView<KeyedRow>
  private let count: BufferView<UInt8>

  init(groups: Int, limit: Int) {
    self.limit = limit
    row = BufferView(count: groups &* limit)
    count = BufferView(repeating: 0, count: groups)
  }

  /// Keeps `new` if it is among the group's best; the earlier row wins a tie.
  @inline(__always) func offer(_ new: KeyedRow, to group: Int) {
    let mine = row + group &* limit
    var place = Int(count[group])
    if place == limit {
      if new.key >= mine[limit &- 1].key { return }
      place = limit &- 1
    } else {
      count[group] &+= 1
    }
    while place > 0, mine[place &- 1].key > new.key {
      mine[place] = mine[place &- 1]
      place &-= 1
    }
    mine[place] = new
  }

  func forEachRow(of group: Int, _ body: (KeyedRow) -> Void) {
    for place in 0..<Int(count[group]) { body(row[group &* limit &+ place]) }
  }
}
