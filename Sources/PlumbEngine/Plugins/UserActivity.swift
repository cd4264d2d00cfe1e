/// What to count about the users on a timeline.
package enum UserActivity: Sendable {
  /// Events and distinct users in each bin and in the `lookback` before its end.
  case slidingWindow(lookback: Int64)
  /// Events, users, users not seen before, and all users so far, in each bin.
  case metrics
  /// Users seen in at least `periods` different periods of `period` within `lookback`.
  case activeUsers(lookback: Int64, period: Int64, periods: Int64)

  var columns: [String] {
    switch self {
    case .slidingWindow: ["Count", "dcount"]
    case .metrics: ["count", "dcount", "new_dcount", "aggregated_dcount"]
    case .activeUsers: ["dcount"]
    }
  }
}

extension LogicalPlan {
  /// Counts of users over a timeline; bins without users are left out.
  ///
  /// - Input: the user, the time, then the dimensions. Output: the bin, the dimensions, the counts.
  package static func userActivity(
    _ input: LogicalPlan, _ activity: UserActivity, over timeline: Timeline
  ) -> LogicalPlan {
    let dimensions = Array(input.schema.dropFirst(2))
    let schema = [timeline.column] + dimensions + activity.columns.map { ColumnInfo($0, .long) }
    return .materialising(
      MaterialisingPlan(name: "user activity", input: input, schema: schema) { chunk, context in
        let vectors = chunk.vectors().map { $0.decoded().expanded() }
        let users = try UserEvent.users(vectors[0], count: chunk.count, context)
        let builders = TableBuilder(schema, for: context)
        for rows in try dimensionGroups(Array(vectors.dropFirst(2)), count: chunk.count, context) {
          try context.checkpoint()
          let events = try UserEvent.ordered(rows, vectors[1], users, over: timeline, context)
          try activity.count(events, over: timeline, context) { bin, numbers in
            try builders.beginRow()
            builders[0].append(word: bin)
            for place in dimensions.indices { builders[1 + place].append(vectors[2 + place].value(at: rows[0])) }
            for (place, number) in numbers.enumerated() {
              builders[1 + dimensions.count + place].append(word: Int64(number))
            }
          }
        }
        return try builders.finish()
      })
  }
}

extension UserActivity {
  /// Counts the events, which are in order of time, in each bin that has some.
  fileprivate func count(
    _ events: [UserEvent], over timeline: Timeline, _ context: ExecutionContext, emit: (_ bin: Int64, [Int]) throws -> Void
  ) throws {
    switch self {
    case .slidingWindow(let lookback): try slidingCounts(events, lookback, over: timeline, context, emit)
    case .metrics: try metricCounts(events, over: timeline, emit)
    case .activeUsers(let lookback, let period, let periods):
      try activeCounts(events, lookback, period, periods, over: timeline, context, emit)
    }
  }
}

private func slidingCounts(
  _ events: [UserEvent], _ lookback: Int64, over timeline: Timeline, _ context: ExecutionContext,
  _ emit: (_ bin: Int64, [Int]) throws -> Void
) throws {
  var within: [UInt32: Int] = [:]
  var first = 0, next = 0
  var bin = timeline.bin(of: timeline.start)
  var steps = 0
  while let current = bin, current <= timeline.end {
    steps += 1
    if steps & 1023 == 0 { try context.checkpoint() }
    while next < events.count, events[next].bin <= current {
      within[events[next].user, default: 0] += 1
      next += 1
    }
    let (limit, overflow) = current.subtractingReportingOverflow(lookback)
    while !overflow, first < next, events[first].bin <= limit {
      let user = events[first].user
      within[user] = within[user].flatMap { $0 > 1 ? $0 - 1 : nil }
      first += 1
    }
    if next > first { try emit(current, [next - first, within.count]) }
    // Without users in the window, the next event's bin comes next.
    if next == first, next < events.count {
      bin = events[next].bin
    } else {
      bin = next == first ? nil : timeline.bin(after: current)
    }
  }
}

private func metricCounts(
  _ events: [UserEvent], over timeline: Timeline, _ emit: (_ bin: Int64, [Int]) throws -> Void
) rethrows {
  var seen = Set<UInt32>(), here = Set<UInt32>()
  var events = events.filter { $0.time >= timeline.start && $0.bin <= timeline.end }[...]
  while let bin = events.first?.bin {
    let part = events.prefix { $0.bin == bin }
    events = events[part.endIndex...]
    let before = seen.count
    here.removeAll(keepingCapacity: true)
    for event in part {
      here.insert(event.user)
      seen.insert(event.user)
    }
    try emit(bin, [part.count, here.count, seen.count - before, seen.count])
  }
}

private func activeCounts(
  _ events: [UserEvent], _ lookback: Int64, _ period: Int64, _ periods: Int64, over timeline: Timeline,
  _ context: ExecutionContext, _ emit: (_ bin: Int64, [Int]) throws -> Void
) throws {
  var active: [Int64: Int] = [:]
  for mine in Dictionary(grouping: events, by: \.user).values {
    try context.checkpoint()
    var within: [Int64: Int] = [:]
    var counted = Set<Int64>()
    var first = 0
    for event in mine {
      guard let place = timeline.flooring(event.time, to: period) else { continue }
      within[place, default: 0] += 1
      // The window is as long as the lookback and ends with this event.
      while first < mine.count, event.time.subtractingReportingOverflow(mine[first].time).partialValue >= lookback {
        if let old = timeline.flooring(mine[first].time, to: period) {
          within[old] = within[old].flatMap { $0 > 1 ? $0 - 1 : nil }
        }
        first += 1
      }
      let isReported = event.time >= timeline.start && event.time <= timeline.end
      if isReported, within.count >= periods, counted.insert(event.bin).inserted {
        active[event.bin, default: 0] += 1
      }
    }
  }
  for (bin, count) in active.sorted(by: { $0.key < $1.key }) { try emit(bin, [count]) }
}
