import PlumbEngine

/// Rows of an open file, batch by batch.
///
/// - Note: Use it from one thread at a time.
package protocol RowReader: AnyObject {
  /// The columns of the batches, known after `begin`. If all of a text is one batch, reading it may widen guessed
  /// types.
  var schema: Schema { get }

  /// What the user should know about how the file was understood.
  var notes: [String] { get }

  /// The text in which positions are; nil if that is the file's own.
  var rewrittenText: (any SampledSource)? { get }

  /// Starts at the first row, or where an earlier reading of the same bytes ended, if the format `canGrow`.
  func begin(at start: TextPosition?) throws

  /// The next rows; nil at the end. Row groups may be lazy: their columns are then read when a query needs them.
  ///
  /// - Throws: `WiderColumns` if a guessed type is too narrow after the first batch: then call `widen` and `begin` again; and
  ///     diagnostics about the file.
  func next() throws -> FileBatch?

  /// Reads columns as wider types from the next `begin` on.
  func widen(_ types: [Int: ScalarType])
}

extension RowReader {
  package var notes: [String] { [] }
  package var rewrittenText: (any SampledSource)? { nil }

  /// For formats whose files declare their types.
  package func widen(_ types: [Int: ScalarType]) {}
}

/// A file without rows, whose columns were stated.
final class EmptyReader: RowReader {
  let schema: Schema

  init(_ schema: Schema) { self.schema = schema }

  func begin(at start: TextPosition?) {}
  func next() -> FileBatch? { nil }
}
