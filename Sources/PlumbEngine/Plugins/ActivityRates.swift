/// Rates of the users on a timeline: how many are there, how many are new, how many come back.
package enum ActivityRates: Sendable {
  /// The sessions that begin in each bin: events of a user that follow none of the same user within `lookback`.
  case sessions(lookback: Int64)
  /// Users in each bin and in the `outer` before its end, and the ratio of the two.
  case engagement(outer: Int64)
  /// Users in each bin, those who were not in the bin before, and the share of the bin before that came back or did not.
  case retention
  /// The users first seen in one bin (a cohort), in that bin and each later one; `only` restricts it to one cohort.
  case cohorts(only: Int64?)

  fileprivate var figures: Schema {
    switch self {
    case .sessions: [ColumnInfo("count_sessions", .long)]
    case .engagement:
      [
        ColumnInfo("dcount_activities_inner", .long), ColumnInfo("dcount_activities_outer", .long),
        ColumnInfo("activity_ratio", .real),
      ]
    case .retention:
      [
        ColumnInfo("dcount_values", .long), ColumnInfo("dcount_newvalues", .long), ColumnInfo("retention_rate", .real),
        ColumnInfo("churn_rate", .real),
      ]
    case .cohorts:
      [
        ColumnInfo("dcount_new_values", .long), ColumnInfo("dcount_retained_values", .long),
        ColumnInfo("dcount_churn_values", .long), ColumnInfo("retention_rate", .real), ColumnInfo("churn_rate", .real),
      ]
    }
  }

  fileprivate func times(_ column: ColumnInfo) -> Schema {
    guard case .cohorts = self else { return [column] }
    return [ColumnInfo("from_\(column.name)", column.type), ColumnInfo("to_\(column.name)", column.type)]
  }

  fileprivate var putsDimensionsFirst: Bool { if case .sessions = self { true } else { false } }
}

extension LogicalPlan {
  /// Rates of users over a timeline; bins without users are left out, except where a cohort could have come back.
  ///
  /// - Input: the user, the time, a whole number that is null for events (other rows name users seen before the timeline
  ///   begins), then the dimensions. Events without a time are left out.
  /// - Output: the bins, the figures, and the dimensions as the documentation of each plugin orders them.
  package static func activityRates(_ input: LogicalPlan, _ rates: ActivityRates, over timeline: Timeline) -> LogicalPlan {
    let dimensions = Array(input.schema.dropFirst(3)), figures = rates.figures, times = rates.times(timeline.column)
    let schema = times + (rates.putsDimensionsFirst ? dimensions + figures : figures + dimensions)
    let firstFigure = times.count + (rates.putsDimensionsFirst ? dimensions.count : 0)
    let firstDimension = times.count + (rates.putsDimensionsFirst ? 0 : figures.count)
    return .materialising(
      MaterialisingPlan(name: "user activity", input: input, schema: schema) { chunk, context in
        let vectors = chunk.vectors().map { $0.decoded().expanded() }
        let users = try UserEvent.users(vectors[0], count: chunk.count, context)
        try context.checkpoint()
        let known = Set(users.indices.filter { !vectors[2].isNull($0) }.map { users[$0] })
        let builders = TableBuilder(schema, for: context)
        for rows in try dimensionGroups(Array(vectors.dropFirst(3)), count: chunk.count, context) {
          try context.checkpoint()
          let mine = rows.filter { vectors[2].isNull($0) }
          let events = try UserEvent.ordered(mine, vectors[1], users, over: timeline, context)
          try rates.compute(events, known: known, over: timeline, context) { row in
            try builders.beginRow()
            for (place, time) in row.times.enumerated() { builders[place].append(word: time) }
            for (place, count) in row.counts.enumerated() { builders[firstFigure + place].append(word: Int64(count)) }
            for (place, rate) in row.rates.enumerated() {
              builders[firstFigure + row.counts.count + place].append(real: rate)
            }
            for place in dimensions.indices {
              builders[firstDimension + place].append(vectors[3 + place].value(at: rows[0]))
            }
          }
        }
        return try builders.finish()
      })
  }
}

private struct RatesRow {
  var times: [Int64]
  var counts: [Int]
  var rates: [Double] = []
}

private func ratio(_ part: Int, of whole: Int) -> Double { whole == 0 ? .nan : Double(part) / Double(whole) }

extension ActivityRates {
  /// - Parameter events: in order of time.
  fileprivate func compute(
    _ events: [UserEvent], known: Set<UInt32>, over timeline: Timeline, _ context: ExecutionContext,
    emit: (RatesRow) throws -> Void
  ) throws {
    switch self {
    case .sessions(let lookback): try sessionRows(events, lookback, over: timeline, emit)
    case .engagement(let outer): try engagementRows(events, outer, over: timeline, context, emit)
    case .retention: try retentionRows(events.filter { timeline.reports($0.time) }, over: timeline, emit)
    case .cohorts(let only):
      try cohortRows(events.filter { timeline.reports($0.time) }, known: known, only: only, over: timeline, context, emit)
    }
  }
}

