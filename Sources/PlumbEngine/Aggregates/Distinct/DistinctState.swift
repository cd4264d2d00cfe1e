/// The number of distinct values in each group; nulls are left out. Exact, unless it may count texts by their hashes.
///
/// - Without groups: numbers go into a `WordSet`.
/// - Values that are numbered from 0, such as codes: a bit for each group and number while that needs little memory.
/// - Otherwise a `KeySet` of groups with numbers.
final class DistinctState: AggregateState {
  var dependsOnOrder: Bool { false }
  private let ids: ValueIDs
  private let hasPredicate: Bool
  private var filter = RowFilter()
  private var groupCount = 1
  private var total: WordSet?
  private var bits: BitTable?
  private var pairs: KeySet<GroupedNumber>?
  /// The keys by group, computed when another state needs a few groups.
  private let index = LockedValue<(stored: Int, index: GroupIndex)?>(nil)

  /// - Parameter hashing: whether texts with equal 64-bit hashes may count as one.
  init(_ type: ScalarType, predicate: Bool, hashing: Bool) {
    ids = ValueIDs(type, hashing: hashing)
    hasPredicate = predicate
  }

  func grow(to groups: Int) { groupCount = Swift.max(groupCount, groups) }

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    // The predicate is the last argument; an accuracy before it is irrelevant for an exact count.
    let kept = filter.rows(inputs[..<1], predicate: hasPredicate ? inputs[1] : nil, count: n)
    let keep: UnsafePointer<UInt8>?
    switch kept {
    case .none: return
    case .all: keep = nil
    case .some(let mask): keep = mask
    }
    if ids.needsHashes(inputs[0]) { leaveCodes() }
    let numbers = ids.numbers(inputs[0], keep: keep, count: n)
    prepare(grouped: groups != nil)
    if let total {
      total.insert(numbers, keep: keep, count: n)
    } else if let bits {
      bits.set(numbers, groups, keep, n)
    } else if let pairs {
      pairs.insert(n) { i in
        if let keep, keep[i] == 0 { return nil }
        return GroupedNumber(number: numbers[i], group: groups.map { $0[i] } ?? 0)
      }
      if !pairs.isPartitioned, pairs.storedCount > KeySet<GroupedNumber>.tableLimit { pairs.divide() }
    }
  }

  /// Counts by hashes from now on, also what was counted by its codes so far.
  private func leaveCodes() {
    let oldBits = bits, oldPairs = pairs
    bits = nil
    pairs = nil
    guard let hash = ids.startHashing() else { return }
    if groupCount == 1 {
      var numbers = Growing<Int64>(capacity: 64)
      oldBits?.forEach { _, number in numbers.append(hash(Int64(number))) }
      oldPairs?.forEachStored { numbers.append(hash($0.number)) }
      let made = WordSet()
      made.insert(numbers.base, keep: nil, count: numbers.count)
      total = made
      return
    }
    let made = KeySet<GroupedNumber>()
    oldBits?.forEach { group, number in
      made.insert(1) { _ in GroupedNumber(number: hash(Int64(number)), group: UInt32(truncatingIfNeeded: group)) }
    }
    oldPairs?.forEachStored { key in
      made.insert(1) { _ in GroupedNumber(number: hash(key.number), group: key.group) }
    }
    if made.storedCount > KeySet<GroupedNumber>.tableLimit { made.divide() }
    pairs = made
  }

  /// Chooses the representation that fits what is known now.
  private func prepare(grouped: Bool) {
    if let limit = ids.limit {
      if let bits {
        if bits.cover(groups: groupCount, numbers: limit) { return }
        let made = KeySet<GroupedNumber>()
        bits.forEach { group, number in
          made.insert(1) { _ in GroupedNumber(number: Int64(number), group: UInt32(truncatingIfNeeded: group)) }
        }
        pairs = made
        self.bits = nil
      }
      if pairs == nil {
        bits = BitTable()
        if bits?.cover(groups: groupCount, numbers: limit) != true {
          bits = nil
          pairs = KeySet()
        }
      }
    } else if grouped {
      guard pairs == nil else { return }
      let made = KeySet<GroupedNumber>()
      total?.forEach { number in made.insert(1) { _ in GroupedNumber(number: number, group: 0) } }
      total = nil
      pairs = made
    } else if total == nil, pairs == nil {
      total = WordSet()
    }
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? DistinctState, !range.isEmpty else { return }
    for i in 0..<range.count { grow(to: Int(groups[i]) &+ 1) }
    if ids.needsHashes(toMerge: other.ids) { leaveCodes() }
    let translate = ids.translation(from: other.ids)
    let isTotal = other.total != nil && range.contains(0)
    if let theirs = other.total, isTotal, groups[0] == 0, pairs == nil {
      prepare(grouped: false)
      total?.formUnion(theirs)
      return
    }
    let few = range.count &* 8 < other.groupCount ? other.keysByGroup : nil
    // Texts get their numbers before the representation is chosen by how many there are.
    if let translate {
      if let few {
        for group in range where group < few.groupCount { few.entries(of: group).forEach { _ = translate($0) } }
      } else {
        other.pairs?.forEachStored { if range.contains(Int($0.group)) { _ = translate($0.number) } }
      }
      other.bits?.forEach(in: range) { _, number in _ = translate(Int64(number)) }
    }
    prepare(grouped: true)
    if let bits, let theirs = other.bits, translate == nil {
      for group in range { bits.unite(Int(groups[group &- range.lowerBound]), with: theirs, group) }
      return
    }
    if let few {
      for group in range where group < few.groupCount {
        let entries = few.entries(of: group)
        insert(entries.count, range, groups, translate) {
          GroupedNumber(number: entries[$0], group: UInt32(truncatingIfNeeded: group))
        }
      }
    } else {
      if let pairs, let theirs = other.pairs, theirs.isPartitioned { pairs.divide() }
      other.pairs?.forEachRun { keys, n in
        insert(n, range, groups, translate) { keys[$0] == .vacant ? nil : keys[$0] }
      }
    }
    other.bits?.forEach(in: range) { group, number in
      let key = GroupedNumber(number: Int64(number), group: UInt32(truncatingIfNeeded: group))
      insert(1, range, groups, translate) { _ in key }
    }
    if isTotal {
      other.total?.forEach { number in
        insert(1, range, groups, translate) { _ in GroupedNumber(number: number, group: 0) }
      }
    }
    if let pairs, !pairs.isPartitioned, pairs.storedCount > KeySet<GroupedNumber>.tableLimit { pairs.divide() }
  }

  /// The numbers of the pairs by group; nil without pairs.
  private var keysByGroup: GroupIndex? {
    guard let pairs else { return nil }
    return index.withLock { known in
      let stored = pairs.storedCount
      if let known, known.stored == stored { return known.index }
      let made = GroupIndex(groups: groupCount, count: stored) { visit in
        pairs.forEachStored { visit(Int($0.group), $0.number) }
      }
      known = (stored, made)
      return made
    }
  }

  /// Adds another state's keys whose group is in `range`, under their new groups and numbers.
  @inline(__always)
  private func insert(
    _ n: Int, _ range: Range<Int>, _ groups: UnsafePointer<UInt32>, _ translate: ((Int64) -> Int64)?,
    _ key: (Int) -> GroupedNumber?
  ) {
    let lower = range.lowerBound, upper = range.upperBound
    @inline(__always) func mapped(_ i: Int) -> GroupedNumber? {
      guard var key = key(i) else { return nil }
      let group = Int(key.group)
      if group < lower || group >= upper { return nil }
      key.group = groups[group &- lower]
      if let translate { key.number = translate(key.number) }
      return key
    }
    if let bits {
      for i in 0..<n {
        if let key = mapped(i) { bits.set(group: Int(key.group), number: Int(key.number)) }
      }
    } else {
      pairs?.insert(n, mapped)
    }
  }

  func finish(count n: Int) -> [Vector] {
    let result = Buffer.zeros(byteCount: n &* 8)
    let counts = result.values(Int64.self)
    if let total {
      if n > 0 { counts[0] = Int64(total.count) }
    } else if let bits {
      for group in 0..<n { counts[group] = Int64(bits.count(group)) }
    } else if let pairs {
      pairs.settle()
      pairs.forEachStored { if Int($0.group) < n { counts[Int($0.group)] &+= 1 } }
    }
    return [Vector(.long, count: n, buffer: result)]
  }
}

