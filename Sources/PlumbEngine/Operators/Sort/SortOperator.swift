import PlumbDiagnostics
import Synchronization

/// All rows of `chunks`, sorted. Columns are gathered when they are read, so that a column that a
/// later step drops costs nothing.
func sorted(_ chunks: [Chunk], by keys: [SortKey], types: [ScalarType], _ context: ExecutionContext) throws -> [Chunk] {
  if chunks.isEmpty { return [] }
  let whole = try Chunk.concatenating(chunks, types: types, context)
  let order = try sortedRows(whole, by: keys, context)
  return [Chunk(whole.vectors(), count: whole.count).selecting(order)]
}

/// Determines which rows of some chunks come first in the order of some keys.
struct FirstRows {
  /// The row numbers among all rows, in order.
  let rows: Selection
  /// All rows; columns that no key reads are null.
  let keys: Chunk

  /// The first `limit` rows. Later keys are read only if the first key does not decide whether a row is among them.
  init(_ chunks: [Chunk], by keys: [SortKey], limit: Int, types: [ScalarType], _ context: ExecutionContext) throws {
    let read = keys.reduce(into: Set<Int>()) { $0.formUnion($1.expression.columns) }
    let whole = try Chunk.concatenating(chunks, types: types, wanted: read, context)
    var candidates = Selection.range(0..<whole.count)
    if let first = keys.first, keys.count > 1, limit > 0, whole.count / 2 > limit {
      let codes = try first.codes(whole, context)
      let order = try sortedRows([codes], count: whole.count, context)
      let code = codes.codes.view(UInt64.self)
      let last = code[Int(order.rows[limit &- 1])]
      var kept = limit
      while kept < order.count, code[Int(order.rows[kept])] == last { kept &+= 1 }
      candidates = order.slice(0, kept)
    }
    let order = try sortedRows(whole.selecting(candidates), by: keys, context)
    rows = candidates.composed(with: order.slice(0, Swift.min(limit, order.count)))
    self.keys = whole
  }
}

/// The rows of a chunk in the order of the keys.
private func sortedRows(_ chunk: Chunk, by keys: [SortKey], _ context: ExecutionContext) throws -> Selection {
  try sortedRows(try keys.map { try $0.codes(chunk, context) }, count: chunk.count, context)
}

extension SortKey {
  /// Numbers that sort as the key does.
  func codes(_ chunk: Chunk, _ context: ExecutionContext) throws -> SortCodes {
    try context.checkpoint()
    return try SortCodes(
      try expression.evaluate(chunk, context), isDescending: isDescending, nullsFirst: nullsFirst, context)
  }
}
