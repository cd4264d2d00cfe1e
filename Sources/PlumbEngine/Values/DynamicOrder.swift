/// Equality, order and hashing of compact values, which agree with one another.
///
/// Values of different kinds come in the order null, bool, number, decimal, datetime, timespan, guid, string,
/// array, bag. Numbers compare by size, so 1 and 1.0 are equal; NaN equals itself and comes first. Bags
/// compare by their slots in the order of their keys, whatever order they were written in.
extension DynamicBytes {
  package static func areEqual(_ lhs: Bytes, _ rhs: Bytes) -> Bool {
    lhs.equals(rhs) || compare(DynamicCursor(lhs), DynamicCursor(rhs)) == 0
  }

  /// Negative, zero or positive.
  package static func compare(_ lhs: Bytes, _ rhs: Bytes) -> Int {
    compare(DynamicCursor(lhs), DynamicCursor(rhs))
  }

  package static func compare(_ lhs: DynamicCursor, _ rhs: DynamicCursor) -> Int {
    let (left, right) = (lhs.tag, rhs.tag)
    if rank(left) != rank(right) { return rank(left) - rank(right) }
    switch left {
    case .null: return 0
    case .false, .true: return Int(left.rawValue) - Int(right.rawValue)
    case .long, .real:
      return compareNumbers(lhs, rhs)
    case .datetime, .timespan: return order(lhs.int64, rhs.int64)
    case .decimal: return lhs.decimal.compared(to: rhs.decimal)
    case .guid: return order(lhs.guid, rhs.guid)
    case .string: return lhs.text.compared(to: rhs.text)
    case .array: return compareArrays(lhs, rhs)
    case .object: return compareBags(lhs, rhs)
    }
  }

  private static func order<T: Comparable>(_ lhs: T, _ rhs: T) -> Int { lhs == rhs ? 0 : lhs < rhs ? -1 : 1 }

  private static func rank(_ tag: Tag) -> Int {
    switch tag {
    case .null: 0
    case .false, .true: 1
    case .long, .real: 2
    case .decimal: 3
    case .datetime: 4
    case .timespan: 5
    case .guid: 6
    case .string: 7
    case .array: 8
    case .object: 9
    }
  }

  private static func compareNumbers(_ lhs: DynamicCursor, _ rhs: DynamicCursor) -> Int {
    switch (lhs.tag == .long, rhs.tag == .long) {
    case (true, true): return order(lhs.int64, rhs.int64)
    case (true, false): return compare(lhs.int64, rhs.double)
    case (false, true): return 0 - compare(rhs.int64, lhs.double)
    case (false, false):
      let (left, right) = (lhs.double, rhs.double)
      if left.isNaN || right.isNaN { return left.isNaN == right.isNaN ? 0 : left.isNaN ? -1 : 1 }
      return order(left, right)
    }
  }

  /// Exact if the long has more digits than a double.
  static func compare(_ lhs: Int64, _ rhs: Double) -> Int {
    if rhs.isNaN { return 1 }
    if let whole = Int64(exactly: rhs.rounded(.down)) {
      return lhs == whole ? (rhs == rhs.rounded(.down) ? 0 : -1) : lhs < whole ? -1 : 1
    }
    return rhs < 0 ? 1 : -1
  }

  private static func compareArrays(_ lhs: DynamicCursor, _ rhs: DynamicCursor) -> Int {
    guard var left = lhs.start, var right = rhs.start else { return 0 }
    left += 9
    right += 9
    for _ in 0..<min(lhs.count, rhs.count) {
      let (first, second) = (DynamicCursor(start: left), DynamicCursor(start: right))
      let verdict = compare(first, second)
      if verdict != 0 { return verdict }
      left += first.size
      right += second.size
    }
    return lhs.count - rhs.count
  }

  private static func compareBags(_ lhs: DynamicCursor, _ rhs: DynamicCursor) -> Int {
    let (left, right) = (sortedMembers(lhs), sortedMembers(rhs))
    for ((leftKey, leftValue), (rightKey, rightValue)) in zip(left, right) {
      let keys = leftKey.compared(to: rightKey)
      if keys != 0 { return keys }
      let values = compare(leftValue, rightValue)
      if values != 0 { return values }
    }
    return left.count - right.count
  }

  private static func sortedMembers(_ bag: DynamicCursor) -> [(Bytes, DynamicCursor)] {
    var members: [(Bytes, DynamicCursor)] = []
    members.reserveCapacity(bag.count)
    bag.forEachMember { members.append(($0, $1)) }
    members.sort { $0.0.compared(to: $1.0) < 0 }
    return members
  }

  /// Equal values have equal hashes.
  package static func hash(_ bytes: Bytes) -> UInt64 { hash(DynamicCursor(bytes)) }

  package static func hash(_ cursor: DynamicCursor) -> UInt64 {
    switch cursor.tag {
    case .null: return 0x9E37_79B9_7F4A_7C15
    case .false: return 1
    case .true: return 2
    case .long: return mix(UInt64(bitPattern: cursor.int64))
    case .real:
      let value = cursor.double
      if let whole = Int64(exactly: value) { return mix(UInt64(bitPattern: whole)) }
      return mix(value.isNaN ? 3 : value.bitPattern)
    case .datetime, .timespan: return mix(UInt64(bitPattern: cursor.int64) &+ UInt64(cursor.tag.rawValue))
    case .guid, .decimal: return mix(cursor.pair.high &+ mix(cursor.pair.low))
    case .string: return hashText(cursor.text)
    case .array:
      var hash: UInt64 = 5
      cursor.forEachElement { hash = mix(hash &* 31 &+ DynamicBytes.hash($0)) }
      return hash
    case .object:
      // A sum does not depend on the order of the slots.
      var sum: UInt64 = 7
      cursor.forEachMember { sum &+= mix(hashText($0) &+ mix(DynamicBytes.hash($1))) }
      return sum
    }
  }

  // The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
  @inline(__always) private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ z &>> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z &>> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z &>> 31
  }

  private static func hashText(_ text: Bytes) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 &+ UInt64(truncatingIfNeeded: text.count)
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return mix(hash)
  }
}
