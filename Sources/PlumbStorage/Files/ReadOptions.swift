import PlumbDiagnostics
import PlumbEngine

/// How to read a file; what is nil is detected.
package struct ReadOptions: @unchecked Sendable {
  package var format: FileFormat?
  package var delimiter: UInt8?
  /// What surrounds a field that contains delimiters; 0 if nothing does.
  package var quote: UInt8?
  /// What makes the next byte of a quoted field literal, in addition to doubled quotes.
  package var escape: UInt8?
  /// What a line starts with that is not a row.
  package var comment: UInt8?
  /// The number of lines before the table.
  package var skippedLines: Int?
  /// Unquoted fields that mean null.
  package var nulls: [String] = []
  package var encoding: TextEncoding?
  /// What each line of a log looks like: its named groups are the columns.
  package var pattern: LinePattern?
  /// Whether a file with other columns than the table's is refused.
  package var isStrict = false
  /// Whether the rows of one JSON object that wraps a list, such as a page of an API, are the elements of the list.
  package var unwrapsLists = true
  package var hasHeader: Bool?
  /// Names and types of the columns. With a header that has all the names, columns are found by name; with one that
  /// has none of them, and without a header, they are the fields of a row in their order.
  package var columns: Schema?
  /// Whether columns are the first fields of a row in their order whatever a header says, as in `externaldata`.
  package var takesColumnsByPlace = false
  /// The columns of the table that receives the rows; columns of the file with the same names get these
  /// types.
  package var tableColumns: Schema?
  /// Columns whose values are in the names of the file's folders; one that the file itself has is not added.
  package var partition: [PartitionColumn] = []
  package var badRows = BadRowPolicy.reject
  /// Receives the rows that `badRows` rejects; what it throws ends the reading.
  package var onReject: ((RejectedInput) throws -> Void)?
  /// Whether a line at the end that a program is perhaps still writing is left for the next reading.
  package var leavesOpenLines = false
  /// Whether to read standard input rather than a path.
  package var isStandardInput = false
  /// The size of a batch of text; nil makes one batch of all of it.
  package var batchBytes: Int?
  /// The number of threads; nil means as many as the context has.
  package var threads: Int?
  /// The size in bytes of the block of text that a worker takes at a time.
  package var blockSize: Int?
  /// Keeps columns of files that are read when queries ask for them; nil reads them again each time.
  package var cache: ColumnCache?
  /// Cancellation and the memory limit.
  package var context: ExecutionContext

  package init(context: ExecutionContext) { self.context = context }

  /// The same limits for columns that are read long after the file was opened, by queries that are not cancelled with that.
  package var lastingContext: ExecutionContext {
    ExecutionContext(now: context.now, threads: threads ?? context.threads, memoryLimit: context.memoryLimit, in: context.memory)
  }

  /// Receives the rejected rows of a file that is read with these options.
  func rowRejects(_ input: FileInput) -> ((RejectedRow) throws -> Void)? {
    guard let onReject else { return nil }
    let name = isStandardInput ? input.name : input.path
    return { row in
      try onReject(RejectedInput(path: name, line: row.line, reason: row.reason, text: row.text))
    }
  }

  /// The number of threads for a text, and their block size: one block is the work of one thread.
  func sharing(_ size: Int?) -> (threads: Int, blockSize: Int?) {
    let wanted = threads ?? context.threads
    guard let size else { return (wanted, blockSize) }
    let useful = max(1, min(wanted, size / (blockSize ?? 1 << 20) + 1))
    return (useful, blockSize == nil && size < 4 << 20 ? size / useful + 1 : blockSize)
  }
}
