/// Sequences of states that users pass through.
package struct Funnel: Sendable {
  /// The states in order, as values of the state's column.
  let states: [Value]

  package init(states: [Value]) { self.states = states }
}

/// An event of a user: the number of its state in the funnel, or one of its own.
private struct StateEvent {
  let time: Int64
  let bin: Int64
  let user: UInt32
  /// States of the funnel have the numbers of their first places in it.
  let state: Int
  let row: Int
}

extension Funnel {
  /// The events of each user in each bin, in order of time, and for each place of the funnel the number of its state.
  ///
  /// - Input: the user, the time, the state.
  fileprivate func events(
    _ chunk: Chunk, over timeline: Timeline, _ context: ExecutionContext
  ) throws -> (groups: [ArraySlice<StateEvent>], places: [Int], vectors: [Vector]) {
    let vectors = chunk.vectors().map { $0.decoded().expanded() }
    let users = try groupNumbers([vectors[0]], count: chunk.count, context).numbers.view(UInt32.self)
    let stateGroups = try groupNumbers([vectors[2]], count: chunk.count, context)
    let states = stateGroups.numbers.view(UInt32.self)
    var values = [Value?](repeating: nil, count: stateGroups.count)
    for row in 0..<chunk.count where values[Int(states[row])] == nil { values[Int(states[row])] = vectors[2].value(at: row) }
    // A state that no row has gets a number that no row has.
    let places = self.states.map { state in values.firstIndex { $0.map { $0 == state } ?? false } ?? -1 }
    // Sorting needs half of it once more.
    try context.checkRoom(chunk.count &* MemoryLayout<StateEvent>.stride &* 3 / 2)
    var events: [StateEvent] = []
    events.reserveCapacity(chunk.count)
    for row in 0..<chunk.count {
      try context.checkpoint(at: row)
      guard !vectors[1].isNull(row) else { continue }
      let time = vectors[1].word(at: row)
      guard timeline.reports(time), let bin = timeline.bin(of: time) else { continue }
      events.append(StateEvent(time: time, bin: bin, user: users[row], state: Int(states[row]), row: row))
    }
    events.sort { ($0.bin, $0.user, $0.time, $0.row) < ($1.bin, $1.user, $1.time, $1.row) }
    var groups: [ArraySlice<StateEvent>] = []
    var rest = events[...]
    while let first = rest.first {
      try context.checkpoint(at: groups.count)
      let part = rest.prefix { $0.bin == first.bin && $0.user == first.user }
      groups.append(part)
      rest = rest[part.endIndex...]
    }
    return (groups, places, vectors)
  }
}

// MARK: What comes before and after a sequence

extension LogicalPlan {
  /// The bin, the state before, the state after and the user of each occurrence of a sequence; distinct rows.
  ///
  /// Events of one user with the same state that follow each other count as one. Where nothing comes before or after, the
  /// state is empty.
  /// - Input: the user, the time, the state.
  /// - Parameter gap: the most that may pass between two steps of the sequence.
  package static func funnelPassages(_ input: LogicalPlan, _ funnel: Funnel, gap: Int64, over timeline: Timeline) -> LogicalPlan {
    let state = input.schema[2].type
    let schema = [
      timeline.column, ColumnInfo("prev", state), ColumnInfo("next", state), ColumnInfo("id", input.schema[0].type),
    ]
    return .materialising(
      MaterialisingPlan(name: "funnel", input: input, schema: schema) { chunk, context in
        let (groups, places, vectors) = try funnel.events(chunk, over: timeline, context)
        let builders = TableBuilder(schema, for: context)
        func append(_ state: Int?, to builder: VectorBuilder) {
          if let state { builder.append(vectors[2].value(at: state)) } else { builder.append(.null(vectors[2].type)) }
        }
        for events in groups {
          try context.checkpoint()
          let runs = stateRuns(events)
          var seen: Set<[Int]> = []
          for start in runs.indices where start + places.count <= runs.count {
            let isSequence = places.indices.allSatisfy { step in
              let run = runs[start + step]
              guard run.state == places[step] else { return false }
              return step == 0 || run.first.time.subtractingReportingOverflow(runs[start + step - 1].lastTime).partialValue <= gap
            }
            let end = start + places.count
            let before = start > 0 ? runs[start - 1] : nil, after = end < runs.count ? runs[end] : nil
            guard isSequence, seen.insert([before?.state ?? -1, after?.state ?? -1]).inserted else { continue }
            try builders.beginRow()
            builders[0].append(word: events[events.startIndex].bin)
            append(before?.first.row, to: builders[1])
            append(after?.first.row, to: builders[2])
            builders[3].append(vectors[0].value(at: events[events.startIndex].row))
          }
        }
        return try builders.finish()
      })
  }

