import Glibc
import Synchronization

/// Exact percentiles by nearest rank.
///
/// Rows are kept in a buffer. While there are few groups, a histogram is kept as well, with buckets finer than
/// 1 % of the value; then only the buckets that contain a wanted rank are collected at the end. Otherwise
/// values are distributed to their groups and the ranks selected.
final class PercentileState: AggregateState, @unchecked Sendable {
  var dependsOnOrder: Bool { false }
  private static let bucketCount = 32_768
  /// The number of counters over all groups above which no histogram is kept.
  private static let counterLimit = 1 << 20

  private let type: ScalarType
  private let percentages: [Double]
  private let isArray: Bool
  private let log = RowBuffer()
  private var filter = RowFilter()
  private var groupCount = 0
  private var counters: Growing<UInt32>? = Growing<UInt32>(capacity: 16)

  init(_ type: ScalarType, _ percentages: [Double], asArray: Bool) {
    self.type = type
    self.percentages = percentages
    isArray = asArray
    grow(to: 1)
  }

  func grow(to groups: Int) {
    if groups <= groupCount { return }
    groupCount = groups
    let needed = groups &* PercentileState.bucketCount
    if needed > PercentileState.counterLimit { counters = nil } else { counters?.extend(to: needed, with: 0) }
  }

  // MARK: Keys

  /// The bucket of a whole number: 256 for each power of two, so exact below that. It is read from the
  /// number's form as a real, since rounding preserves the order.
  @inline(__always) private static func bucket(word: Int64) -> Int {
    let size = word ^ (word &>> 63)
    let bucket = Int(truncatingIfNeeded: (Double(size) + 1).bitPattern &>> 44) &- (1023 &<< 8)
    return word < 0 ? 16_383 &- bucket : 16_384 &+ bucket
  }

  /// The bucket of a real by its ordered bits: eight for each power of two.
  @inline(__always) private static func bucket(real bits: Int64) -> Int { Int(bits &>> 49) &+ 16_384 }

  @inline(__always) private func bucket(_ key: Int64, _ isReal: Bool) -> Int {
    isReal ? PercentileState.bucket(real: key) : PercentileState.bucket(word: key)
  }

  /// Visits `n` rows from the start of a vector with their groups and keys.
  @inline(__always)
  private func forEachKey(
    _ vector: Vector, _ groups: UnsafeMutablePointer<UInt32>?, _ n: Int, _ body: (Int, Int64) -> Void
  ) {
    @inline(__always) func visit(_ key: (Int) -> Int64) {
      if let groups {
        for i in 0..<n { body(Int(groups[i]), key(i)) }
      } else {
        for i in 0..<n { body(0, key(i)) }
      }
    }
    let step = vector.isConstant ? 0 : 1
    if type == .real {
      let lanes = vector.lanes(Double.self)
      visit { orderedBits(lanes[$0 &* step]) }
    } else if vector.encoding == .narrow {
      let lanes = vector.lanes(Int32.self)
      visit { Int64(lanes[$0 &* step]) }
    } else {
      let lanes = vector.lanes(Int64.self)
      visit { lanes[$0 &* step] }
    }
  }

