import Synchronization

/// A number to sort by and the row that it belongs to.
struct KeyedRow: BitwiseCopyable {
  var key: UInt64
  var row: UInt32
}

/// Sorts rows by numbers of `bits` bits; rows with equal numbers keep their order.
///
/// Rows are spread by their highest bits, then each part is sorted by its lower bits in cache, parts
/// on all workers. (Least-significant-digit radix sort, Knuth 5.2.5.)
func radixSort(_ rows: Buffer, count n: Int, bits: Int, _ context: ExecutionContext) throws -> Buffer {
  guard n > 1, bits > 0 else { return rows }
  if n < 4096 || bits <= 11 {
    let scratch = Buffer(of: KeyedRow.self, count: n)
    return sortLowBits(rows.values(), scratch.values(), n, bits) ? scratch : rows
  }
  // Few enough parts that each has its own cache line to write to.
  let spreadBits = Swift.min(9, bits)
  let shift = UInt64(bits - spreadBits)
  let partCount = 1 << spreadBits
  let spread = Buffer(of: KeyedRow.self, count: n)
  let starts = try spreadRows(rows, spread, n, shift: shift, parts: partCount, context)
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
      let source = shared.first.values(KeyedRow.self) + from
      let target = shared.second.values(KeyedRow.self) + from
      // The sorted part must end in `result`.
      if !sortLowBits(source, target, length, Int(shift)) { target.update(from: source, count: length) }
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

/// Spreads rows by `key >> shift`, keeping their order; where each part starts, and the end.
///
/// Each worker counts and then places one range of the rows.
private func spreadRows(
  _ source: Buffer, _ target: Buffer, _ n: Int, shift: UInt64, parts: Int, _ context: ExecutionContext
) throws -> [Int] {
  let workers = n < 65_536 ? 1 : context.threads
  let counts = Buffer.zeros(byteCount: workers &* parts &* 8)
  try WorkerPool.shared.ranges(n, workers: workers) { worker, range in
    let mine = counts.values(Int.self) + worker &* parts
    let rows = source.values(KeyedRow.self)
    try context.inBlocks(range) { block in
      for i in block { mine[Int(truncatingIfNeeded: rows[i].key &>> shift)] &+= 1 }
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
    let rows = source.values(KeyedRow.self), out = target.values(KeyedRow.self)
    try context.inBlocks(range) { block in
      for i in block {
        let part = Int(truncatingIfNeeded: rows[i].key &>> shift)
        let place = next[part]
        next[part] = place &+ 1
        out[place] = rows[i]
      }
    }
  }
  return starts
}

/// Sorts by the low `bits` bits, to and fro between `a` and `b`; true when the result is in `b`.
private func sortLowBits(
  _ a: UnsafeMutablePointer<KeyedRow>, _ b: UnsafeMutablePointer<KeyedRow>, _ n: Int, _ bits: Int
) -> Bool {
  if n < 48 {
    insertionSort(a, n, mask: bits >= 64 ? .max : (1 &<< UInt64(bits)) &- 1)
    return false
  }
  var from = a, to = b
  var inB = false
  var shift = 0
  let digit = n < 2048 ? 8 : 11
  withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2048) { counts in
    while shift < bits {
      let width = Swift.min(digit, bits - shift)
      let mask = (1 &<< UInt64(width)) &- 1
      let down = UInt64(shift)
      for i in 0...Int(mask) { counts[i] = 0 }
      for i in 0..<n { counts[Int(truncatingIfNeeded: (from[i].key &>> down) & mask)] &+= 1 }
      shift += width
      // A digit that all rows share moves nothing.
      if counts[Int(truncatingIfNeeded: (from[0].key &>> down) & mask)] == UInt32(truncatingIfNeeded: n) { continue }
      var sum: UInt32 = 0
      for i in 0...Int(mask) {
        let here = counts[i]
        counts[i] = sum
        sum &+= here
      }
      for i in 0..<n {
        let part = Int(truncatingIfNeeded: (from[i].key &>> down) & mask)
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

private func insertionSort(_ rows: UnsafeMutablePointer<KeyedRow>, _ n: Int, mask: UInt64) {
  guard n > 1 else { return }
  for i in 1..<n {
    let row = rows[i]
    let key = row.key & mask
    var j = i
    while j > 0, rows[j &- 1].key & mask > key {
      rows[j] = rows[j &- 1]
      j &-= 1
    }
    rows[j] = row
  }
}