  /// Counts the users of passages by the bin and some of the states, with at most 128 of them as samples.
  ///
  /// - Input: as `funnelPassages` makes it. Order: by bin, then the most users first.
  /// - Parameter states: 1 for the state before, 2 for the one after.
  package static func funnelCounts(_ input: LogicalPlan, by states: [Int]) -> LogicalPlan {
    let keys = [0] + states
    let schema = keys.map { input.schema[$0] } + [ColumnInfo("dcount", .long), ColumnInfo("samples", .dynamic)]
    return .materialising(
      MaterialisingPlan(name: "funnel counts", input: input, schema: schema) { chunk, context in
        let vectors = chunk.vectors().map { $0.decoded().expanded() }
        let users = try groupNumbers([vectors[3]], count: chunk.count, context).numbers.view(UInt32.self)
        var counted: [(first: Int, count: Int, samples: [Dynamic])] = []
        for rows in try dimensionGroups(keys.map { vectors[$0] }, count: chunk.count, context) {
          try context.checkpoint()
          var seen = Set<UInt32>()
          var samples: [Dynamic] = []
          for row in rows where seen.insert(users[row]).inserted && samples.count < 128 {
            samples.append(Dynamic(vectors[3].value(at: row)))
          }
          counted.append((rows[0], seen.count, samples))
        }
        counted.sort { one, other in
          let (bin, otherBin) = (vectors[0].word(at: one.first), vectors[0].word(at: other.first))
          return bin == otherBin ? (-one.count, one.first) < (-other.count, other.first) : bin < otherBin
        }
        let builders = TableBuilder(schema, for: context)
        for group in counted {
          try builders.beginRow()
          for (place, key) in keys.enumerated() { builders[place].append(vectors[key].value(at: group.first)) }
          builders[keys.count].append(word: Int64(group.count))
          builders[keys.count + 1].append(dynamic: .array(group.samples))
        }
        return try builders.finish()
      })
  }
}

/// Events with the same state that follow each other.
private struct StateRun {
  let state: Int
  let first: StateEvent
  var lastTime: Int64
}

private func stateRuns(_ events: ArraySlice<StateEvent>) -> [StateRun] {
  var runs: [StateRun] = []
  for event in events {
    if runs.last?.state == event.state {
      runs[runs.count - 1].lastTime = event.time
    } else {
      runs.append(StateRun(state: event.state, first: event, lastTime: event.time))
    }
  }
  return runs
}

// MARK: How far users come

extension LogicalPlan {
  /// For each bin, each period and each state of the funnel, the number of users who reached the state within the period.
  ///
  /// The period is counted from the first state; other events may occur in between. For each user and step, the latest
  /// beginning from which the step was reached is kept.
  /// - Input: the user, the time, the state.
  package static func funnelCompletion(
    _ input: LogicalPlan, _ funnel: Funnel, periods: [Value], over timeline: Timeline
  ) -> LogicalPlan {
    let period = ColumnInfo("Period", periods.first?.type ?? .timespan)
    let schema = [timeline.column, input.schema[2], period, ColumnInfo("dcount", .long)]
    return .materialising(
      MaterialisingPlan(name: "funnel", input: input, schema: schema) { chunk, context in
        let (groups, places, _) = try funnel.events(chunk, over: timeline, context)
        var reached: [Int64: [[Int]]] = [:]
        for events in groups {
          try context.checkpoint()
          let bin = events[events.startIndex].bin
          var counts = reached[bin] ?? periods.map { _ in [Int](repeating: 0, count: places.count) }
          for (place, limit) in periods.enumerated() {
            for step in 0..<steps(of: events, places, within: limit.ticks) { counts[place][step] += 1 }
          }
          reached[bin] = counts
        }
        let builders = TableBuilder(schema, for: context)
        for (bin, counts) in reached.sorted(by: { $0.key < $1.key }) {
          for (place, limit) in periods.enumerated() {
            for (step, state) in funnel.states.enumerated() {
              try builders.beginRow()
              builders[0].append(word: bin)
              builders[1].append(state)
              builders[2].append(limit)
              builders[3].append(word: Int64(counts[place][step]))
            }
          }
        }
        return try builders.finish()
      })
  }
}

/// The number of steps of the sequence that one user takes within the limit.
private func steps(of events: ArraySlice<StateEvent>, _ places: [Int], within limit: Int64) -> Int {
  var beginnings = [Int64?](repeating: nil, count: places.count)
  var most = 0
  for event in events {
    for step in places.indices.reversed() where places[step] == event.state {
      if step == 0 {
        beginnings[0] = event.time
      } else if let begun = beginnings[step - 1] {
        let (passed, overflow) = event.time.subtractingReportingOverflow(begun)
        if overflow || passed > limit { continue }
        beginnings[step] = Swift.max(begun, beginnings[step] ?? begun)
      } else {
        continue
      }
      most = Swift.max(most, step + 1)
    }
  }
  return most
}
