import PlumbEngine

extension Answer {
  /// Appends the first rows as a JSON array of arrays.
  package func printRows(limit: Int, to out: inout ByteBuffer) {
    out.append(0x5B)
    var isFirst = true
    forEachRow(limit: limit) { columns, row in
      if !isFirst { out.append(0x2C) }
      isFirst = false
      out.append(0x5B)
      for (i, column) in columns.enumerated() {
        if i > 0 { out.append(0x2C) }
        column.printJSON(at: row, to: &out)
      }
      out.append(0x5D)
    }
    out.append(0x5D)
  }
}
