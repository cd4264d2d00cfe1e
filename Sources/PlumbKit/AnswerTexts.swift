import PlumbDatabase
import PlumbEngine
import PlumbPresentation

extension Answer {
  /// The first rows' cells as text, long ones cut.
  package func texts(limit: Int) -> [[String]] {
    var rows: [[String]] = []
    for chunk in chunks where rows.count < limit {
      let columns = (0..<min(chunk.columnCount, 200)).map { chunk.column($0) }
      for row in 0..<min(chunk.count, limit - rows.count) {
        rows.append(
          columns.map { column in
            var buffer = ByteBuffer()
            if column.type == .string {
              buffer.append(column.cellBytes(at: row).part(from: 0, to: 2000))
            } else {
              column.printShortText(at: row, to: &buffer)
              buffer.truncate(to: 2000)
            }
            return buffer.string
          })
      }
    }
    return rows
  }
}
