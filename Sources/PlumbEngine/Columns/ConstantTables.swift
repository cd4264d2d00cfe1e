extension Table {
  /// Creates a table from rows of values, which must have the columns' types.
  package convenience init(name: String, schema: Schema, rows: [[Value]]) {
    self.init(name: name, schema: schema, cells: rows.flatMap { $0 })
  }

  /// Creates a table from values, row after row.
  package convenience init(name: String, schema: Schema, cells: [Value]) {
    let width = Swift.max(schema.count, 1)
    let rowCount = cells.count / width
    var groups: [RowGroup] = []
    var start = 0
    while start < rowCount {
      let end = Swift.min(start + RowGroup.capacity, rowCount)
      let columns = schema.enumerated().map { index, column in
        let builder = VectorBuilder(column.type, capacity: end - start)
        for row in start..<end { builder.append(cells[row * width + index]) }
        return builder.finish()
      }
      groups.append(RowGroup(columns, count: end - start))
      start = end
    }
    self.init(name: name, schema: schema, groups: groups)
  }

  /// The rows of an answer as a table.
  package convenience init(name: String, _ result: QueryResult) {
    var groups: [RowGroup] = []
    for chunk in result.chunks where chunk.count > 0 {
      let columns = chunk.vectors()
      var start = 0
      while start < chunk.count {
        let length = Swift.min(RowGroup.capacity, chunk.count - start)
        groups.append(RowGroup(columns.map { $0.slice(start, length) }, count: length))
        start += length
      }
    }
    self.init(name: name, schema: result.schema, groups: groups)
  }
}
