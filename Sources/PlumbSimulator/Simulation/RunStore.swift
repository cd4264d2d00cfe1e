import PlumbEngine
import Synchronization

/// All runs so far, in columns, in the order of their starts.
///
/// - Memory: 115 bytes a run, in segments of a row group; a segment's rows never move, so tables share them.
final class RunStore: @unchecked Sendable {
  private(set) var count = 0
  private(set) var segments: [RunSegment] = []
  let origin: Int64
  private let codes: RunCodes

  init(topology: Topology, origin: Int64) {
    self.origin = origin
    codes = RunCodes(topology)
  }

  var dictionaries: RunCodes { codes }

  /// A run and the moment by which runs are ordered.
  private struct Key: BitwiseCopyable {
    var moment: UInt64
    var record: UnsafePointer<RunRecord>
  }

  /// Appends the staged attempts of all pipelines, which start at `from` or later.
  func append(_ states: UnsafeMutablePointer<PipelineState>, count pipelines: Int, from: Int64, threads: Int) throws {
    var total = 0
    for i in 0..<pipelines { total &+= states[i].staged.count }
    guard total > 0 else { return }
    let keys = UnsafeMutablePointer<Key>.allocate(capacity: total)
    let other = UnsafeMutablePointer<Key>.allocate(capacity: total)
    defer {
      keys.deallocate()
      other.deallocate()
    }
    var next = 0
    var largest: UInt64 = 0
    for i in 0..<pipelines {
      let staged = states[i].staged
      for n in 0..<staged.count {
        let moment = UInt64(bitPattern: staged.base[n].started &- from)
        largest = Swift.max(largest, moment)
        keys[next] = Key(moment: moment, record: UnsafePointer(staged.base + n))
        next &+= 1
      }
    }
    let sorted = RunStore.sort(keys, other, total, largest)
    let first = count
    while segments.count &* RowGroup.capacity < first &+ total { segments.append(RunSegment(codes)) }
    try write(sorted, first: first, total: total, threads: threads)
    count = first &+ total
    for (number, segment) in segments.enumerated().suffix(total / RowGroup.capacity + 2) {
      segment.count = Swift.min(count &- number &* RowGroup.capacity, RowGroup.capacity)
    }
  }

  /// A stable radix sort by moment: runs that start together stay in the order of their pipelines.
  private static func sort(
    _ keys: UnsafeMutablePointer<Key>, _ other: UnsafeMutablePointer<Key>, _ total: Int, _ largest: UInt64
  ) -> UnsafeMutablePointer<Key> {
    var source = keys
    var target = other
    var shift: UInt64 = 0
    let starts = UnsafeMutablePointer<Int>.allocate(capacity: 2_048)
    defer { starts.deallocate() }
    while shift < 64 && largest &>> shift > 0 {
      starts.update(repeating: 0, count: 2_048)
      for i in 0..<total { starts[Int((source[i].moment &>> shift) & 2_047)] &+= 1 }
      var sum = 0
      for digit in 0..<2_048 {
        let n = starts[digit]
        starts[digit] = sum
        sum &+= n
      }
      for i in 0..<total {
        let digit = Int((source[i].moment &>> shift) & 2_047)
        target[starts[digit]] = source[i]
        starts[digit] &+= 1
      }
      swap(&source, &target)
      shift &+= 11
    }
    return source
  }

  private func write(_ keys: UnsafeMutablePointer<Key>, first: Int, total: Int, threads: Int) throws {
    let piece = 8_192
    let shared = Shared(keys)
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
          let records = shared.value + row
          segments[place / RowGroup.capacity].write(
            at: inSegment, count: n, firstRow: place, origin: origin, codes) { records[$0].record.pointee }
          row &+= n
        }
      }
    }
  }
}
