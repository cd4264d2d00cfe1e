import PlumbEngine

extension Answer {
  /// Appends the first rows as a JSON array of arrays.
  package func printRows(limit: Int, to out: inout ByteBuffer) {
    out.append(.openBracket)
    var isFirst = true
    forEachRow(limit: limit) { columns, row in
      if !isFirst { out.append(.comma) }
      isFirst = false
      out.append(.openBracket)
      for (i, column) in columns.enumerated() {
        if i > 0 { out.append(.comma) }
        column.printJSON(at: row, to: &out)
      }
      out.append(.closeBracket)
    }
    out.append(.closeBracket)
  }
}
