import Glibc
import PlumbDiagnostics

/// The distinct strings (or compact dynamic values) of a column, numbered from 0.
///
/// Immutable. The index from text to code and the order of the codes are computed on first use.
package final class StringDictionary: @unchecked Sendable {
  package let count: Int
  let entries: UnsafePointer<Bytes>
  private let owner: AnyObject
  private let lazily = LockedValue<Lazily>(Lazily())

  private struct Lazily {
    var index: BytesIndex?
    var ranks: Buffer?
  }

  /// The dictionary that this one extends by an entry.
  private let base: StringDictionary?

  init(entries: Buffer, count: Int, holding owner: AnyObject?, extending base: StringDictionary? = nil) {
    self.base = base
    self.count = count
    self.entries = UnsafePointer(entries.values(Bytes.self))
    self.owner = Owners([entries] + (owner.map { [$0] } ?? []))
  }

  /// A dictionary of these texts, which must be distinct.
  package convenience init(_ texts: [String]) {
    let arena = ByteArena()
    let entries = Buffer(of: Bytes.self, count: texts.count)
    for (i, text) in texts.enumerated() {
      var text = text
      entries.values(Bytes.self)[i] = text.withUTF8 { arena.copying($0) }
    }
    self.init(entries: entries, count: texts.count, holding: arena)
  }

  @inline(__always) package subscript(code: Int) -> Bytes { entries[code] }

  /// The code of `text`, or nil.
  package func code(of text: Bytes) -> Int? {
    let index = lazily.withLock { state in
      if let index = state.index { return index }
      let index = BytesIndex(capacity: count)
      for code in 0..<count { _ = index.insert(entries[code], code: UInt32(truncatingIfNeeded: code)) }
      state.index = index
      return index
    }
    return index.code(of: text).map(Int.init)
  }

  /// The rank of each code in the byte order of the entries; texts are distinct.
  var ranks: UnsafePointer<UInt32> {
    let buffer = lazily.withLock { state in
      if let ranks = state.ranks { return ranks }
      var order = Array(0..<count)
      let entries = self.entries
      order.sort { compareBytes(entries[$0], entries[$1]) < 0 }
      let buffer = Buffer(of: UInt32.self, count: count)
      let ranks = buffer.values(UInt32.self)
      for (rank, code) in order.enumerated() { ranks[code] = UInt32(truncatingIfNeeded: rank) }
      state.ranks = buffer
      return buffer
    }
    return UnsafePointer(buffer.values(UInt32.self))
  }

  /// This dictionary with an entry for the empty text, whose codes agree with this one's.
  var includingEmpty: (dictionary: StringDictionary, emptyCode: Int) {
    if let code = code(of: Bytes(start: nil, count: 0)) { return (self, code) }
    let longer = Buffer(of: Bytes.self, count: count &+ 1)
    longer.values(Bytes.self).update(from: entries, count: count)
    longer.values(Bytes.self)[count] = Bytes(start: nil, count: 0)
    return (StringDictionary(entries: longer, count: count &+ 1, holding: self, extending: self), count)
  }

  /// Whether equal texts have equal codes in both, and different texts different codes.
  func agrees(with other: StringDictionary) -> Bool {
    self === other || base === other || other.base === self || (base != nil && base === other.base)
  }

  /// The narrowest encoding for codes of a dictionary with `count` entries.
  package static func encoding(forCount count: Int) -> Vector.Encoding {
    count <= 256 ? .codes8 : count <= 65_536 ? .codes16 : .codes32
  }
}

/// Less than 0, 0 or more than 0 as `lhs` sorts before, with or after `rhs`, byte by byte.
@inline(__always) func compareBytes(_ lhs: Bytes, _ rhs: Bytes) -> Int {
  let common = Swift.min(lhs.count, rhs.count)
  if common > 0, let a = lhs.baseAddress, let b = rhs.baseAddress {
    let order = memcmp(a, b, common)
    if order != 0 { return Int(order) }
  }
  return lhs.count &- rhs.count
}

@inline(__always) func equalBytes(_ lhs: Bytes, _ rhs: Bytes) -> Bool {
  guard lhs.count == rhs.count else { return false }
  guard lhs.count > 0, let a = lhs.baseAddress, let b = rhs.baseAddress else { return true }
  return a == b || memcmp(a, b, lhs.count) == 0
}

/// A fast 64-bit hash of bytes, for tables inside one process; not a documented hash.
@inline(__always) func hashBytes(_ bytes: Bytes) -> UInt64 {
  guard let base = bytes.baseAddress else { return 0x9E37_79B9_7F4A_7C15 }
  let raw = UnsafeRawPointer(base)
  var left = bytes.count
  var offset = 0
  var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: left)
  while left >= 8 {
    state = mixHash(state ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    offset &+= 8
    left &-= 8
  }
  if left > 0 {
    var tail: UInt64 = 0
    if bytes.count >= 8 {
      tail = raw.loadUnaligned(fromByteOffset: bytes.count &- 8, as: UInt64.self)
    } else {
      var shift: UInt64 = 0
      for i in 0..<left {
        tail |= UInt64(base[offset &+ i]) &<< shift
        shift &+= 8
      }
    }
    state = mixHash(state ^ tail)
  }
  return state
}

/// A 64-bit finaliser: multiply to 128 bits and fold. (Wang Yi, wyhash, 2019.)
@inline(__always) func mixHash(_ x: UInt64) -> UInt64 {
  let product = x.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
  return product.high ^ product.low
}

