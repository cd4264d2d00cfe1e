/// Row groups split and merged to suit a file: full ones if there are enough rows, none too large.
extension RowGroup {
  /// The maximum size in bytes of one column's texts in one group; the rest goes into another group.
  private static let textLimit = 64 << 20

  /// The rows of all groups in full groups, in their order; groups that are already full are unchanged.
  package static func regrouping(_ groups: [RowGroup], schema: Schema) throws -> [RowGroup] {
    var result: [RowGroup] = []
    var waiting: [RowGroup] = []
    var rows = 0
    func flush() throws {
      if waiting.count == 1, waiting[0].count <= capacity {
        result.append(waiting[0])
      } else if !waiting.isEmpty {
        let columns = try schema.indices.map { column in
          Vector.concatenating(try waiting.map { try $0.column(column) }, type: schema[column].type)
        }
        var start = 0
        while start < rows {
          let length = Swift.min(capacity, rows &- start)
          result.append(RowGroup(columns.map { $0.slice(start, length) }, count: length))
          start &+= length
        }
      }
      waiting = []
      rows = 0
    }
    for group in groups where group.count > 0 {
      if rows &+ group.count > capacity { try flush() }
      waiting.append(group)
      rows &+= group.count
    }
    try flush()
    return try result.flatMap { try $0.dividingLargeTexts() }
  }

  /// Halves, and halves of halves, until no column has too many bytes of text.
  private func dividingLargeTexts() throws -> [RowGroup] {
    let columns = try columns
    guard count > 1, columns.contains(where: { $0.textByteCount > Self.textLimit }) else { return [self] }
    let half = count / 2
    return try [(0, half), (half, count &- half)].flatMap { start, length in
      try RowGroup(columns.map { $0.slice(start, length) }, count: length).dividingLargeTexts()
    }
  }
}
