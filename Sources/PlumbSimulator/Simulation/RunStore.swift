import PlumbEngine
import Synchronization

/// All runs so far, in columns, in the order of their starts.
//- Memory: 115 bytes per run, in segments of a row group; rows of a segment never move, so tables share them.
/// - Memory: 115 bytes a run, in segments of a row group; a segment's rows never move, so tables share them.
final class RunStore: @unchecked Sendable {
  private(set) var count = 0
  private(set) var segments: [RunSegment] = []
  let origin: Int64
  private let codes: RunCodes

  /// Writes messages that are made for each failure; nil in easy worlds, which have a few fixed ones.
  let messages: RunMessages?

  init(topology: Topology, origin: Int64, seed: UInt64, isEasy: Bool) {
    self.origin = origin
    codes = RunCodes(topology, isEasy: isEasy)
    messages = isEasy ? nil : RunMessages(topology, seed: seed)
  }

  var dictionaries: RunCodes { codes }

  /// A staged run by its pipeline and its place there, and the moment by which runs are ordered.
  private struct Key: BitwiseCopyable {
    var moment: UInt64
    var pipeline: UInt32
    var place: UInt32
  }

  /// Appends the staged attempts of all pipelines, which start at `from` or later.
  func append(_ staged: [PlainList<RunRecord>], from: Int64, threads: Int) throws {
    let total = staged.reduce(0) { $0 &+ $1.count }
    guard total > 0 else { return }
    let keys = BufferView<Key>(count: total)
    let other = BufferView<Key>(count: total)
    var next = 0
    var largest: UInt64 = 0
    for (pipeline, list) in staged.enumerated() {
      let records = list.values
      for place in 0..<list.count {
        let moment = UInt64(bitPattern: records[place].started &- from)
        largest = Swift.max(largest, moment)
        keys[next] = Key(
          moment: moment, pipeline: UInt32(truncatingIfNeeded: pipeline), place: UInt32(truncatingIfNeeded: place))
        next &+= 1
      }
    }
    let sorted = RunStore.sort(keys, other, total, largest)
    let first = count
    while segments.count &* RowGroup.capacity < first &+ total { segments.append(RunSegment(codes)) }
    try write(sorted, BufferTable(staged.map(\.values)), first: first, total: total, threads: threads)
    count = first &+ total
    for (number, segment) in segments.enumerated().suffix(total / RowGroup.capacity + 2) {
      segment.count = Swift.min(count &- number &* RowGroup.capacity, RowGroup.capacity)
    }
  }

  /// A stable radix sort by moment: runs that start together stay in the order of their pipelines.
  private static func sort(
    _ keys: BufferView<Key>, _ other: BufferView<Key>, _ total: Int, _ largest: UInt64
  ) -> BufferView<Key> {
    var source = keys
    var target = other
    var shift: UInt64 = 0
    let starts = BufferView<Int>(count: 2_048)
    while shift < 64 && largest &>> shift > 0 {
      starts.fill(0, count: 2_048, with: 0)
      for i in 0..<total { starts[Int((source[i].moment &>> shift) & 2_047)] &+= 1 }
      var sum = 0
      for digit in 0..<2_048 {
        let n = starts[digit]
        starts[digit] = sum
        sum &+= n
      }
      let (from, to) = (source, target)
      for i in 0..<total {
        let digit = Int((from[i].moment &>> shift) & 2_047)
        to[starts[digit]] = from[i]
        starts[digit] &+= 1
      }
      swap(&source, &target)
      shift &+= 11
    }
    return source
  }

  private func write(
    _ keys: BufferView<Key>, _ staged: BufferTable<RunRecord>, first: Int, total: Int, threads: Int
  ) throws {
    let piece = 8_192
    let next = Atomic<Int>(0)
    let workers = total < piece ? 1 : threads
    try WorkerPool.shared.run(workers: workers) { [self] _ in
      while true {
        let start = next.wrappingAdd(piece, ordering: .relaxed).oldValue
        if start >= total { return }
        var row = start
        let end = Swift.min(start + piece, total)
        while row < end {
          // Pieces are cut where segments end.
          let place = first &+ row
          let inSegment = place % RowGroup.capacity
          let n = Swift.min(end &- row, RowGroup.capacity &- inSegment)
          let runs = keys + row
          segments[place / RowGroup.capacity].write(
            at: inSegment, count: n, firstRow: place, origin: origin, codes) { place in
              staged[Int(runs[place].pipeline), Int(runs[place].place)]
            }
          row &+= n
        }
      }
    }
  }
}
