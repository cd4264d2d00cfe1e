/// Each row's group, numbered in order of the keys' first occurrence.
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

/// The group of each row by its keys; keys within narrow bounds, which one cheap pass finds, index an array.
func groupNumbers(_ keys: [Vector], count n: Int, _ context: ExecutionContext) throws -> GroupNumbers {
  let layout = KeyLayout(keys.map(\.type), bounds: try keys.map { try $0.keyBounds(context) })
  let (numbers, table) = try numberedKeys(keys, layout, nulls: nil, count: n, context)
  return GroupNumbers(numbers: numbers, count: table.count, rowCount: n)
}

/// Numbers the keys of `count` rows in order of first occurrence: the number of each row, and the keys.
///
/// Each worker numbers the keys of a range of rows; the numbers of later ranges are then translated.
///
/// - `nulls`: one byte per row, 1 where the row is left out and has `missingRow` as its number.
func numberedKeys(
  _ keys: [Vector], _ layout: KeyLayout, nulls: Buffer?, count n: Int, _ context: ExecutionContext
) throws -> (numbers: Buffer, table: GroupTable) {
  let numbers = Buffer(of: UInt32.self, count: n)
  let tables = (0..<context.threads).map { _ in
    UncheckedBox(GroupTable(wordCount: layout.wordCount, slotCount: layout.slotCount))
  }
  try WorkerPool.shared.ranges(n, workers: context.threads) { part, range in
    let table = tables[part].value
    for start in stride(from: range.lowerBound, to: range.upperBound, by: Chunk.preferredCount) {
      try context.checkpoint()
      let length = Swift.min(Chunk.preferredCount, range.upperBound &- start)
      try context.checkRoom(table.growth(for: length))
      let words = layout.words(of: keys.map { $0.slice(start, length) }, count: length)
      let source = words.values(UInt64.self), out = numbers.values(UInt32.self) + start
      guard let isNull = nulls.map({ $0.values(UInt8.self) + start }) else {
        table.numbers(of: source, rows: length, into: out)
        continue
      }
      for i in 0..<length {
        out[i] = missingRow
        if isNull[i] == 0 { table.numbers(of: source + i &* layout.wordCount, rows: 1, into: out + i) }
      }
    }
  }
  let first = tables[0].value
  // The first range's keys keep their numbers.
  let names = try [Buffer(byteCount: 0)] + tables.dropFirst().map { box -> Buffer in
    let names = Buffer(of: UInt32.self, count: box.value.count)
    for start in stride(from: 0, to: box.value.count, by: Chunk.preferredCount) {
      let length = Swift.min(Chunk.preferredCount, box.value.count &- start)
      try context.checkRoom(first.growth(for: length))
      try context.checkpoint()
      first.numbers(of: box.value.words + start &* layout.wordCount, rows: length, into: names.values(UInt32.self) + start)
    }
    return names
  }
  try WorkerPool.shared.ranges(n, workers: context.threads) { part, range in
    if part == 0 { return }
    let name = names[part].values(UInt32.self), number = numbers.values(UInt32.self)
    try context.inBlocks(range) { for i in $0 where number[i] != missingRow { number[i] = name[Int(number[i])] } }
  }
  return (numbers, first)
}
