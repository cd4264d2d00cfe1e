/// Something that a user did, on a timeline.
struct UserEvent {
  let time: Int64
  let bin: Int64
  /// The number of the user, the same for all of the events.
  let user: UInt32

  /// The users of all rows as numbers.
  static func users(_ column: Vector, count: Int, _ context: ExecutionContext) throws -> [UInt32] {
    let numbers = try groupNumbers([column], count: count, context).numbers.view(UInt32.self)
    return (0..<count).map { numbers[$0] }
  }

  /// The events of `rows` in the order of their times; those without a time, or outside the timeline, are left out.
  static func ordered(_ rows: [Int], _ times: Vector, _ users: [UInt32], over timeline: Timeline) -> [UserEvent] {
    rows.compactMap { row -> UserEvent? in
      guard !times.isNull(row) else { return nil }
      let time = times.word(at: row)
      return timeline.bin(of: time).map { UserEvent(time: time, bin: $0, user: users[row]) }
    }.sorted { $0.time < $1.time }
  }
}
