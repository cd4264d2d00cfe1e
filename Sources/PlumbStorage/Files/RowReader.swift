import PlumbEngine

/// Rows of an open file, batch by batch.
///
/// - Note: one thread at a time calls it.
package protocol RowReader: AnyObject {
  /// The columns of the batches, known after `begin`. Where all of a text is one batch, reading it may widen types that
  /// were guessed.
  var schema: Schema { get }

  /// Starts at the first row, or where an earlier reading of the same bytes ended, if the format `canGrow`.
  func begin(at start: TextPosition?) throws

  /// The next rows; nil at the end. Row groups may be lazy: their columns are then read when a query asks for them.
  ///
  /// - Throws: `WiderColumns` when a guessed type does not hold after the first batch: `widen` and `begin` start again; and
  ///   diagnostics of the file.
  func next() throws -> FileBatch?

  /// Reads columns as wider types from the next `begin` on.
  func widen(_ types: [Int: ScalarType])
}

extension RowReader {
  /// For formats whose files state their types.
  package func widen(_ types: [Int: ScalarType]) {}
}

/// A file without rows, whose columns were stated.
final class EmptyReader: RowReader {
  let schema: Schema

  init(_ schema: Schema) { self.schema = schema }

  func begin(at start: TextPosition?) {}
  func next() -> FileBatch? { nil }
}