extension Timeline {
  /// Whether a time is in the range that is reported on, whose ends belong to it.
  func reports(_ time: Int64) -> Bool { time >= start && time <= end }
}

private func sessionRows(
  _ events: [UserEvent], _ lookback: Int64, over timeline: Timeline, _ emit: (RatesRow) throws -> Void
) rethrows {
  var last: [UInt32: Int64] = [:]
  var begun: [Int64: Int] = [:]
  for event in events {
    let before = last.updateValue(event.time, forKey: event.user)
    guard timeline.reports(event.time) else { continue }
    let goesOn = before.map { before in
      let (distance, overflow) = event.time.subtractingReportingOverflow(before)
      return !overflow && distance <= lookback
    }
    begun[event.bin, default: 0] += goesOn == true ? 0 : 1
  }
  for (bin, count) in begun.sorted(by: { $0.key < $1.key }) { try emit(RatesRow(times: [bin], counts: [count])) }
}

private func engagementRows(
  _ events: [UserEvent], _ outer: Int64, over timeline: Timeline, _ context: ExecutionContext, _ emit: (RatesRow) throws -> Void
) throws {
  var within: [UInt32: Int] = [:]
  var here = Set<UInt32>()
  var first = 0, next = 0, steps = 0
  var bin = timeline.bin(of: timeline.start)
  while let current = bin, current <= timeline.end {
    steps += 1
    if steps & 1023 == 0 { try context.checkpoint() }
    here.removeAll(keepingCapacity: true)
    while next < events.count, events[next].bin <= current, events[next].time <= timeline.end {
      within[events[next].user, default: 0] += 1
      if events[next].bin == current { here.insert(events[next].user) }
      next += 1
    }
    let following = timeline.bin(after: current)
    if let limit = following?.subtractingReportingOverflow(outer), !limit.overflow {
      while first < next, events[first].time < limit.partialValue {
        let user = events[first].user
        within[user] = within[user].flatMap { $0 > 1 ? $0 - 1 : nil }
        first += 1
      }
    }
    if timeline.end == Timeline.unbounded, next == events.count, here.isEmpty { return }
    if next > first {
      try emit(RatesRow(times: [current], counts: [here.count, within.count], rates: [ratio(here.count, of: within.count)]))
      bin = following
    } else {
      // Without users in the window, the next event's bin comes next.
      bin = next < events.count && events[next].time <= timeline.end ? events[next].bin : nil
    }
  }
}

private func retentionRows(_ events: [UserEvent], over timeline: Timeline, _ emit: (RatesRow) throws -> Void) rethrows {
  var previous: (bin: Int64, users: Set<UInt32>)?
  var events = events[...]
  while let bin = events.first?.bin {
    let part = events.prefix { $0.bin == bin }
    events = events[part.endIndex...]
    let here = Set(part.map(\.user))
    let before = previous.flatMap { timeline.bin(after: $0.bin) == bin ? $0.users : nil } ?? []
    let back = here.intersection(before).count
    try emit(
      RatesRow(
        times: [bin], counts: [here.count, here.count - back],
        rates: [ratio(back, of: before.count), ratio(before.count - back, of: before.count)]))
    previous = (bin, here)
  }
}

private func cohortRows(
  _ events: [UserEvent], known: Set<UInt32>, only: Int64?, over timeline: Timeline, _ context: ExecutionContext,
  _ emit: (RatesRow) throws -> Void
) throws {
  var firstSeen: [UInt32: Int64] = [:]
  var sizes: [Int64: Int] = [:]
  // For each bin, how many users of each cohort are there.
  var present: [Int64: [Int64: Int]] = [:]
  var events = events[...]
  while let bin = events.first?.bin {
    try context.checkpoint()
    let part = events.prefix { $0.bin == bin }
    events = events[part.endIndex...]
    for user in Set(part.map(\.user)) where !known.contains(user) {
      if firstSeen[user] == nil {
        firstSeen[user] = bin
        sizes[bin, default: 0] += 1
      }
      if let cohort = firstSeen[user] { present[bin, default: [:]][cohort, default: 0] += 1 }
    }
  }
  let wanted = only.map { timeline.bin(of: $0) }
  for (cohort, size) in sizes.sorted(by: { $0.key < $1.key }) where wanted == nil || wanted == .some(cohort) {
    var bin: Int64? = cohort
    while let current = bin, current <= timeline.end {
      let here = present[current] ?? [:]
      let back = here[cohort] ?? 0
      let new = current == cohort ? size : here.reduce(0) { $1.key > cohort ? $0 + $1.value : $0 }
      try emit(
        RatesRow(
          times: [cohort, current], counts: [new, back, size - back],
          rates: [ratio(back, of: size), ratio(size - back, of: size)]))
      bin = timeline.bin(after: current)
    }
  }
}
