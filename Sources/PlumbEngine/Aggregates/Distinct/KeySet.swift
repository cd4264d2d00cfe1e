/// A key of a set: plain memory, with one value that never occurs or is stored separately.
protocol SetKey: BitwiseCopyable, Equatable {
  /// Marks a free place in a table.
  static var vacant: Self { get }
  var hash: UInt64 { get }
}

extension Int64: SetKey {
  @inline(__always) static var vacant: Int64 { .min }
  @inline(__always) var hash: UInt64 { mixHash(UInt64(bitPattern: self) ^ 0x9E37_79B9_7F4A_7C15) }
}

/// A value of a group.
struct GroupedNumber: SetKey {
  var number: Int64
  var group: UInt32

  @inline(__always) static var vacant: GroupedNumber { GroupedNumber(number: 0, group: .max) }
  @inline(__always) var hash: UInt64 {
    mixHash(UInt64(bitPattern: number) ^ mixHash(UInt64(group) &+ 0x9E37_79B9_7F4A_7C15))
  }
}

/// A set of keys that stays fast when it is much larger than the caches.
///
/// - Small, it is one open-addressing table.
/// - Large, keys are appended to one of 256 logs by their hash, including duplicates, and a full log is
///     deduplicated with a table that fits the cache.
final class KeySet<Key: SetKey> {
  /// The number of keys in the table before logs are worth it.
  static var tableLimit: Int { 1 << 16 }
  private static var partitions: Int { 256 }

  private var table: Buffer
  private var mask: Int
  private var tableCount = 0
  private var hasVacant = false
  private var logs: Logs?

  /// The keys of each partition, and how many there are.
  private final class Logs {
    var buffers: [Buffer] = []
    let starts = Buffer(byteCount: KeySet.partitions &* 8)
    let cursors = Buffer(byteCount: KeySet.partitions &* 8)
    let ends = Buffer(byteCount: KeySet.partitions &* 8)

    typealias Place = UnsafeMutablePointer<Key>
    var start: UnsafeMutablePointer<Place> { starts.base.assumingMemoryBound(to: Place.self) }
    var cursor: UnsafeMutablePointer<Place> { cursors.base.assumingMemoryBound(to: Place.self) }
    var end: UnsafeMutablePointer<Place> { ends.base.assumingMemoryBound(to: Place.self) }

    init(capacity: Int) {
      for partition in 0..<KeySet.partitions {
        let buffer = Buffer(of: Key.self, count: capacity)
        buffers.append(buffer)
        start[partition] = buffer.values(Key.self)
        cursor[partition] = buffer.values(Key.self)
        end[partition] = buffer.values(Key.self) + capacity
      }
    }

    func count(_ partition: Int) -> Int { cursor[partition] - start[partition] }

    func resize(_ partition: Int, to capacity: Int) {
      let count = count(partition)
      let buffer = Buffer(of: Key.self, count: capacity)
      buffer.values(Key.self).update(from: start[partition], count: count)
      start[partition] = buffer.values(Key.self)
      cursor[partition] = buffer.values(Key.self) + count
      end[partition] = buffer.values(Key.self) + capacity
      buffers[partition] = buffer
    }
  }

  init() {
    mask = 63
    table = KeySet.vacantTable(64)
  }

  private static func vacantTable(_ count: Int) -> Buffer {
    let buffer = Buffer(of: Key.self, count: count)
    buffer.values(Key.self).update(repeating: Key.vacant, count: count)
    return buffer
  }

  var isPartitioned: Bool { logs != nil }

  /// The number of keys in the table, or in the logs, including duplicates.
  var storedCount: Int {
    guard let logs else { return tableCount &+ (hasVacant ? 1 : 0) }
    return (0..<KeySet.partitions).reduce(hasVacant ? 1 : 0) { $0 &+ logs.count($1) }
  }

  /// Adds `count` keys. The caller divides a table that has grown past its limit.
  @inline(__always) func insert(_ count: Int, _ key: (Int) -> Key?) {
    if let logs {
      let cursor = logs.cursor, end = logs.end
      for i in 0..<count {
        guard let key = key(i) else { continue }
        if key == Key.vacant {
          hasVacant = true
          continue
        }
        let partition = Int(truncatingIfNeeded: key.hash &>> 56)
        if cursor[partition] == end[partition] { makeRoom(partition, logs) }
        let place = cursor[partition]
        place.pointee = key
        cursor[partition] = place + 1
      }
      return
    }
    var slots = table.values(Key.self)
    var mask = self.mask
    var stored = tableCount
    for i in 0..<count {
      guard let key = key(i) else { continue }
      if key == Key.vacant {
        hasVacant = true
        continue
      }
      var place = Int(truncatingIfNeeded: key.hash) & mask
      while slots[place] != key {
        if slots[place] == Key.vacant {
          slots[place] = key
          stored &+= 1
          if stored &* 2 > mask {
            tableCount = stored
            growTable()
            slots = table.values(Key.self)
            mask = self.mask
          }
          break
        }
        place = (place &+ 1) & mask
      }
    }
    tableCount = stored
  }

