/// The range of a timeline that a plugin reports on, divided into bins.
///
/// Times are 64-bit integers: ticks of datetimes and timespans, or whole numbers.
package struct Timeline: Sendable {
  /// The distance between bins.
  package enum Step: Sendable {
    case fixed(Int64)
    case calendar(CalendarPart)
  }

  /// The end of a timeline that goes as far as there are rows.
  package static let unbounded = Int64.max / 2

  package let column: ColumnInfo
  package let start: Int64
  package let end: Int64
  package let step: Step

  package init(column: ColumnInfo, start: Int64, end: Int64, step: Step) {
    self.column = column
    self.start = start
    self.end = end
    self.step = step
  }

  /// The start of the bin that contains a time; nil if out of range.
  func bin(of time: Int64) -> Int64? {
    switch step {
    case .fixed(let size): flooring(time, to: size)
    case .calendar(let part): DateTime.start(of: part, time)
    }
  }

  /// The start of the bin after the one that begins at `bin`.
  func bin(after bin: Int64) -> Int64? {
    switch step {
    case .fixed(let size):
      let (next, overflow) = bin.addingReportingOverflow(size)
      return overflow ? nil : next
    case .calendar(let part): return DateTime.add(part, 1, to: bin)
    }
  }

  /// The largest `start + k * size` that is not after `time`.
  func flooring(_ time: Int64, to size: Int64) -> Int64? {
    guard size > 0 else { return nil }
    let (distance, overflow) = time.subtractingReportingOverflow(start)
    guard !overflow else { return nil }
    var rest = distance % size
    if rest < 0 { rest += size }
    let (bin, isTooFar) = time.subtractingReportingOverflow(rest)
    return isTooFar ? nil : bin
  }
}

/// Rows by the values of their dimension columns, in order of first occurrence.
func dimensionGroups(_ dimensions: [Vector], count: Int, _ context: ExecutionContext) throws -> [[Int]] {
  try context.checkRoom(count &* MemoryLayout<Int>.stride)
  if dimensions.isEmpty { return count == 0 ? [] : [Array(0..<count)] }
  let groups = try groupNumbers(dimensions, count: count, context)
  let members = try groups.rowsByGroup(context)
  return try (0..<groups.count).map { group in
    try context.checkpoint(at: group)
    let rows = members.rows(of: group)
    return (0..<rows.count).map { Int(rows.rows[$0]) }
  }
}
