import PlumbDiagnostics
import Synchronization

/// The rows of a table's columns, in chunks; row groups that the filters exclude by their bounds are skipped.
///
/// - Note: an aggregation can request statistics of groups in place of their rows; see `StatisticsPlan`.
final class TableSource: ChunkSource {
  private let groups: [RowGroup]
  /// For each group the conditions of the scan that all of its rows meet, a bit each.
  private let satisfied: [UInt64]
  private let columns: [Int]
  private let place = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)
  private let starts: [Start]
  /// For groups that are not in memory, the columns read so far.
  private let readings: [GroupReading?]
  /// The group whose rows come after those of a group.
  private let following: [Int?]
  private let bound: TopBound?
  private let statistics: StatisticsPlan?
  let rowEstimate: Int

  /// The start of a chunk, and its number in row order.
  private struct Start {
    let group: Int
    let row: Int
    let number: Int
    /// The number of groups from `group` on that the statistics replace; 0 for rows.
    var replacedGroups = 0
  }

  convenience init(_ scan: ScanPlan, filters: [BoundExpression]) {
    var kept = scan.table.groups
    var satisfied = [UInt64](repeating: 0, count: kept.count)
    if !filters.isEmpty {
      let verdict = ZoneVerdict(scan.table, columns: scan.columns, filters)
      let places = kept.indices.filter { verdict.canMatch[$0] }
      kept = places.map { kept[$0] }
      satisfied = places.map { verdict.satisfied[$0] }
    }
    var starts: [Start] = []
    for (number, group) in kept.enumerated() {
      for row in stride(from: 0, to: group.count, by: Chunk.preferredCount) {
        starts.append(Start(group: number, row: row, number: starts.count))
      }
    }
    self.init(kept, satisfied, columns: scan.columns, starts)
  }

  private init(
    _ groups: [RowGroup], _ satisfied: [UInt64], columns: [Int], _ starts: [Start], bound: TopBound? = nil,
    statistics: StatisticsPlan? = nil
  ) {
    self.groups = groups
    self.satisfied = satisfied
    self.columns = columns
    self.starts = starts
    self.bound = bound
    self.statistics = statistics
    readings = groups.map { $0.isInMemory ? nil : GroupReading($0, columns: columns) }
    var following = [Int?](repeating: nil, count: groups.count)
    for (start, next) in zip(starts, starts.dropFirst()) where start.group != next.group && next.replacedGroups == 0 {
      following[start.group] = next.group
    }
    self.following = following
    rowEstimate = starts.reduce(0) { sum, start in
      if start.replacedGroups > 0 { return sum &+ 1 }
      return sum &+ Swift.min(Chunk.preferredCount, groups[start.group].count &- start.row)
    }
  }

  /// The same rows for an aggregation that uses the statistics of row groups where it can.
  func usingStatistics(_ plan: StatisticsPlan) -> TableSource {
    var made: [Start] = []
    var group = 0
    while group < groups.count {
      let length = plan.run(from: group, groups, satisfied)
      if length > 0 {
        made.append(Start(group: group, row: 0, number: made.count, replacedGroups: length))
        group += length
      } else {
        for row in stride(from: 0, to: groups[group].count, by: Chunk.preferredCount) {
          made.append(Start(group: group, row: row, number: made.count))
        }
        group += 1
      }
    }
    return TableSource(groups, satisfied, columns: columns, made, statistics: plan)
  }

  /// The same rows for a sink that keeps the best: the most promising groups come first, and those that
  /// `bound` excludes by then are skipped. Chunks keep their numbers in row order.
  func bestFirst(_ bound: TopBound) -> TableSource {
    let order = groups.indices.sorted {
      bound.promisesMore(groups[$0].zones[bound.column], groups[$1].zones[bound.column])
    }
    var places = [Int](repeating: 0, count: groups.count)
    for (place, group) in order.enumerated() { places[group] = place }
    let reordered = starts.sorted { (places[$0.group], $0.number) < (places[$1.group], $1.number) }
    return TableSource(groups, satisfied, columns: columns, reordered, bound: bound)
  }

  func next() throws -> Chunk? {
    while !stopped.load(ordering: .relaxed) {
      let index = place.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < starts.count else { return nil }
      let start = starts[index]
      let group = groups[start.group]
      if let bound, bound.excludes(group.zones[bound.column]) { continue }
      if let statistics, start.replacedGroups > 0 {
        let covered = groups[start.group..<start.group + start.replacedGroups]
        let bits = satisfied[start.group]
        let chunk = try statistics.summary(of: covered, satisfied: bits) ?? Chunk.wholeGroups(covered, columns: columns)
        chunk.order = RowOrder(start.number)
        chunk.satisfied = bits
        return chunk
      }
      let length = Swift.min(Chunk.preferredCount, group.count &- start.row)
      let chunk = Chunk(
        try vectors(of: start.group).map { $0.slice(start.row, length) }, count: length, order: RowOrder(start.number))
      chunk.satisfied = satisfied[start.group]
      return chunk
    }
    return nil
  }

  /// Whether all rows are in memory and stay there.
  var isInMemory: Bool { readings.allSatisfy { $0 == nil } }

  /// The scan's columns of a group; those of a group that is not in memory are read once for all its chunks.
  private func vectors(of number: Int) throws -> [Vector] {
    let group = groups[number]
    guard let reading = readings[number] else { return try columns.map { try group.column($0) } }
    let vectors = try reading.vectors(aheadOf: following[number].flatMap { readings[$0] })
    reading.finishPiece()
    return vectors
  }

  func stop() { stopped.store(true, ordering: .relaxed) }
}
