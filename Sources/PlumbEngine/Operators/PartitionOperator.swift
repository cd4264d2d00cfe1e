import PlumbDiagnostics
import Synchronization

/// Runs a plan once for each distinct value of a key, partitions on all workers.
///
/// - Order: partitions in the order in which their keys first come.
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
  let results = Mutex<[(Int, [Chunk])]>([])
  let bases = Chunk(whole.vectors(), count: n)
  try WorkerPool.shared.run(workers: n > context.tuning.rowsWorthAWorker ? context.threads : 1) { _ in
    var mine: [(Int, [Chunk])] = []
    while true {
      let group = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard group < groups.count else { break }
      try context.checkpoint()
      let rows = members.rows(of: group)
      let input = bases.selecting(rows)
      let made = try run(plan.plan, Chunk(input.vectors(), count: rows.count))
      for chunk in made { _ = chunk.vectors() }
      if made.contains(where: { $0.count > 0 }) { mine.append((group, made)) }
    }
    let all = mine
    results.withLock { $0 += all }
  }
  return results.withLock { $0 }.sorted { $0.0 < $1.0 }.flatMap(\.1)
}

/// The first `limit` rows of each partition in the order of some keys, partitions in the order in which they come.
///
/// Keys that fit one word and small limits need no sort: each partition keeps its best rows in one pass.
func topOfEachPartition(
  _ whole: Chunk, key: BoundExpression, order: [SortKey], limit: Int, _ context: ExecutionContext
) throws -> Chunk {
  let n = whole.count
  let groups = try groupNumbers([try key.evaluate(whole, context)], count: n, context)
  let codes = try order.map { item in
    try SortCodes(
      try item.expression.evaluate(whole, context), isDescending: item.isDescending,
      nullsFirst: item.nullsFirst, context)
  }
  if limit > 0, limit <= 16, codes.reduce(0, { $0 + $1.bits }) <= 64 {
    return whole.selecting(bestRows(groups, codes, limit, n))
  }
  let asWords = Buffer(of: Int64.self, count: n)
  let numbers = groups.numbers.values(UInt32.self)
  for i in 0..<n { asWords.values(Int64.self)[i] = Int64(numbers[i]) }
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
      kept.values(UInt32.self)[made] = row
      made += 1
    }
  }
  return whole.selecting(Selection(buffer: kept, count: made))
}

/// Each group's `limit` smallest rows by the joined codes; of equal ones the first.
private func bestRows(_ groups: GroupNumbers, _ codes: [SortCodes], _ limit: Int, _ n: Int) -> Selection {
  let best = Buffer(of: KeyedRow.self, count: groups.count &* limit)
  let filled = Buffer.zeros(byteCount: groups.count)
  let keep = best.values(KeyedRow.self)
  let counts = filled.values(UInt8.self)
  let numbers = groups.numbers.values(UInt32.self)
  let joined = Buffer.zeros(byteCount: n &* 8)
  let keys = joined.values(UInt64.self)
  for column in codes where column.bits > 0 {
    let source = column.codes.values(UInt64.self)
    let width = UInt64(column.bits)
    for i in 0..<n { keys[i] = keys[i] &<< width | source[i] }
  }
  for i in 0..<n {
    let key = keys[i]
    let group = Int(numbers[i])
    let rows = keep + group &* limit
    var place = Int(counts[group])
    if place == limit {
      if key >= rows[limit &- 1].key { continue }
      place = limit &- 1
    } else {
      counts[group] &+= 1
    }
    while place > 0, rows[place &- 1].key > key {
      rows[place] = rows[place &- 1]
      place &-= 1
    }
    rows[place] = KeyedRow(key: key, row: UInt32(truncatingIfNeeded: i))
  }
  let kept = Buffer(of: UInt32.self, count: groups.count &* limit)
  var made = 0
  for group in 0..<groups.count {
    for place in 0..<Int(counts[group]) {
      kept.values(UInt32.self)[made] = keep[group &* limit &+ place].row
      made &+= 1
    }
  }
  return Selection(buffer: kept, count: made)
}

/// Each row's group, numbered in the order in which the keys first come.
struct GroupNumbers {
  let numbers: Buffer
  let count: Int
  private let rowCount: Int

  init(numbers: Buffer, count: Int, rowCount: Int) {
    self.numbers = numbers
    self.count = count
    self.rowCount = rowCount
  }

  /// The rows of each group, in order.
  func rowsByGroup(_ context: ExecutionContext) throws -> GroupMembers {
    let number = numbers.values(UInt32.self)
    let starts = Buffer.zeros(byteCount: (count + 1) &* 4)
    let begin = starts.values(UInt32.self)
    try context.inBlocks(0..<rowCount) { for i in $0 { begin[Int(number[i]) + 1] &+= 1 } }
    for i in 0..<count { begin[i + 1] &+= begin[i] }
    let next = Buffer(of: UInt32.self, count: count + 1)
    next.values(UInt32.self).update(from: begin, count: count + 1)
    let sorted = Buffer(of: UInt32.self, count: rowCount)
    let places = next.values(UInt32.self), out = sorted.values(UInt32.self)
    try context.inBlocks(0..<rowCount) { block in
      for i in block {
        let group = Int(number[i])
        out[Int(places[group])] = UInt32(truncatingIfNeeded: i)
        places[group] &+= 1
      }
    }
    return GroupMembers(starts: starts, sorted: sorted)
  }
}

struct GroupMembers: Sendable {
  fileprivate let starts: Buffer
  fileprivate let sorted: Buffer

  func rows(of group: Int) -> Selection {
    let begin = starts.values(UInt32.self)
    let from = Int(begin[group]), length = Int(begin[group + 1]) - from
    let part = Buffer(of: UInt32.self, count: length)
    part.values(UInt32.self).update(from: sorted.values(UInt32.self) + from, count: length)
    return Selection(buffer: part, count: length)
  }
}

func groupNumbers(_ keys: [Vector], count n: Int, _ context: ExecutionContext) throws -> GroupNumbers {
  let layout = KeyLayout(keys.map(\.type), bounds: keys.map { _ in .unknown })
  let table = GroupTable(wordCount: layout.wordCount)
  let numbers = Buffer(of: UInt32.self, count: n)
  var start = 0
  while start < n {
    try context.checkpoint()
    let length = Swift.min(16_384, n - start)
    let words = layout.words(of: keys.map { $0.slice(start, length) }, count: length)
    table.numbers(
      of: words.values(UInt64.self), rows: length, into: numbers.values(UInt32.self) + start)
    start += length
  }
  return GroupNumbers(numbers: numbers, count: table.count, rowCount: n)
}
