/// Makes a table one row at a time, within the memory that its query may use.
///
/// For operators whose rows are not bounded by those of their input, such as the bins of a timeline.
struct TableBuilder {
  let columns: [VectorBuilder]
  private let context: ExecutionContext
  /// What another row takes, and the widest column of it.
  private let rowBytes: Int, widest: Int

  init(_ types: [ScalarType], for context: ExecutionContext) {
    self.context = context
    columns = types.map { VectorBuilder($0, for: context) }
    rowBytes = types.reduce(0) { $0 + $1.lane.stride }
    widest = types.map(\.lane.stride).max() ?? 0
  }

  init(_ schema: Schema, for context: ExecutionContext) { self.init(schema.map(\.type), for: context) }

  subscript(place: Int) -> VectorBuilder { columns[place] }

  /// The number of whole rows.
  var count: Int { columns.first?.count ?? 0 }

  /// Must be called before a value of the next row is appended.
  ///
  /// - Throws: `memory-limit` before the columns grow beyond the query's memory; `cancelled`.
  func beginRow() throws {
    try context.checkpoint(at: count)
    // A column is copied to a block of twice its size, one column after the other.
    if columns.first?.isFull ?? false { try context.checkRoom(count &* (rowBytes &+ widest)) }
  }

  /// The table; the builder must not be used afterwards.
  ///
  /// - Throws: `memory-limit` if the texts exceed the query's memory.
  func finish() throws -> Chunk {
    try context.checkpoint()
    let count = count
    return Chunk(columns.map { $0.finish() }, count: count)
  }
}
