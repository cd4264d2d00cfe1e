/// JSON objects to load as rows: one per line, the elements of an array, or in sequence.
package struct JSONRowsText {
  package var source: any ByteSource
  /// The file's name for messages.
  package var name: String
  /// Whether every line is a value; otherwise values are found by their brackets.
  package var isLines: Bool
  package var skippedBytes = 0
  /// Stated columns; nil takes all keys, in order of first appearance, with the types that fit their values.
  package var columns: Schema?
  package var badRows: BadRowPolicy = .reject
  /// Receives the rejected rows, in order, when a pass or a batch is done.
  package var onReject: ((RejectedRow) throws -> Void)?
  package var blockSize: Int?
  package var threads = 1

  package init(source: any ByteSource, name: String, isLines: Bool) {
    self.source = source
    self.name = name
    self.isLines = isLines
  }

  var boundary: RowBoundary { isLines ? .lines : .elements }
}