/// Memory for many small byte strings, allocated sequentially and freed together.
package final class ByteArena: @unchecked Sendable {
  private var blocks: [Buffer] = []
  private var next: UnsafeMutablePointer<UInt8>?
  private var left = 0
  private var blockSize: Int
  /// The query for which the bytes are made; its limits end it if there are too many.
  private let context: ExecutionContext?
  /// Whether the limits are exceeded: copies are empty from then on, and the query ends at its next checkpoint.
  private(set) var isSpent = false

  /// The maximum size in bytes of one text or dynamic value made by a function.
  static let valueLimit = 64 << 20

  package init(blockSize: Int = 4096) {
    self.blockSize = blockSize
    context = nil
  }

  init(blockSize: Int = 4096, for context: ExecutionContext) {
    self.blockSize = blockSize
    self.context = context
  }

  /// Allocates `count` bytes that the caller fills.
  @inline(__always) package func room(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    if count > left || next == nil { addBlock(atLeast: count) }
    let place = next.unsafelyUnwrapped
    next = place + count
    left &-= count
    return place
  }

  /// Returns the last `count` bytes of the latest allocation.
  func giveBack(_ count: Int) {
    next = next.map { $0 - count }
    left &+= count
  }

  /// A copy of `bytes` that lives as long as the arena.
  @inline(__always) package func copying(_ bytes: Bytes) -> Bytes {
    guard bytes.count > 0, let source = bytes.baseAddress else { return Bytes(start: nil, count: 0) }
    if bytes.count > left, isBeyondLimits(bytes.count) { return Bytes(start: nil, count: 0) }
    let place = room(bytes.count)
    place.update(from: source, count: bytes.count)
    return Bytes(start: place, count: bytes.count)
  }

  /// Whether a value of `count` bytes is within the query's limits; reports it to the query if not.
  func canHold(_ count: Int) -> Bool { count <= left || !isBeyondLimits(count) }

  /// Reports to the query that a value of `count` bytes would exceed its limits.
  func refuse(_ count: Int) {
    guard let context, !isBeyondLimits(count) else { return }
    context.fail(context.memoryDiagnostic(context.memory))
    isSpent = true
  }

  /// Whether `count` more bytes would exceed the query's limits; reports it to the query.
  private func isBeyondLimits(_ count: Int) -> Bool {
    guard let context else { return false }
    if count > Self.valueLimit {
      context.fail(
        Diagnostic(
          "value-too-large", "a text or dynamic value would be larger than \(Self.valueLimit >> 20) MB",
          help: "keep values small, or distribute them over rows"))
      isSpent = true
    } else if let account = context.memory.overdrawn(by: Swift.max(count, blockSize)) {
      context.fail(context.memoryDiagnostic(account))
      isSpent = true
    }
    return isSpent
  }

  private func addBlock(atLeast count: Int) {
    let size = Swift.max(blockSize, count)
    if blockSize < 1 << 20 { blockSize &*= 2 }
    let block = Buffer(byteCount: size)
    blocks.append(block)
    next = block.values(UInt8.self)
    left = size
  }
}

/// An open-addressing index from byte strings to codes. The strings are borrowed, not copied.
final class BytesIndex: @unchecked Sendable {
  private struct Slot: BitwiseCopyable {
    var hash: UInt64
    var code: UInt32
    var used: UInt32
  }
  private var slots: Buffer
  private var keys: Growing<Bytes>
  private var codes: Growing<UInt32>
  private var mask: Int
  private(set) var count = 0

  init(capacity: Int = 16) {
    var size = 16
    while size < capacity &* 2 { size &*= 2 }
    mask = size &- 1
    slots = Buffer.zeros(byteCount: size &* MemoryLayout<Slot>.stride)
    keys = Growing(capacity: Swift.max(capacity, 16))
    codes = Growing(capacity: Swift.max(capacity, 16))
  }

  /// The code of `key`, or nil.
  @inline(__always) func code(of key: Bytes) -> UInt32? {
    code(of: key, hash: hashBytes(key))
  }

  @inline(__always) func code(of key: Bytes, hash: UInt64) -> UInt32? {
    let table = slots.values(Slot.self)
    let keyed = keys.base
    var place = Int(truncatingIfNeeded: hash &>> 20) & mask
    while table[place].used != 0 {
      if table[place].hash == hash, equalBytes(keyed[Int(table[place].used &- 1)], key) {
        return table[place].code
      }
      place = (place &+ 1) & mask
    }
    return nil
  }

  /// Adds `key` with `code` unless it exists; returns the code that it has now.
  func insert(_ key: Bytes, code: UInt32) -> UInt32 {
    insert(key, hash: hashBytes(key), code: code)
  }

  /// The caller keeps the memory of `key` alive as long as the index.
  func insert(_ key: Bytes, hash: UInt64, code: UInt32) -> UInt32 {
    if let known = self.code(of: key, hash: hash) { return known }
    insertNew(key, hash: hash, code: code)
    return code
  }

  /// The same for a key that is known to be new.
  func insertNew(_ key: Bytes, hash: UInt64, code: UInt32) {
    if (count &+ 1) &* 2 > mask &+ 1 { grow() }
    keys.append(key)
    codes.append(code)
    count &+= 1
    place(Slot(hash: hash, code: code, used: UInt32(truncatingIfNeeded: count)))
  }

  private func place(_ slot: Slot) {
    let table = slots.values(Slot.self)
    var place = Int(truncatingIfNeeded: slot.hash &>> 20) & mask
    while table[place].used != 0 { place = (place &+ 1) & mask }
    table[place] = slot
  }

  private func grow() {
    let old = slots
    let oldCount = mask &+ 1
    mask = oldCount &* 2 &- 1
    slots = Buffer.zeros(byteCount: oldCount &* 2 &* MemoryLayout<Slot>.stride)
    let table = old.values(Slot.self)
    for i in 0..<oldCount where table[i].used != 0 { place(table[i]) }
  }
}
