/// Cells made for one row.
extension RowsWriter {
  /// A text made for this row.
  package func append(_ column: Int, string: String) {
    var string = string
    string.withUTF8 { append(column, text: $0) }
  }

  package func append(_ column: Int, wordOrNull word: Int64?) {
    if let word { append(column, word: word) } else { appendNull(column) }
  }
}