  // MARK: Adding rows

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let kept = filter.rows(inputs[..<1], predicate: nil, count: n)
    let first = log.pieces.count
    log.append([inputs[0]], groups: groups, kept: kept, count: n)
    guard let base = counters?.base else { return }
    let isReal = type == .real
    for piece in log.pieces[first...] {
      forEachKey(piece.vectors[0], piece.groups, piece.count) { group, key in
        base[group &* PercentileState.bucketCount &+ bucket(key, isReal)] &+= 1
      }
    }
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? PercentileState else { return }
    for i in 0..<range.count { grow(to: Int(groups[i]) &+ 1) }
    log.append(other.log, range: range, groups: groups)
    guard let mine = counters?.base, let theirs = other.counters?.base else {
      counters = nil
      return
    }
    let width = PercentileState.bucketCount
    for i in 0..<range.count where range.lowerBound &+ i < other.groupCount {
      let to = mine + Int(groups[i]) &* width, from = theirs + (range.lowerBound &+ i) &* width
      for bucket in 0..<width { to[bucket] &+= from[bucket] }
    }
  }

  // MARK: Results

  func finish(count n: Int) throws -> [Vector] { try finish(count: n, workers: 1) }

  func finish(count n: Int, _ context: ExecutionContext) throws -> [Vector] {
    try finish(count: n, workers: log.count < 65_536 ? 1 : context.threads)
  }

  private func finish(count n: Int, workers: Int) throws -> [Vector] {
    let ranks = percentages.count
    let keys = BufferView<Int64>(count: n &* ranks), has = BufferView<UInt8>(repeating: 0, count: n)
    if let base = counters?.base {
      try findInBuckets(base, n, keys, has, workers)
    } else {
      findInGroups(n, keys, has)
    }
    if isArray { return [percentileArrays(type, n, ranks, keys, has)] }
    return (0..<ranks).map { percentileColumn(type, n, $0, ranks, keys, has) }
  }

  /// A bucket that contains a wanted rank, and where its values are collected.
  private struct Wanted: BitwiseCopyable {
    var group: Int
    var percentile: Int
    /// Counted from 0 within the bucket.
    var rank: Int
    var slot: Int
  }

  private func findInBuckets(
    _ counters: UnsafePointer<UInt32>, _ groups: Int, _ found: BufferView<Int64>, _ has: BufferView<UInt8>, _ workers: Int
  ) throws {
    let width = PercentileState.bucketCount
    let known = Swift.min(groups, groupCount)
    // For each counter one more than the slot that collects its bucket.
    let slots = BufferView<UInt32>(repeating: 0, count: known &* width)
    var wanted = Growing<Wanted>(capacity: 16), starts = Growing<Int>(capacity: 16)
    var collected = 0
    for group in 0..<known {
      let row = counters + group &* width
      var total = 0
      for bucket in 0..<width { total &+= Int(row[bucket]) }
      if total == 0 { continue }
      has[group] = 1
      for (index, percentage) in percentages.enumerated() {
        var rank = nearestRank(percentage, total)
        var bucket = 0
        while rank >= Int(row[bucket]) {
          rank &-= Int(row[bucket])
          bucket &+= 1
        }
        let place = group &* width &+ bucket
        if slots[place] == 0 {
          starts.append(collected)
          slots[place] = UInt32(truncatingIfNeeded: starts.count)
          collected &+= Int(row[bucket])
        }
        wanted.append(Wanted(group: group, percentile: index, rank: rank, slot: Int(slots[place]) &- 1))
      }
    }
    starts.append(collected)

    // Each worker collects into its own part, laid out like the whole.
    let slotCount = starts.count, share = collected
    let values = BufferView<Int64>(count: share &* workers), cursors = BufferView<Int>(count: slotCount &* workers)
    for place in 0..<slotCount &* workers { cursors[place] = starts[place % slotCount] }
    let next = Atomic<Int>(0)
    try WorkerPool.shared.run(workers: workers) { worker in
      let out = values + worker &* share, cursor = cursors + worker &* slotCount
      let isReal = type == .real
      while true {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if place >= log.pieces.count { return }
        let piece = log.pieces[place]
        forEachKey(piece.vectors[0], piece.groups, piece.count) { group, key in
          if group >= known { return }
          let slot = Int(slots[group &* width &+ bucket(key, isReal)])
          if slot == 0 { return }
          out[cursor[slot &- 1]] = key
          cursor[slot &- 1] &+= 1
        }
      }
    }
    for worker in 1..<Swift.max(workers, 1) {
      for slot in 0..<starts.count &- 1 {
        let end = cursors[worker &* slotCount &+ slot]
        let count = end &- starts[slot]
        values.copy(values + (worker &* share &+ starts[slot]), count: count, to: cursors[slot])
        cursors[slot] &+= count
      }
    }
    for i in 0..<wanted.count {
      let want = wanted[i]
      let start = starts[want.slot]
      found[want.group &* percentages.count &+ want.percentile] = values.withPointer {
        selected($0 + start, starts[want.slot &+ 1] &- start, rank: want.rank)
      }
    }
  }

  private func findInGroups(
    _ groups: Int, _ found: BufferView<Int64>, _ has: BufferView<UInt8>
  ) {
    let start = BufferView(repeating: 0, count: groups &+ 1), cursor = BufferView<Int>(count: groups &+ 1)
    for piece in log.pieces {
      forEachKey(piece.vectors[0], piece.groups, piece.count) { group, _ in
        if group < groups { start[group &+ 1] &+= 1 }
      }
    }
    for group in 0..<groups { start[group &+ 1] &+= start[group] }
    cursor.copy(start, count: groups &+ 1)
    let values = BufferView<Int64>(count: start[groups])
    for piece in log.pieces {
      forEachKey(piece.vectors[0], piece.groups, piece.count) { group, key in
        if group >= groups { return }
        values[cursor[group]] = key
        cursor[group] &+= 1
      }
    }
    for group in 0..<groups {
      let count = start[group &+ 1] &- start[group]
      if count == 0 { continue }
      has[group] = 1
      for (index, percentage) in percentages.enumerated() {
        found[group &* percentages.count &+ index] = values.withPointer {
          selected($0 + start[group], count, rank: nearestRank(percentage, count))
        }
      }
    }
  }
}

