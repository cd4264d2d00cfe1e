import PlumbDiagnostics

/// One bag of all slots of a group's bags; the first value wins for duplicate keys.
///
/// Values that are not bags are left out. Slots are in the order in which they arrived.
final class BagState: AggregateState {
  var dependsOnOrder: Bool { true }
  private let limit: Int
  private let hasPredicate: Bool
  private let log = RowBuffer()
  private var filter = RowFilter()

  init(limit: Int, predicate: Bool) {
    self.limit = limit
    hasPredicate = predicate
  }

  func grow(to groups: Int) {}

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let kept = filter.rows(inputs[..<1], predicate: hasPredicate ? inputs[1] : nil, count: n)
    log.append([inputs[0]], groups: groups, kept: kept, count: n)
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? BagState else { return }
    log.append(other.log, range: range, groups: groups)
  }

  /// A slot with the first occurrence of its key in the group.
  private struct Slot: BitwiseCopyable {
    var key: Bytes
    var value: Bytes
    var group: UInt32
  }

  func finish(count: Int) throws -> [Vector] {
    try finish(count: count) { _ in }
  }

  func finish(count: Int, _ context: ExecutionContext) throws -> [Vector] {
    try finish(count: count) { slots in
      try context.checkpoint(at: slots)
      // The tables of slots and of keys double about here.
      if slots & (slots &- 1) == 0 { try context.checkRoom(slots &* MemoryLayout<Slot>.stride &* 4) }
    }
  }

  private func finish(count: Int, checkpoint: (_ slots: Int) throws -> Void) throws -> [Vector] {
    let keys = BytesPool(isDynamic: false)
    let seen = KeySet<GroupedNumber>()
    var slots = Growing<Slot>(capacity: 64)
    var counts = Growing<Int>(capacity: count), sizes = Growing<Int>(capacity: count)
    counts.extend(to: count, with: 0)
    sizes.extend(to: count, with: 9)
    try log.forEachRow { group, vector, place in
      if group >= count { return }
      try checkpoint(slots.count)
      DynamicCursor(vector.bytes(at: place)).forEachMember { key, value in
        if counts[group] >= limit { return }
        let number = GroupedNumber(number: Int64(keys.number(of: key)), group: UInt32(truncatingIfNeeded: group))
        if !seen.insertNew(number) { return }
        slots.append(Slot(key: key, value: value.bytes, group: number.group))
        counts[group] &+= 1
        sizes[group] &+= 4 &+ key.count &+ value.size
      }
    }
    try checkpoint(0)
    return [try write(slots: slots, counts: counts.view, sizes: sizes.view, groups: count)]
  }

  private func write(
    slots: borrowing Growing<Slot>, counts: BufferView<Int>, sizes: BufferView<Int>, groups: Int
  ) throws -> Vector {
    var total = 0
    for group in 0..<groups {
      total &+= sizes[group]
      if sizes[group] > 1 << 30 { throw Diagnostic("value-too-large", "a bag needs more than 1 GB") }
    }
    let block = Buffer(byteCount: total), lanes = Buffer(of: Bytes.self, count: groups)
    let cursors = BufferView<UnsafeMutableRawPointer>(count: groups)
    var next = block.base
    for group in 0..<groups {
      next.storeBytes(of: DynamicBytes.Tag.object.rawValue, as: UInt8.self)
      next.storeBytes(of: UInt32(truncatingIfNeeded: sizes[group] &- 5).littleEndian, toByteOffset: 1, as: UInt32.self)
      next.storeBytes(of: UInt32(truncatingIfNeeded: counts[group]).littleEndian, toByteOffset: 5, as: UInt32.self)
      lanes.values(Bytes.self)[group] = Bytes(start: next.assumingMemoryBound(to: UInt8.self), count: sizes[group])
      cursors[group] = next + 9
      next += sizes[group]
    }
    for i in 0..<slots.count {
      let slot = slots[i]
      var out = cursors[Int(slot.group)]
      out.storeBytes(of: UInt32(truncatingIfNeeded: slot.key.count).littleEndian, as: UInt32.self)
      out += 4
      if let key = slot.key.baseAddress { out.copyMemory(from: key, byteCount: slot.key.count) }
      out += slot.key.count
      if let value = slot.value.baseAddress { out.copyMemory(from: value, byteCount: slot.value.count) }
      cursors[Int(slot.group)] = out + slot.value.count
    }
    return Vector(.dynamic, count: groups, buffer: lanes, holding: block)
  }
}
