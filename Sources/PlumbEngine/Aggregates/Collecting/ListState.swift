/// An array of a group's values, or of its distinct values, in the order in which they came.
///
/// - Order: rows of one state keep their order, and `merge` appends the other state's rows. So a list
///     follows its input's order when one worker makes it; Kusto promises that for sorted inputs only.
/// - A set of dynamic arrays is the set of their elements.
final class ListState: AggregateState {
  var dependsOnOrder: Bool { true }
  /// What a list contains besides plain values.
  enum Kind {
    case values
    case valuesAndNulls
    case distinct
  }

  private let type: ScalarType
  private let kind: Kind
  private let limit: Int
  private let hasPredicate: Bool
  private let log = RowBuffer()
  private var filter = RowFilter()
  private let ids: ValueIDs
  /// The values that groups already contain: bits while they need little memory, then keys.
  private var seenBits: BitTable? = BitTable()
  private let seenKeys = KeySet<GroupedNumber>()
  private var groupCount = 1
  private var novelty = Growing<UInt8>(capacity: 4096)

  init(_ type: ScalarType, _ kind: Kind, limit: Int, predicate: Bool) {
    self.type = type
    self.kind = kind
    self.limit = limit
    hasPredicate = predicate
    ids = ValueIDs(type)
  }

  func grow(to groups: Int) { groupCount = Swift.max(groupCount, groups) }

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let values = kind == .valuesAndNulls ? inputs[..<0] : inputs[..<1]
    let kept = filter.rows(values, predicate: hasPredicate ? inputs[1] : nil, count: n)
    take(inputs[0], groups, kept, n)
  }

  private func take(_ vector: Vector, _ groups: UnsafePointer<UInt32>?, _ kept: KeptRows, _ n: Int) {
    if case .none = kept { return }
    // A total that is full needs no more rows.
    if groups == nil, log.count >= limit, !log.isGrouped { return }
    if kind != .distinct { return log.append([vector], groups: groups, kept: kept, count: n) }
    if type == .dynamic, let (elements, owners) = flattened(vector, groups, kept, n) {
      owners.view(UInt32.self).withPointer { takeNew(elements, $0, .all, elements.count) }
    } else {
      takeNew(vector, groups, kept, n)
    }
  }

  /// Appends the rows whose value is new to their group.
  private func takeNew(_ vector: Vector, _ groups: UnsafePointer<UInt32>?, _ kept: KeptRows, _ n: Int) {
    let keep: UnsafePointer<UInt8>?
    switch kept {
    case .none: return
    case .all: keep = nil
    case .some(let mask): keep = mask
    }
    let numbers = ids.numbers(vector, keep: keep, count: n)
    novelty.extend(to: n, with: 0)
    let isNew = novelty.base
    var found = 0
    prepareBits()
    if let seenBits {
      found = mark(isNew, groups, keep, n) { seenBits.setNew(group: Int($1), number: Int(numbers[$0])) }
    } else {
      found = mark(isNew, groups, keep, n) {
        seenKeys.insertNew(GroupedNumber(number: numbers[$0], group: $1))
      }
    }
    if found > 0 { log.append([vector], groups: groups, kept: .some(UnsafePointer(isNew)), count: n) }
  }

  @inline(__always)
  private func mark(
    _ isNew: UnsafeMutablePointer<UInt8>, _ groups: UnsafePointer<UInt32>?, _ keep: UnsafePointer<UInt8>?,
    _ n: Int, _ insert: (_ row: Int, _ group: UInt32) -> Bool
  ) -> Int {
    var found = 0
    for i in 0..<n {
      isNew[i] = 0
      if let keep, keep[i] == 0 { continue }
      if insert(i, groups.map { $0[i] } ?? 0) {
        isNew[i] = 1
        found &+= 1
      }
    }
    return found
  }

  /// Makes room for all numbers, or switches to keys.
  private func prepareBits() {
    guard let bits = seenBits else { return }
    if let limit = ids.limit, bits.cover(groups: groupCount, numbers: limit) { return }
    bits.forEach { group, number in
      _ = seenKeys.insertNew(GroupedNumber(number: Int64(number), group: UInt32(truncatingIfNeeded: group)))
    }
    seenBits = nil
  }

  /// The elements of arrays, one per row, with the group of each; nil if no value is an array.
  private func flattened(
    _ vector: Vector, _ groups: UnsafePointer<UInt32>?, _ kept: KeptRows, _ n: Int
  ) -> (Vector, Buffer)? {
    var keep: UnsafePointer<UInt8>?
    if case .some(let mask) = kept { keep = mask }
    var hasArrays = false
    for i in 0..<n where keep.map({ $0[i] != 0 }) ?? true {
      hasArrays = hasArrays || DynamicCursor(vector.bytes(at: vector.isConstant ? 0 : i)).isArray
    }
    if !hasArrays { return nil }
    let builder = VectorBuilder(.dynamic, capacity: n)
    var owners = Growing<UInt32>(capacity: n)
    for i in 0..<n where keep.map({ $0[i] != 0 }) ?? true {
      let value = vector.bytes(at: vector.isConstant ? 0 : i)
      let group = groups.map { $0[i] } ?? 0
      if DynamicCursor(value).isArray {
        DynamicCursor(value).forEachElement { element in
          if element.isNull { return }
          builder.append(borrowed: element.bytes)
          owners.append(group)
        }
      } else {
        builder.append(borrowed: value)
        owners.append(group)
      }
    }
    return (builder.finish(holding: vector.keepAlive), owners.buffer)
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? ListState else { return }
    for i in 0..<range.count { grow(to: Int(groups[i]) &+ 1) }
    if kind != .distinct { return log.append(other.log, range: range, groups: groups) }
    other.log.forEachPiece(range: range, groups: groups) { vectors, groups, kept, n in
      takeNew(vectors[0], groups, kept, n)
    }
  }

  func finish(count: Int) throws -> [Vector] {
    [try ArrayWriter.arrays(of: log, type: type, limit: limit, groups: count)]
  }

  func finish(count: Int, _ context: ExecutionContext) throws -> [Vector] {
    [try ArrayWriter.arrays(of: log, type: type, limit: limit, groups: count, context)]
  }
}
