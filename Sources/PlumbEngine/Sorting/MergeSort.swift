/// The numbers 0 ..< `count` in the order of `isBefore`; equal ones keep their order.
///
/// Runs are sorted on all workers and merged pair by pair, with a checkpoint in between, so that
/// cancelling takes effect soon whatever a comparison costs. (Bottom-up merge sort, Knuth 5.2.4.)
func mergeSorted(
  _ count: Int, _ context: ExecutionContext, _ isBefore: @escaping (UInt32, UInt32) -> Bool
) throws -> Buffer {
  let compare = UncheckedBox(isBefore)
  var from = Buffer(of: UInt32.self, count: count)
  var to = Buffer(of: UInt32.self, count: count)
  let runLength = 4096
  let workers = count < 32_768 ? 1 : context.threads
  let first = from
  try inPieces(of: runLength, count, workers) { range in
    try context.checkpoint()
    var rows = UnsafeMutableBufferPointer(start: first.values(UInt32.self) + range.lowerBound, count: range.count)
    for (place, row) in range.enumerated() { rows[place] = UInt32(truncatingIfNeeded: row) }
    rows.sort(by: compare.value)
  }
  var length = runLength
  while length < count {
    let source = from, target = to, half = length
    try inPieces(of: length * 2, count, workers) { range in
      try merge(source, target, range, half, context, compare.value)
    }
    swap(&from, &to)
    length *= 2
  }
  return from
}

/// Calls `body` for consecutive ranges of `size`, on all workers.
private func inPieces(
  of size: Int, _ count: Int, _ workers: Int, _ body: @Sendable (Range<Int>) throws -> Void
) throws {
  try WorkerPool.shared.each((count + size - 1) / size, workers: workers) { piece in
    try body(piece * size..<Swift.min((piece + 1) * size, count))
  }
}

/// Merges the two sorted halves of `range`, the first `half` long.
private func merge(
  _ source: Buffer, _ target: Buffer, _ range: Range<Int>, _ half: Int, _ context: ExecutionContext,
  _ isBefore: (UInt32, UInt32) -> Bool
) throws {
  let rows = source.values(UInt32.self), out = target.values(UInt32.self)
  let middle = Swift.min(range.lowerBound + half, range.upperBound)
  var left = range.lowerBound, right = middle
  for place in range {
    if place & 4095 == 0 { try context.checkpoint() }
    let takesLeft = left < middle && (right >= range.upperBound || !isBefore(rows[right], rows[left]))
    out[place] = takesLeft ? rows[left] : rows[right]
    if takesLeft { left += 1 } else { right += 1 }
  }
}
