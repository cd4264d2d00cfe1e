/// Builds row groups one row at a time, with dictionaries for strings, for readers that produce single rows.
///
/// - Note: each row appends one value to every column, in any order, and ends with `endRow`.
package final class RowsWriter {
  package let schema: Schema
  package private(set) var rowCount = 0
  private let writers: [ColumnWriter]
  private var groups: [[Segment]] = []

  package init(_ schema: Schema) {
    self.schema = schema
    writers = schema.map { ColumnWriter($0.type) }
  }

  package func append(_ column: Int, word: Int64) { writers[column].append(word: word) }
  package func append(_ column: Int, real: Double) { writers[column].append(real: real) }
  package func append(_ column: Int, bool: Bool) { writers[column].append(bool: bool) }
  package func append(_ column: Int, text: Bytes) { writers[column].append(text: text) }

  /// A value of a dynamic column in its compact form.
  package func append(_ column: Int, compact value: Bytes) { writers[column].append(compact: value) }

  /// A text to parse as a value of the column's type; null, and the result false, if that is not possible.
  @discardableResult package func append(_ column: Int, parsing text: Bytes) -> Bool {
    writers[column].append(parsing: text)
  }

  package func appendNull(_ column: Int) { writers[column].appendNull() }

  package func endRow() {
    rowCount += 1
    if rowCount % RowGroup.capacity == 0 { groups.append(writers.map { $0.seal() }) }
  }

  /// The full groups so far, which the writer no longer keeps.
  package func takeFull() throws -> [RowGroup] {
    if groups.isEmpty { return [] }
    defer { groups = [] }
    return try assembleGroups(groups, schema: schema, threads: 1)
  }

  /// All rows that it still keeps; the writer must not be used afterwards.
  package func finish() throws -> [RowGroup] {
    if rowCount % RowGroup.capacity != 0 { groups.append(writers.map { $0.seal() }) }
    defer { groups = [] }
    return try assembleGroups(groups, schema: schema, threads: 1)
  }
}
