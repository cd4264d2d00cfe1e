/// The rows of a chunk in the order of some keys: stable, so that equal rows keep their order.
///
/// - `keys`: one vector of `count` rows per key, in order of importance.
func sortedRows(
  _ keys: [(vector: Vector, isDescending: Bool, nullsFirst: Bool)], count: Int, _ context: ExecutionContext
) throws -> Selection {
  let columns = keys.map { SortCodes($0.vector, isDescending: $0.isDescending, nullsFirst: $0.nullsFirst) }
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
  let rows = Buffer(of: KeyedRow.self, count: count)
  var current = rows
  let initial = rows.values(KeyedRow.self)
  for i in 0..<count { initial[i] = KeyedRow(key: 0, row: UInt32(truncatingIfNeeded: i)) }
  for word in words.reversed() {
    let out = current.values(KeyedRow.self)
    var bits = 0
    for column in word {
      let codes = column.codes.values(UInt64.self)
      let width = UInt64(column.bits)
      if bits == 0 {
        for i in 0..<count { out[i].key = codes[Int(out[i].row)] }
      } else {
        for i in 0..<count { out[i].key = out[i].key &<< width | codes[Int(out[i].row)] }
      }
      bits += column.bits
    }
    current = try radixSort(current, count: count, bits: bits, context)
  }
  let selection = Selection(buffer: Buffer(of: UInt32.self, count: count), count: count)
  let out = selection.rows
  let sorted = current.values(KeyedRow.self)
  for i in 0..<count { out[i] = sorted[i].row }
  return selection
}
