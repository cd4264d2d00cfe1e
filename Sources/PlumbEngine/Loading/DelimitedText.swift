import PlumbDiagnostics

/// Delimited text to load: its location, how it is written, and which of its fields become columns.
package struct DelimitedText {
  package var source: any ByteSource
  /// The file's name for messages.
  package var name: String
  package var dialect: Dialect
  /// Bytes at the front that belong to no row, such as a byte order mark or a title.
  package var skippedBytes = 0
  /// The newlines among them.
  package var skippedNewlines = 0
  package var hasHeader: Bool
  /// The number of fields in every row.
  package var fieldCount: Int
  package var columns: [Column]
  /// If false, guessed types are widened to fit the rows; stated types make other values bad.
  package var typesAreStated: Bool
  package var badRows: BadRowPolicy = .reject
  /// Receives the rejected rows, in order, when a pass or a batch is done.
  package var onReject: ((RejectedRow) throws -> Void)?
  package var blockSize: Int?
  package var threads = 1

  package struct Column {
    package var info: ColumnInfo
    /// The index of its field in a row.
    package var field: Int
    /// The order of days and months in its dates.
    package var order = DateOrder.monthFirst

    package init(_ info: ColumnInfo, field: Int) {
      self.info = info
      self.field = field
    }
  }

  package init(
    source: any ByteSource, name: String, dialect: Dialect, hasHeader: Bool, fieldCount: Int, columns: [Column],
    typesAreStated: Bool
  ) {
    self.source = source
    self.name = name
    self.dialect = dialect
    self.hasHeader = hasHeader
    self.fieldCount = fieldCount
    self.columns = columns
    self.typesAreStated = typesAreStated
  }
}
