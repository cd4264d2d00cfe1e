import PlumbEngine

/// Builds a result by rows, with a builder for each column; append each cell of a row once, then end the row.
final class LineageRows {
  private let schema: Schema
  private let context: ExecutionContext
  private var builders: [VectorBuilder]
  private var groups: [RowGroup] = []
  private var count = 0
  private var path = ByteBuffer()

  init(_ schema: Schema, _ context: ExecutionContext) {
    self.schema = schema
    self.context = context
    builders = schema.map { VectorBuilder($0.type) }
  }

  func append(_ column: Int, _ text: Bytes) { builders[column].append(bytes: text) }
  func append(_ column: Int, bool: Bool) { builders[column].append(bool: bool) }

  func append(_ column: Int, wordOrNull word: Int64?) {
    if let word { builders[column].append(word: word) } else { builders[column].appendNull() }
  }

  /// Appends an array of strings.
  func append(_ column: Int, list: some Collection<Bytes>) {
    path.removeAll()
    let mark = path.beginArray()
    for text in list { path.appendString(text) }
    path.end(mark, count: list.count)
    path.withBytes { builders[column].append(bytes: $0) }
  }

  func endRow() throws {
    count += 1
    if count % 256 == 0 { try context.checkpoint() }
    if count == RowGroup.capacity { seal() }
  }

  private func seal() {
    guard count > 0 else { return }
    groups.append(RowGroup(builders.map { $0.finish() }, count: count))
    builders = schema.map { VectorBuilder($0.type) }
    count = 0
  }

  /// Returns all rows so far.
  func table(_ name: String) -> Table {
    seal()
    return Table(name: name, schema: schema, groups: groups)
  }
}
