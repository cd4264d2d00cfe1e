/// Something that a user did, on a timeline.
struct UserEvent {
  let time: Int64
  let bin: Int64
  /// The number of the user, the same for all of the events.
  let user: UInt32

  /// The users of all rows as numbers.
  static func users(_ column: Vector, count: Int, _ context: ExecutionContext) throws -> [UInt32] {
    try context.checkRoom(count &* MemoryLayout<UInt32>.stride)
    let numbers = try groupNumbers([column], count: count, context).numbers.view(UInt32.self)
    return (0..<count).map { numbers[$0] }
  }

  /// The events of `rows` in the order of their times; those without a time, or outside the timeline, are left out.
  ///
  /// - Throws: `memory-limit`, before the events are made.
  static func ordered(
    _ rows: [Int], _ times: Vector, _ users: [UInt32], over timeline: Timeline, _ context: ExecutionContext
  ) throws -> [UserEvent] {
    // Sorting needs half of it once more.
    try context.checkRoom(rows.count &* MemoryLayout<UserEvent>.stride &* 3 / 2)
    var events: [UserEvent] = []
    events.reserveCapacity(rows.count)
    for row in rows where !times.isNull(row) {
      let time = times.word(at: row)
      if let bin = timeline.bin(of: time) { events.append(UserEvent(time: time, bin: bin, user: users[row])) }
    }
    try context.checkpoint()
    events.sort { $0.time < $1.time }
    return events
  }
}
