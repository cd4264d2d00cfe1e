/// Percentiles by nearest rank of values that each stand for so many as their weight says.
///
/// Rows with a null, or a weight below 1, are left out.
final class WeightedPercentileState: AggregateState {
  var dependsOnOrder: Bool { false }
  private struct Entry: BitwiseCopyable {
    var key: Int64
    var weight: Int64
  }
  private let type: ScalarType
  private let percentages: [Double]
  private let isArray: Bool
  private let log = GroupedLog()
  private var filter = RowFilter()

  init(_ type: ScalarType, _ percentages: [Double], asArray: Bool) {
    self.type = type
    self.percentages = percentages
    isArray = asArray
  }

  func grow(to groups: Int) {}

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let kept = filter.rows(inputs[..<2], predicate: nil, count: n)
    let entries = Buffer(of: Entry.self, count: n)
    let out = entries.values(Entry.self)
    let (values, weights) = (inputs[0], inputs[1])
    for i in 0..<n {
      let place = values.isConstant ? 0 : i
      let key = type == .real ? orderedBits(values.lanes(Double.self)[place]) : values.word(at: place)
      out[i] = Entry(key: key, weight: weights.word(at: weights.isConstant ? 0 : i))
    }
    // The pair travels as one 16-byte lane.
    log.append([Vector(.guid, count: n, buffer: entries)], groups: groups, kept: kept, count: n)
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? WeightedPercentileState else { return }
    log.append(other.log, range: range, groups: groups)
  }

  func finish(count n: Int) -> [Vector] {
    var starts = Growing<Int>(capacity: n &+ 1), cursors = Growing<Int>(capacity: n &+ 1)
    starts.extend(to: n &+ 1, with: 0)
    let start = starts.base
    log.forEachRow { group, _, _ in if group < n { start[group &+ 1] &+= 1 } }
    for group in 0..<n { start[group &+ 1] &+= start[group] }
    cursors.append(contentsOf: start, count: n &+ 1)
    let sorted = Growing<Entry>(capacity: start[n])
    let entries = sorted.base, cursor = cursors.base
    log.forEachRow { group, vector, place in
      if group >= n { return }
      entries[cursor[group]] = vector.lanes(Entry.self)[place]
      cursor[group] &+= 1
    }

    let ranks = percentages.count
    let found = Growing<Int64>(capacity: n &* ranks), present = Buffer.zeros(byteCount: n)
    for group in 0..<n {
      var own = UnsafeMutableBufferPointer(start: entries + start[group], count: start[group &+ 1] &- start[group])
      own.sort { $0.key < $1.key }
      var total = 0.0
      for entry in own where entry.weight > 0 { total += Double(entry.weight) }
      if total == 0 { continue }
      present.values(UInt8.self)[group] = 1
      for (index, percentage) in percentages.enumerated() {
        let target = Swift.max(percentage / 100 * total * (1 - 1e-13), 1)
        var reached = 0.0
        for entry in own where entry.weight > 0 {
          reached += Double(entry.weight)
          found.base[group &* ranks &+ index] = entry.key
          if reached >= target { break }
        }
      }
    }
    let keys = found.base, has = present.values(UInt8.self)
    let result = isArray
      ? [percentileArrays(type, n, ranks, keys, has)]
      : (0..<ranks).map { percentileColumn(type, n, $0, ranks, keys, has) }
    withExtendedLifetime(present) {}
    withExtendedLifetime(found) {}
    withExtendedLifetime(sorted) {}
    withExtendedLifetime(starts) {}
    withExtendedLifetime(cursors) {}
    return result
  }
}