  /// Adds one key and returns whether it is new. Only before the set is divided.
  @inline(__always) func insertNew(_ key: Key) -> Bool {
    if key == Key.vacant {
      let isNew = !hasVacant
      hasVacant = true
      return isNew
    }
    let slots = table.values(Key.self)
    var place = Int(truncatingIfNeeded: key.hash) & mask
    while slots[place] != key {
      if slots[place] == Key.vacant {
        slots[place] = key
        tableCount &+= 1
        if tableCount &* 2 > mask { growTable() }
        return true
      }
      place = (place &+ 1) & mask
    }
    return false
  }

  private func growTable() {
    let from = table.view(Key.self)
    let oldCount = mask &+ 1
    mask = oldCount &* 4 &- 1
    table = KeySet.vacantTable(mask &+ 1)
    let to = table.view(Key.self)
    let mask = self.mask
    for i in 0..<oldCount where from[i] != Key.vacant {
      var place = Int(truncatingIfNeeded: from[i].hash) & mask
      while to[place] != Key.vacant { place = (place &+ 1) & mask }
      to[place] = from[i]
    }
  }

  /// Switches to logs.
  func divide() {
    guard logs == nil else { return }
    let capacity = Swift.max(tableCount / KeySet.partitions &* 4, 256)
    let made = Logs(capacity: capacity)
    let slots = table.view(Key.self), size = mask &+ 1
    logs = made
    table = KeySet.vacantTable(1)
    insert(size) { slots[$0] == Key.vacant ? nil : slots[$0] }
  }

  private func makeRoom(_ partition: Int, _ logs: Logs) {
    let before = logs.count(partition)
    KeySet.removeDuplicates(partition, logs)
    let after = logs.count(partition)
    // If most keys are new, more will be: a larger step needs fewer passes.
    if after &* 8 > before &* 7 {
      logs.resize(partition, to: before &* 4)
    } else if after &* 2 > before {
      logs.resize(partition, to: before &* 2)
    }
  }

  private static func removeDuplicates(_ partition: Int, _ logs: Logs) {
    let count = logs.count(partition)
    if count < 2 { return }
    var size = 16
    while size < count &* 2 { size &*= 2 }
    let slots = vacantTable(size).view(Key.self)
    let keys = logs.start[partition]
    let mask = size &- 1
    var kept = 0
    for i in 0..<count {
      let key = keys[i]
      var place = Int(truncatingIfNeeded: key.hash) & mask
      while true {
        let slot = slots[place]
        if slot == key { break }
        if slot == Key.vacant {
          slots[place] = key
          keys[kept] = key
          kept &+= 1
          break
        }
        place = (place &+ 1) & mask
      }
    }
    logs.cursor[partition] = keys + kept
  }

  /// Removes duplicates from the logs, so that `forEachStored` visits each key once.
  func settle() {
    guard let logs else { return }
    for partition in 0..<KeySet.partitions { KeySet.removeDuplicates(partition, logs) }
  }

  /// Visits all keys; those in logs as often as they were added.
  @inline(__always) func forEachStored(_ body: (Key) -> Void) {
    if hasVacant { body(Key.vacant) }
    guard let logs else {
      let slots = table.values(Key.self)
      for i in 0...mask where slots[i] != Key.vacant { body(slots[i]) }
      return
    }
    for partition in 0..<KeySet.partitions {
      let keys = logs.start[partition]
      for i in 0..<logs.count(partition) { body(keys[i]) }
    }
  }

  /// Visits all keys as runs of memory, some of which may be `vacant`; a key in the set that equals
  /// that mark is left out.
  func forEachRun(_ body: (UnsafePointer<Key>, Int) -> Void) {
    guard let logs else { return body(table.values(Key.self), mask &+ 1) }
    for partition in 0..<KeySet.partitions { body(logs.start[partition], logs.count(partition)) }
  }

  /// Adds all keys of `other`.
  func formUnion(_ other: KeySet<Key>) {
    hasVacant = hasVacant || other.hasVacant
    if let theirs = other.logs {
      divide()
      guard let logs else { return }
      for partition in 0..<KeySet.partitions {
        let more = theirs.count(partition)
        if logs.end[partition] - logs.cursor[partition] < more {
          logs.resize(partition, to: logs.count(partition) &+ more)
        }
        logs.cursor[partition].update(from: theirs.start[partition], count: more)
        logs.cursor[partition] += more
      }
      return
    }
    let slots = other.table.values(Key.self)
    insert(other.mask &+ 1) { slots[$0] == Key.vacant ? nil : slots[$0] }
    if tableCount > KeySet.tableLimit { divide() }
  }
}