/// The index, counted from 0, of a percentile among `count` values: the smallest that at least so many reach.
func nearestRank(_ percentage: Double, _ count: Int) -> Int {
  // A little less than the exact product, so that 99.9 % of 1000 is the 999th and not the next one.
  let rank = (percentage / 100 * Double(count) * (1 - 1e-13)).rounded(.up)
  return Swift.min(Swift.max(Int(rank), 1), count) &- 1
}

/// The value that would be at `rank` if the values were sorted. Reorders them.
func selected(_ values: UnsafeMutablePointer<Int64>, _ count: Int, rank: Int) -> Int64 {
  // Hoare's quickselect with the middle of three; after too many steps the rest is sorted.
  var low = 0, high = count &- 1
  var steps = 0
  while high &- low > 24 {
    steps &+= 1
    if steps > 64 {
      var rest = UnsafeMutableBufferPointer(start: values + low, count: high &- low &+ 1)
      rest.sort()
      return values[rank]
    }
    let a = values[low], b = values[low &+ (high &- low) / 2], c = values[high]
    let pivot = Swift.max(Swift.min(a, b), Swift.min(Swift.max(a, b), c))
    var i = low, j = high
    while i <= j {
      while values[i] < pivot { i &+= 1 }
      while values[j] > pivot { j &-= 1 }
      if i <= j {
        let value = values[i]
        values[i] = values[j]
        values[j] = value
        i &+= 1
        j &-= 1
      }
    }
    if rank <= j {
      high = j
    } else if rank >= i {
      low = i
    } else {
      return pivot
    }
  }
  if high > low {
    for i in (low &+ 1)...high {
      let value = values[i]
      var j = i &- 1
      while j >= low && values[j] > value {
        values[j &+ 1] = values[j]
        j &-= 1
      }
      values[j &+ 1] = value
    }
  }
  return values[rank]
}

/// One percentile of each group as a column; null for a group without values.
func percentileColumn(
  _ type: ScalarType, _ groups: Int, _ index: Int, _ ranks: Int, _ keys: BufferView<Int64>, _ has: BufferView<UInt8>
) -> Vector {
  if type == .real {
    return .making(.real, count: groups) { group -> Double? in
      has[group] == 0 ? nil : realOfOrderedBits(keys[group &* ranks &+ index])
    }
  }
  return .making(type == .int ? .long : type, count: groups) { group -> Int64? in
    has[group] == 0 ? nil : keys[group &* ranks &+ index]
  }
}

/// All percentiles of each group as an array; null for a group without values.
func percentileArrays(
  _ type: ScalarType, _ groups: Int, _ ranks: Int, _ keys: BufferView<Int64>, _ has: BufferView<UInt8>
) -> Vector {
  let builder = VectorBuilder(.dynamic, capacity: groups)
  var out = ByteBuffer(capacity: 9 + ranks * 9)
  for group in 0..<groups {
    if has[group] == 0 {
      builder.appendNull()
      continue
    }
    out.removeAll()
    let mark = out.beginArray()
    for index in 0..<ranks {
      let key = keys[group &* ranks &+ index]
      switch type {
      case .real: out.appendReal(realOfOrderedBits(key))
      case .datetime: out.appendDateTime(key)
      case .timespan: out.appendTimeSpan(key)
      case .bool, .int, .long, .decimal, .string, .guid, .dynamic: out.appendLong(key)
      }
    }
    out.end(mark, count: ranks)
    out.withBytes { builder.append(bytes: $0) }
  }
  return builder.finish()
}
