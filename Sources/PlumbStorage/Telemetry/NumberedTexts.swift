import PlumbEngine

/// Texts by number, each stored once; the empty text is 0.
///
/// An open-addressing hash table over bytes of its own.
final class NumberedTexts {
  private var bytes = ByteBuffer()
  /// The end of each text; it begins where the previous one ends.
  private var ends: [Int] = [0]
  private var hashes: [UInt64] = [0]
  /// Numbers, of which 0 is a free slot. The count is a power of two.
  private var slots: [Int32] = Array(repeating: 0, count: 1024)

  var count: Int { ends.count }
  var byteCount: Int { bytes.count + ends.count * 24 }

  func number(of text: Bytes) -> Int64 {
    if text.isEmpty { return 0 }
    let hash = XXHash64.hash(text)
    var slot = place(of: text, hash)
    if slots[slot] != 0 { return Int64(slots[slot]) }
    if ends.count * 2 >= slots.count {
      grow()
      slot = place(of: text, hash)
    }
    bytes.append(text)
    slots[slot] = Int32(truncatingIfNeeded: ends.count)
    ends.append(bytes.count)
    hashes.append(hash)
    return Int64(ends.count - 1)
  }

  func number(of text: String) -> Int64 { text.withUTF8Bytes { number(of: $0) } }

  /// The bytes of a text, which do not move while `body` runs.
  func withText<Result>(_ number: Int64, _ body: (Bytes) throws -> Result) rethrows -> Result {
    try bytes.withBytes { try body(text(number, in: $0)) }
  }

  func string(_ number: Int64) -> String { withText(number) { String($0) } }

  /// The order of two texts by their bytes: below, at or above 0.
  func compare(_ lhs: Int64, _ rhs: Int64) -> Int {
    lhs == rhs ? 0 : bytes.withBytes { text(lhs, in: $0).compared(to: text(rhs, in: $0)) }
  }

  private func text(_ number: Int64, in all: Bytes) -> Bytes {
    let index = Int(number)
    guard index > 0, index < ends.count else { return .empty }
    return all.part(from: ends[index - 1], to: ends[index])
  }

  /// The slot of `text`, or the free slot where it would go.
  private func place(of text: Bytes, _ hash: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    bytes.withBytes { all in
      while slots[slot] != 0 {
        let number = Int(slots[slot])
        if hashes[number] == hash, self.text(Int64(number), in: all).equals(text) { return }
        slot = (slot + 1) & mask
      }
    }
    return slot
  }

  private func grow() {
    let mask = slots.count * 2 - 1
    slots = Array(repeating: 0, count: mask + 1)
    for number in hashes.indices.dropFirst() {
      var slot = Int(truncatingIfNeeded: hashes[number]) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(truncatingIfNeeded: number)
    }
  }
}
