/// Rows as text.
extension Chunk {
  /// Appends rows as JSON arrays with commas between them; a missing string is an empty one, as clients of Kusto expect.
  ///
  /// - Parameters:
  ///   - rows: rows of this chunk.
  ///   - columns: the chunk's columns, as `vectors()` returns them.
  package func printJSONRows(_ rows: Range<Int>, of columns: [Vector], to out: inout ByteBuffer) {
    for row in rows {
      if row > rows.lowerBound { out.append(.comma) }
      out.append(.openBracket)
      for (i, column) in columns.enumerated() {
        if i > 0 { out.append(.comma) }
        if column.type == .string, column.isNull(row) {
          out.append("\"\"" as StaticString)
        } else {
          column.printJSON(at: row, to: &out)
        }
      }
      out.append(.closeBracket)
    }
  }
}