/// A bit for each group and small number.
final class BitTable {
  /// The number of bytes above which another representation is better.
  private static let limit = 64 << 20
  private var words = Growing<UInt64>(capacity: 4)
  private var stride = 0
  private var groups = 0

  /// Makes room; false if that needs too much memory.
  func cover(groups neededGroups: Int, numbers: Int) -> Bool {
    let neededStride = (numbers &+ 63) / 64
    if neededGroups <= groups && neededStride <= stride { return true }
    let newGroups = Swift.max(neededGroups, groups)
    // A pool of texts grows; half as much again avoids most moves.
    let newStride = neededStride <= stride ? stride : stride == 0 ? neededStride : neededStride &* 3 / 2
    let (size, overflows) = newGroups.multipliedReportingOverflow(by: newStride)
    if overflows || size > BitTable.limit / 8 { return false }
    if newStride != stride {
      var moved = Growing<UInt64>(capacity: size)
      moved.extend(to: size, with: 0)
      for group in 0..<groups {
        (moved.base + group &* newStride).update(from: words.base + group &* stride, count: stride)
      }
      words = moved
    } else {
      words.extend(to: size, with: 0)
    }
    groups = newGroups
    stride = newStride
    return true
  }

  func set(
    _ numbers: UnsafePointer<Int64>, _ groups: UnsafePointer<UInt32>?, _ keep: UnsafePointer<UInt8>?, _ n: Int
  ) {
    let words = self.words.base
    let stride = self.stride
    switch (groups, keep) {
    case (let groups?, nil):
      for i in 0..<n {
        let number = Int(truncatingIfNeeded: numbers[i])
        words[Int(groups[i]) &* stride &+ number &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: number & 63)
      }
    case (let groups?, let keep?):
      for i in 0..<n where keep[i] != 0 {
        let number = Int(truncatingIfNeeded: numbers[i])
        words[Int(groups[i]) &* stride &+ number &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: number & 63)
      }
    case (nil, _):
      for i in 0..<n {
        if let keep, keep[i] == 0 { continue }
        let number = Int(truncatingIfNeeded: numbers[i])
        words[number &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: number & 63)
      }
    }
  }

