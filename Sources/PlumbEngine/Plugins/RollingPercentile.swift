extension LogicalPlan {
  /// A percentile over the values of each bin and of the preceding bins in the window.
  ///
  /// - Input: the value, the index, then the dimensions. Output: the bin, the dimensions, the percentile.
  /// - Parameter window: the number of bins in a window, including the last.
  package static func rollingPercentile(
    _ input: LogicalPlan, percentile: Double, binSize: Int64, window: Int64, name: String
  ) -> LogicalPlan {
    let columns = input.schema
    let dimensions = Array(columns.dropFirst(2))
    let schema = [columns[1]] + dimensions + [ColumnInfo(name, columns[0].type)]
    let timeline = Timeline(column: columns[1], start: 0, end: .max, step: .fixed(binSize))
    return .materialising(
      MaterialisingPlan(name: "rolling percentile", input: input, schema: schema) { chunk, context in
        let vectors = chunk.vectors().map { $0.decoded().expanded() }
        let values = vectors[0]
        let builders = TableBuilder(schema, for: context)
        for rows in try dimensionGroups(Array(vectors.dropFirst(2)), count: chunk.count, context) {
          let binned = rows.compactMap { row -> (bin: Int64, row: Int)? in
            guard !vectors[1].isNull(row), !values.isNull(row) else { return nil }
            return timeline.bin(of: vectors[1].word(at: row)).map { ($0, row) }
          }.sorted { $0.bin < $1.bin }
          var first = 0, next = 0
          while next < binned.count {
            try context.checkpoint()
            let bin = binned[next].bin
            while next < binned.count, binned[next].bin == bin { next += 1 }
            let reach = (window - 1).multipliedReportingOverflow(by: binSize)
            let (limit, overflow) = bin.subtractingReportingOverflow(reach.overflow ? .max : reach.partialValue)
            while !overflow, binned[first].bin < limit { first += 1 }
            let ordered = binned[first..<next].map(\.row).sorted { values.number(at: $0) < values.number(at: $1) }
            // The nearest rank, as `percentile` uses it.
            let rank = Swift.max(1, Int((percentile / 100 * Double(ordered.count)).rounded(.up)))
            try builders.beginRow()
            builders[0].append(word: bin)
            for place in dimensions.indices { builders[1 + place].append(vectors[2 + place].value(at: rows[0])) }
            builders[1 + dimensions.count].append(values.value(at: ordered[Swift.min(rank, ordered.count) - 1]))
          }
        }
        return try builders.finish()
      })
  }
}

extension Vector {
  /// A plain number, time or span, for ordering.
  fileprivate func number(at row: Int) -> Double {
    type == .real ? lanes(Double.self)[row] : Double(word(at: row))
  }
}
