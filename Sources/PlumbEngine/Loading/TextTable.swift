import Glibc

/// The distinct texts that one worker found in one column, numbered in order of appearance.
///
/// A small open-addressing table that doubles as it fills, so that columns with few texts stay in the cache.
/// Slots contain a part of the hash and the code + 1.
final class TextTable {
  private(set) var slots: UnsafeMutablePointer<UInt64>
  private(set) var mask: Int
  private(set) var entries: Growing<Bytes>
  private var slotBuffer: Buffer
  let arena = PaddedArena()

  init() {
    slotBuffer = Buffer.zeros(byteCount: 64 &* 8)
    slots = slotBuffer.values()
    mask = 63
    entries = Growing(capacity: 32)
  }

  var count: Int { entries.count }

  /// The code of the text, which may be new; 8 bytes can be loaded from each of its positions.
  @inline(__always) func code(_ p: UnsafePointer<UInt8>, _ n: Int) -> UInt32 {
    let hash = TextTable.hash(p, n)
    return TextTable.find(p, n, hash, slots, mask, entries.base) ?? insert(p, n, hash)
  }

  @inline(__always) static func find(
    _ p: UnsafePointer<UInt8>, _ n: Int, _ hash: UInt64, _ slots: UnsafeMutablePointer<UInt64>, _ mask: Int,
    _ entries: UnsafeMutablePointer<Bytes>
  ) -> UInt32? {
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let slot = slots[place]
      if slot == 0 { return nil }
      if (slot ^ hash) &>> 32 == 0 {
        let code = UInt32(truncatingIfNeeded: slot) &- 1
        let entry = entries[Int(code)]
        if entry.count == n, equal(p, entry.baseAddress.unsafelyUnwrapped, n) { return code }
      }
      place = (place &+ 1) & mask
    }
  }

  @inline(never) func insert(_ p: UnsafePointer<UInt8>, _ n: Int, _ hash: UInt64) -> UInt32 {
    if (entries.count &+ 1) &* 2 > mask &+ 1 { grow() }
    let code = UInt32(truncatingIfNeeded: entries.count)
    entries.append(arena.copying(p, n))
    place(hash, code)
    return code
  }

  private func place(_ hash: UInt64, _ code: UInt32) {
    var place = Int(truncatingIfNeeded: hash) & mask
    while slots[place] != 0 { place = (place &+ 1) & mask }
    slots[place] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(code &+ 1)
  }

  private func grow() {
    let size = (mask &+ 1) &* 4
    slotBuffer = Buffer.zeros(byteCount: size &* 8)
    slots = slotBuffer.values()
    mask = size &- 1
    for code in 0..<entries.count {
      let entry = entries[code]
      place(TextTable.hash(entry.baseAddress.unsafelyUnwrapped, entry.count), UInt32(truncatingIfNeeded: code))
    }
  }

  /// The first `n` (at most 8) of eight loaded bytes.
  @inline(__always) static func front(_ word: UInt64, _ n: Int) -> UInt64 {
    n >= 8 ? word : word & ((1 &<< UInt64(truncatingIfNeeded: n &* 8)) &- 1)
  }

  @inline(__always) static func hash(_ p: UnsafePointer<UInt8>, _ n: Int) -> UInt64 {
    let seed = UInt64(truncatingIfNeeded: n) &* 0x9E37_79B9_7F4A_7C15
    if n <= 8 { return mixHash(front(load8(p), n) ^ seed ^ 0x2545_F491_4F6C_DD1D) }
    var state = mixHash(load8(p) ^ seed)
    var at = 8
    while at &+ 8 < n {
      state = mixHash(state ^ load8(p + at))
      at &+= 8
    }
    return mixHash(state ^ load8(p + (n &- 8)))
  }

  @inline(__always) static func equal(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ n: Int) -> Bool {
    if n <= 8 { return front(load8(a) ^ load8(b), n) == 0 }
    if n <= 16 { return (load8(a) ^ load8(b)) | (load8(a + (n &- 8)) ^ load8(b + (n &- 8))) == 0 }
    return memcmp(a, b, n) == 0
  }
}

/// Memory for texts from which eight bytes can be loaded at any position.
final class PaddedArena {
  private var blocks: [Buffer] = []
  private var next: UnsafeMutablePointer<UInt8>?
  private var left = 0
  private var blockSize = 4096

  func copying(_ p: UnsafePointer<UInt8>, _ n: Int) -> Bytes {
    if n &+ 8 > left || next == nil {
      left = Swift.max(blockSize, n &+ 8)
      if blockSize < 1 << 20 { blockSize &*= 2 }
      let block = Buffer(byteCount: left)
      blocks.append(block)
      next = block.values()
    }
    let place = next.unsafelyUnwrapped
    memcpy(place, p, n)
    next = place + n
    left &-= n
    return Bytes(start: place, count: n)
  }
}
