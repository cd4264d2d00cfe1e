extension LogicalPlan {
  /// The occurrences of a sequence: rows for which one condition after the other is true, each later than the one before.
  ///
  /// - Input: the time, the conditions, the dimensions, whose values all rows of an occurrence share.
  /// - Output: the dimensions, the time of each step under its name, and the time from the first step to the last; distinct
  ///   rows in order of the first step's time.
  /// - Parameters:
  ///   - gap: the most that may pass from one step to the next.
  ///   - span: the most that may pass from the first step to the last.
  package static func sequenceDetection(
    _ input: LogicalPlan, steps: [String], gap: Int64, span: Int64
  ) -> LogicalPlan {
    let time = input.schema[0]
    let dimensions = Array(input.schema.dropFirst(1 + steps.count))
    let schema = dimensions + steps.map { ColumnInfo("\($0)_\(time.name)", time.type) }
      + [ColumnInfo("Duration", time.type == .datetime ? .timespan : time.type)]
    return .materialising(
      MaterialisingPlan(name: "sequence_detect", input: input, schema: schema) { chunk, context in
        let vectors = chunk.vectors().map { $0.decoded().expanded() }
        // The rows and the times of each step, both grown by doubling, and the group of each row.
        try context.checkRoom(chunk.count &* (MemoryLayout<Int>.stride &* (3 &* steps.count &+ 1)))
        let truths = (1...steps.count).map { step in
          let rows = vectors[step].trueRows()
          return (0..<rows.count).map { Int(rows.rows[$0]) }
        }
        let dimensionVectors = Array(vectors.dropFirst(1 + steps.count))
        let groups = try dimensionGroups(dimensionVectors, count: chunk.count, context)
        var groupOf = [Int](repeating: 0, count: chunk.count)
        for (number, rows) in groups.enumerated() { for row in rows { groupOf[row] = number } }
        // The distinct times of each step, by group.
        var times = groups.map { _ in [[Int64]](repeating: [], count: steps.count) }
        for (step, rows) in truths.enumerated() {
          try context.checkpoint()
          for (place, row) in rows.enumerated() where !vectors[0].isNull(row) {
            try context.checkpoint(at: place)
            times[groupOf[row]][step].append(vectors[0].word(at: row))
          }
        }
        var found: [(times: [Int64], group: Int)] = []
        for group in groups.indices {
          try context.checkpoint(at: group)
          let distinct = times[group].map { Array(Set($0)).sorted() }
          var search = SequenceSearch(times: distinct, gap: gap, span: span, context: context)
          try search.run { found.append(($0, group)) }
        }
        found.sort { one, other in
          one.times == other.times ? one.group < other.group : one.times.lexicographicallyPrecedes(other.times)
        }
        let builders = TableBuilder(schema, for: context)
        for occurrence in found {
          try builders.beginRow()
          let row = groups[occurrence.group][0]
          for place in dimensions.indices { builders[place].append(dimensionVectors[place].value(at: row)) }
          for (step, time) in occurrence.times.enumerated() { builders[dimensions.count + step].append(word: time) }
          builders[schema.count - 1].append(word: (occurrence.times.last ?? 0) &- (occurrence.times.first ?? 0))
        }
        return try builders.finish()
      })
  }

  /// The rows for which the last column is true, `before` rows before each of them and `after` rows after; without that column.
  package static func rowsNear(_ input: LogicalPlan, before: Int, after: Int) -> LogicalPlan {
    let schema = Array(input.schema.dropLast())
    return .materialising(
      MaterialisingPlan(name: "rows_near", input: input, schema: schema) { chunk, context in
        let matches = chunk.column(schema.count).decoded().expanded().trueRows()
        var kept = Growing<UInt32>()
        var next = 0
        for place in 0..<matches.count {
          try context.checkpoint(at: place)
          let row = Int(matches.rows[place])
          let lower = Swift.max(next, row - Swift.min(before, row))
          let upper = row + Swift.min(after, chunk.count - 1 - row)
          guard lower <= upper else { continue }
          for near in lower...upper { kept.append(UInt32(truncatingIfNeeded: near)) }
          next = upper + 1
        }
        let picked = chunk.selecting(Selection(buffer: kept.buffer, count: kept.count))
        return Chunk((0..<schema.count).map { picked.column($0) }, count: kept.count)
      })
  }
}

/// The chains through sorted times, one of each step, that stay within the limits.
private struct SequenceSearch {
  let times: [[Int64]]
  let gap: Int64
  let span: Int64
  let context: ExecutionContext
  private var chain: [Int64] = []
  private var visited = 0

  init(times: [[Int64]], gap: Int64, span: Int64, context: ExecutionContext) {
    self.times = times
    self.gap = gap
    self.span = span
    self.context = context
  }

  mutating func run(_ emit: ([Int64]) -> Void) throws {
    for time in times[0] {
      chain = [time]
      try extend(emit)
    }
  }

  private mutating func extend(_ emit: ([Int64]) -> Void) throws {
    visited += 1
    if visited & 1023 == 0 { try context.checkpoint() }
    guard chain.count < times.count, let first = chain.first, let last = chain.last else { return emit(chain) }
    let candidates = times[chain.count]
    var place = candidates.partitioningIndex { $0 > last }
    while place < candidates.count {
      let next = candidates[place]
      let (fromLast, far) = next.subtractingReportingOverflow(last)
      let (fromFirst, farther) = next.subtractingReportingOverflow(first)
      if far || farther || fromLast > gap || fromFirst > span { return }
      chain.append(next)
      try extend(emit)
      chain.removeLast()
      place += 1
    }
  }
}

extension Array {
  /// The first index from which on the condition is true; the elements are in such an order that it stays true.
  fileprivate func partitioningIndex(where isTrue: (Element) -> Bool) -> Int {
    var low = 0, high = count
    while low < high {
      let middle = (low + high) / 2
      if isTrue(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
