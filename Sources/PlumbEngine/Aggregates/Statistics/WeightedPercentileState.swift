/// Percentiles by nearest rank of values that each count as often as their weight says.
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
  private let log = RowBuffer()
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
    let start = BufferView(repeating: 0, count: n &+ 1), cursor = BufferView<Int>(count: n &+ 1)
    log.forEachRow { group, _, _ in if group < n { start[group &+ 1] &+= 1 } }
    for group in 0..<n { start[group &+ 1] &+= start[group] }
    cursor.copy(start, count: n &+ 1)
    let entries = BufferView<Entry>(count: start[n])
    log.forEachRow { group, vector, place in
      if group >= n { return }
      entries[cursor[group]] = vector.lanes(Entry.self)[place]
      cursor[group] &+= 1
    }

    let ranks = percentages.count
    let keys = BufferView<Int64>(count: n &* ranks), has = BufferView<UInt8>(repeating: 0, count: n)
    for group in 0..<n {
      let own = entries + start[group], count = start[group &+ 1] &- start[group]
      own.sort(count: count) { $0.key < $1.key }
      var total = 0.0
      for i in 0..<count where own[i].weight > 0 { total += Double(own[i].weight) }
      if total == 0 { continue }
      has[group] = 1
      for (index, percentage) in percentages.enumerated() {
        let target = Swift.max(percentage / 100 * total * (1 - 1e-13), 1)
        var reached = 0.0
        for i in 0..<count where own[i].weight > 0 {
          reached += Double(own[i].weight)
          keys[group &* ranks &+ index] = own[i].key
          if reached >= target { break }
        }
      }
    }
    return isArray
      ? [percentileArrays(type, n, ranks, keys, has)]
      : (0..<ranks).map { percentileColumn(type, n, $0, ranks, keys, has) }
  }
}
