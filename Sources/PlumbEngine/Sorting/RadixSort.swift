/// The item of a radix sort: a row with the number by which it is sorted.
protocol RadixItem: BitwiseCopyable, SendableMetatype {
  /// The number to sort by.
  var word: UInt64 { get }
}

/// A number to sort by and the row that it belongs to.
struct KeyedRow: RadixItem {
  var key: UInt64
  var row: UInt32
  @inline(__always) var word: UInt64 { key }
}

/// Number and row in 64 bits, the row in the lower bits.
extension UInt64: RadixItem {
  @inline(__always) var word: UInt64 { self }
}

/// Sorts items by the `bits` bits of their number above `lowest`; equal items keep their order.
///
/// Rows are distributed by their highest bits, then each part is sorted by its lower bits in cache, parts
/// on all workers. (Least-significant-digit radix sort, Knuth 5.2.5.)
@inline(__always)
func radixSort<Item: RadixItem>(
  _ rows: Buffer, of _: Item.Type, count n: Int, lowest: Int = 0, bits: Int, _ context: ExecutionContext
) throws -> Buffer {
  guard n > 1, bits > 0 else { return rows }
  let scratch = Buffer(of: Item.self, count: n)
  if n < 4096 {
    return sortLowBits(rows.values(Item.self), scratch.values(Item.self), n, lowest..<lowest + bits) ? scratch : rows
  }
  // If one pass over the rows is enough, they stay where it put them.
  let isSpreadOnly = bits <= spreadBits
  try sortRange(
    rows, scratch, of: Item.self, 0..<n, lowest..<lowest + bits, endsInFirst: !isSpreadOnly, context)
  return isSpreadOnly ? scratch : rows
}

/// Few enough parts that each has its own cache line to write to.
private let spreadBits = 9

/// Sorts the items of `first` in `range` by these bits; `second` has equal room.
///
/// A part that contains most of the rows, as if few values are far above the others, is distributed again by all workers.
private func sortRange<Item: RadixItem>(
  _ first: Buffer, _ second: Buffer, of _: Item.Type, _ range: Range<Int>, _ bits: Range<Int>, endsInFirst: Bool,
  _ context: ExecutionContext
) throws {
  let shift = Swift.max(bits.lowerBound, bits.upperBound - spreadBits)
  let low = bits.lowerBound..<shift
  let partCount = 1 << (bits.upperBound - shift)
  guard
    let starts = try spreadRows(first, second, of: Item.self, range, shift: UInt64(shift), parts: partCount, context)
  else {
    if !low.isEmpty { return try sortRange(first, second, of: Item.self, range, low, endsInFirst: endsInFirst, context) }
    if !endsInFirst {
      (second.values(Item.self) + range.lowerBound).update(
        from: first.values(Item.self) + range.lowerBound, count: range.count)
    }
    return
  }
  try context.checkpoint()
  let most = Swift.max(65_536, range.count / 8)
  @Sendable func rows(of part: Int) -> Range<Int> { starts[part]..<starts[part + 1] }
  @Sendable func isLarge(_ part: Int) -> Bool { !low.isEmpty && rows(of: part).count > most }
  try WorkerPool.shared.each(partCount, workers: range.count >= 65_536 ? context.threads : 1) { number in
    let part = rows(of: number)
    if part.isEmpty || isLarge(number) { return }
    try context.checkpoint()
    let here = second.values(Item.self) + part.lowerBound, there = first.values(Item.self) + part.lowerBound
    let isInFirst = sortLowBits(here, there, part.count, low)
    if isInFirst == endsInFirst { return }
    if endsInFirst { there.update(from: here, count: part.count) } else { here.update(from: there, count: part.count) }
  }
  for number in 0..<partCount where isLarge(number) {
    try sortRange(second, first, of: Item.self, rows(of: number), low, endsInFirst: !endsInFirst, context)
  }
}