  @inline(__always) func set(group: Int, number: Int) {
    words.base[group &* stride &+ number &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: number & 63)
  }

  /// Sets the bit and returns whether it was clear.
  @inline(__always) func setNew(group: Int, number: Int) -> Bool {
    let place = words.base + (group &* stride &+ number &>> 6)
    let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: number & 63)
    let isNew = place.pointee & bit == 0
    place.pointee |= bit
    return isNew
  }

  /// Joins a group of `other` to a group here, which has room for its numbers.
  func unite(_ group: Int, with other: BitTable, _ theirGroup: Int) {
    if theirGroup >= other.groups { return }
    let common = Swift.min(stride, other.stride)
    let to = words.base + group &* stride, from = other.words.base + theirGroup &* other.stride
    for i in 0..<common { to[i] |= from[i] }
  }

  func count(_ group: Int) -> Int {
    guard group < groups else { return 0 }
    let row = words.base + group &* stride
    var count = 0
    for i in 0..<stride { count &+= row[i].nonzeroBitCount }
    return count
  }

  func forEach(_ body: (_ group: Int, _ number: Int) -> Void) { forEach(in: 0..<groups, body) }

  func forEach(in range: Range<Int>, _ body: (_ group: Int, _ number: Int) -> Void) {
    for group in range.clamped(to: 0..<groups) {
      let row = words.base + group &* stride
      for i in 0..<stride {
        var word = row[i]
        while word != 0 {
          body(group, i &* 64 &+ word.trailingZeroBitCount)
          word &= word &- 1
        }
      }
    }
  }
}
