import Synchronization

/// What a radix sort moves: a row with the number that it is sorted by.
protocol RadixItem: BitwiseCopyable, SendableMetatype {
  /// Where the number is.
  var word: UInt64 { get }
}

/// A number to sort by and the row that it belongs to.
struct KeyedRow: RadixItem {
  var key: UInt64
  var row: UInt32
  @inline(__always) var word: UInt64 { key }
}

/// Number and row in one word, the row in its lower bits.
extension UInt64: RadixItem {
  @inline(__always) var word: UInt64 { self }
}

/// Sorts items by the `bits` bits of their word above `lowest`; items with equal ones keep their order.
///
/// Rows are spread by their highest bits, then each part is sorted by its lower bits in cache, parts
/// on all workers. (Least-significant-digit radix sort, Knuth 5.2.5.)
@inline(__always)
func radixSort<Item: RadixItem>(
  _ rows: Buffer, of _: Item.Type, count n: Int, lowest: Int = 0, bits: Int, _ context: ExecutionContext
) throws -> Buffer {
  guard n > 1, bits > 0 else { return rows }
  if n < 4096 || bits <= 11 {
    let scratch = Buffer(of: Item.self, count: n)
    return sortLowBits(rows.values(Item.self), scratch.values(Item.self), n, lowest..<lowest + bits) ? scratch : rows
  }
  // Few enough parts that each has its own cache line to write to.
  let spreadBits = Swift.min(9, bits)
  let shift = lowest + bits - spreadBits
  let partCount = 1 << spreadBits
  let spread = Buffer(of: Item.self, count: n)
  let starts = try spreadRows(rows, spread, of: Item.self, n, shift: UInt64(shift), parts: partCount, context)
  try context.checkpoint()
  let next = Atomic<Int>(0)
  let result = rows
  let shared = UncheckedPair(spread, result)
  try WorkerPool.shared.run(workers: n >= 65_536 ? context.threads : 1) { _ in
    while true {
      let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard part < partCount else { break }
      try context.checkpoint()
      let from = starts[part], length = starts[part + 1] - from
      guard length > 0 else { continue }
      let source = shared.first.values(Item.self) + from
      let target = shared.second.values(Item.self) + from
      // The sorted part must end in `result`.
      if !sortLowBits(source, target, length, lowest..<shift) { target.update(from: source, count: length) }
    }
  }
  return result
}

private struct UncheckedPair: @unchecked Sendable {
  let first: Buffer
  let second: Buffer
  init(_ first: Buffer, _ second: Buffer) {
    self.first = first
    self.second = second
  }
}

/// Spreads rows by `word >> shift`, keeping their order; where each part starts, and the end.
///
/// Each worker counts and then places one range of the rows.
@inline(__always)
private func spreadRows<Item: RadixItem>(
  _ source: Buffer, _ target: Buffer, of _: Item.Type, _ n: Int, shift: UInt64, parts: Int, _ context: ExecutionContext
) throws -> [Int] {
  let workers = n < 65_536 ? 1 : context.threads
  let counts = Buffer.zeros(byteCount: workers &* parts &* 8)
  try WorkerPool.shared.ranges(n, workers: workers) { worker, range in
    let mine = counts.values(Int.self) + worker &* parts
    let rows = source.values(Item.self)
    try context.inBlocks(range) { block in
      for i in block { mine[Int(truncatingIfNeeded: rows[i].word &>> shift)] &+= 1 }
    }
  }
  var starts = [Int](repeating: 0, count: parts + 1)
  var sum = 0
  for part in 0..<parts {
    starts[part] = sum
    for worker in 0..<workers {
      let place = counts.values(Int.self) + worker &* parts + part
      let here = place.pointee
      place.pointee = sum
      sum &+= here
    }
  }
  starts[parts] = sum
  try context.checkpoint()
  try WorkerPool.shared.ranges(n, workers: workers) { worker, range in
    let next = counts.values(Int.self) + worker &* parts
    let rows = source.values(Item.self), out = target.values(Item.self)
    try context.inBlocks(range) { block in
      for i in block {
        let part = Int(truncatingIfNeeded: rows[i].word &>> shift)
        let place = next[part]
        next[part] = place &+ 1
        out[place] = rows[i]
      }
    }
  }
  return starts
}

/// Sorts by `bits` of the words, to and fro between `a` and `b`; true when the result is in `b`.
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
