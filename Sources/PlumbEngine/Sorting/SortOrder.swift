/// The rows in the order of some keys: stable, so that equal rows keep their order.
///
/// - `columns`: the codes of `count` rows for each key, in order of importance.
func sortedRows(_ columns: [SortCodes], count: Int, _ context: ExecutionContext) throws -> Selection {
  // Keys that fit together share a word; words are sorted from the least important to the most.
  var words: [[SortCodes]] = []
  var used = 65
  for column in columns where column.bits > 0 {
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
    current = try radixSort(current, count: count, bits: word.reduce(0) { $0 + $1.bits }, context)
    isFirst = false
  }
  if isFirst { return Selection.range(0..<count) }
  let selection = Selection(buffer: Buffer(of: UInt32.self, count: count), count: count)
  let sorted = current
  try WorkerPool.shared.ranges(count, workers: context.threads) { _, range in
    let out = selection.rows
    let rows = sorted.values(KeyedRow.self)
    try context.inBlocks(range) { for i in $0 { out[i] = rows[i].row } }
  }
  return selection
}