/// Distributes the rows of `range` by `word >> shift`, keeping their order; returns the start of each part, and the end.
/// Nil if all are in one part: nothing has moved then.
///
/// The numbers have only `parts` distinct values above `shift`. Each worker counts and then distributes a part of the range.
@inline(__always)
private func spreadRows<Item: RadixItem>(
  _ source: Buffer, _ target: Buffer, of _: Item.Type, _ range: Range<Int>, shift: UInt64, parts: Int,
  _ context: ExecutionContext
) throws -> [Int]? {
  let workers = range.count < 65_536 ? 1 : context.threads
  let counts = Buffer.zeros(byteCount: workers &* parts &* 8)
  let mask = UInt64(truncatingIfNeeded: parts &- 1)
  let start = range.lowerBound
  try WorkerPool.shared.ranges(range.count, workers: workers) { worker, rows in
    let mine = counts.values(Int.self) + worker &* parts
    let items = source.values(Item.self) + start
    try context.inBlocks(rows) { block in
      for i in block { mine[Int(truncatingIfNeeded: (items[i].word &>> shift) & mask)] &+= 1 }
    }
  }
  var starts = [Int](repeating: 0, count: parts + 1)
  var sum = start
  for part in 0..<parts {
    starts[part] = sum
    for worker in 0..<workers {
      let place = counts.values(Int.self) + worker &* parts + part
      let here = place.pointee
      place.pointee = sum
      sum &+= here
    }
    if sum &- starts[part] == range.count { return nil }
  }
  starts[parts] = sum
  try context.checkpoint()
  try WorkerPool.shared.ranges(range.count, workers: workers) { worker, rows in
    let next = counts.values(Int.self) + worker &* parts
    let items = source.values(Item.self) + start, out = target.values(Item.self)
    try context.inBlocks(rows) { block in
      for i in block {
        let part = Int(truncatingIfNeeded: (items[i].word &>> shift) & mask)
        let place = next[part]
        next[part] = place &+ 1
        out[place] = items[i]
      }
    }
  }
  return starts
}

/// Sorts by `bits` of the numbers, alternating between `a` and `b`; true if the result is in `b`.
@inline(__always)
private func sortLowBits<Item: RadixItem>(
  _ a: UnsafeMutablePointer<Item>, _ b: UnsafeMutablePointer<Item>, _ n: Int, _ bits: Range<Int>
) -> Bool {
  if n < 48 {
    let above = bits.upperBound >= 64 ? UInt64.max : (1 &<< UInt64(bits.upperBound)) &- 1
    insertionSort(a, n, mask: above & ~((1 &<< UInt64(bits.lowerBound)) &- 1))
    return false
  }
  var from = a, to = b
  var inB = false
  var shift = bits.lowerBound
  let digit = n < 2048 ? 8 : 11
  withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2048) { counts in
    while shift < bits.upperBound {
      let width = Swift.min(digit, bits.upperBound - shift)
      let mask = (1 &<< UInt64(width)) &- 1
      let down = UInt64(shift)
      for i in 0...Int(mask) { counts[i] = 0 }
      for i in 0..<n { counts[Int(truncatingIfNeeded: (from[i].word &>> down) & mask)] &+= 1 }
      shift += width
      // A digit that all rows share moves nothing.
      if counts[Int(truncatingIfNeeded: (from[0].word &>> down) & mask)] == UInt32(truncatingIfNeeded: n) { continue }
      var sum: UInt32 = 0
      for i in 0...Int(mask) {
        let here = counts[i]
        counts[i] = sum
        sum &+= here
      }
      for i in 0..<n {
        let part = Int(truncatingIfNeeded: (from[i].word &>> down) & mask)
        let place = counts[part]
        counts[part] = place &+ 1
        to[Int(place)] = from[i]
      }
      swap(&from, &to)
      inB.toggle()
    }
  }
  return inB
}

@inline(__always)
private func insertionSort<Item: RadixItem>(_ rows: UnsafeMutablePointer<Item>, _ n: Int, mask: UInt64) {
  guard n > 1 else { return }
  for i in 1..<n {
    let row = rows[i]
    let key = row.word & mask
    var j = i
    while j > 0, rows[j &- 1].word & mask > key {
      rows[j] = rows[j &- 1]
      j &-= 1
    }
    rows[j] = row
  }
}
