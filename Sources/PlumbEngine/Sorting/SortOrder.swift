import Synchronization

/// The rows in the order of some keys: stable, so that equal rows keep their order.
///
/// - `columns`: the codes of `count` rows for each key, in order of importance.
func sortedRows(_ columns: [SortCodes], count: Int, _ context: ExecutionContext) throws -> Selection {
  // Keys by which the rows are already ordered decide nothing at the end: the sort is stable.
  var columns = columns.filter { $0.bits > 0 }
  while let last = columns.last, try last.isAscending(count, context) { columns.removeLast() }
  if columns.isEmpty { return Selection.range(0..<count) }
  let bits = columns.reduce(0) { $0 + $1.bits }
  let rowBits = Int.bitWidth - Swift.max(count - 1, 1).leadingZeroBitCount
  return bits + rowBits <= 64
    ? try packedOrder(columns, count, bits: bits, rowBits: rowBits, context)
    : try keyedOrder(columns, count, context)
}

/// All keys and the row fit 64 bits.
private func packedOrder(
  _ columns: [SortCodes], _ count: Int, bits: Int, rowBits: Int, _ context: ExecutionContext
) throws -> Selection {
  let words = Buffer(of: UInt64.self, count: count)
  try WorkerPool.shared.ranges(count, workers: context.threads) { _, range in
    try context.inBlocks(range) { block in
      let out = words.values(UInt64.self)
      let leading = columns[0].codes.values(UInt64.self)
      for i in block { out[i] = leading[i] }
      for column in columns.dropFirst() {
        let codes = column.codes.values(UInt64.self)
        let width = UInt64(column.bits)
        for i in block { out[i] = out[i] &<< width | codes[i] }
      }
      let width = UInt64(rowBits)
      for i in block { out[i] = out[i] &<< width | UInt64(truncatingIfNeeded: i) }
    }
  }
  let sorted = try radixSort(words, of: UInt64.self, count: count, lowest: rowBits, bits: bits, context)
  let selection = Selection(buffer: Buffer(of: UInt32.self, count: count), count: count)
  try WorkerPool.shared.ranges(count, workers: context.threads) { _, range in
    let out = selection.rows
    let words = sorted.values(UInt64.self)
    let mask = (1 &<< UInt64(rowBits)) &- 1
    try context.inBlocks(range) { for i in $0 { out[i] = UInt32(truncatingIfNeeded: words[i] & mask) } }
  }
  return selection
}

/// Keys that fit together share 64 bits, which are sorted from the least important to the most.
private func keyedOrder(_ columns: [SortCodes], _ count: Int, _ context: ExecutionContext) throws -> Selection {
  var words: [[SortCodes]] = []
  var used = 65
  for column in columns {
    if used + column.bits > 64 {
      words.append([])
      used = 0
    }
    words[words.count - 1].append(column)
    used += column.bits
  }
  try context.checkpoint()
  var current = Buffer(of: KeyedRow.self, count: count)
  var isFirst = true
  for word in words.reversed() {
    let target = current
    let inOrder = isFirst
    try WorkerPool.shared.ranges(count, workers: context.threads) { _, range in
      let out = target.values(KeyedRow.self)
      if inOrder {
        try context.inBlocks(range) { for i in $0 { out[i].row = UInt32(truncatingIfNeeded: i) } }
      }
      var isLeading = true
      for column in word {
        let codes = column.codes.values(UInt64.self)
        let width = UInt64(column.bits)
        if isLeading {
          try context.inBlocks(range) { for i in $0 { out[i].key = codes[Int(out[i].row)] } }
        } else {
          try context.inBlocks(range) {
            for i in $0 { out[i].key = out[i].key &<< width | codes[Int(out[i].row)] }
          }
        }
        isLeading = false
      }
    }
    current = try radixSort(
      current, of: KeyedRow.self, count: count, bits: word.reduce(0) { $0 + $1.bits }, context)
    isFirst = false
  }
  let selection = Selection(buffer: Buffer(of: UInt32.self, count: count), count: count)
  let sorted = current
  try WorkerPool.shared.ranges(count, workers: context.threads) { _, range in
    let out = selection.rows
    let rows = sorted.values(KeyedRow.self)
    try context.inBlocks(range) { for i in $0 { out[i] = rows[i].row } }
  }
  return selection
}

extension SortCodes {
  /// Whether the codes never decrease from one row to the next. Unordered rows are detected at once.
  fileprivate func isAscending(_ count: Int, _ context: ExecutionContext) throws -> Bool {
    let falls = Atomic<Bool>(false)
    try WorkerPool.shared.ranges(count, workers: context.threads) { _, range in
      let codes = self.codes.values(UInt64.self)
      var next = Swift.max(range.lowerBound, 1)
      while next < range.upperBound, !falls.load(ordering: .relaxed) {
        try context.checkpoint()
        let end = Swift.min(next &+ 65_536, range.upperBound)
        while next < end, codes[next &- 1] <= codes[next] { next &+= 1 }
        if next < end { falls.store(true, ordering: .relaxed) }
      }
    }
    return !falls.load(ordering: .relaxed)
  }
}
