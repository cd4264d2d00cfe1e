/// The distinct texts of one partition of an aggregation, numbered from 0.
///
/// - Memory: texts are borrowed; the caller keeps their owners alive. Small enough for the cache, where an index
///     over all rows' texts would miss it each time. A text is read only if another has the same hash.
final class PartitionTexts {
  private struct Slot: BitwiseCopyable {
    var hash: UInt64
    /// The text's number plus 1; 0 for none.
    var number: UInt64
  }

  private var slots: Buffer
  private var mask: Int
  private var texts = Growing<Bytes>()

  init() {
    mask = 1023
    slots = Buffer.zeros(byteCount: 1024 &* MemoryLayout<Slot>.stride)
  }

  /// Adds the number of each of `count` texts plus 1, shifted, to its key.
  ///
  /// - `hashes` and `keys` have this many lanes from row to row.
  func number(
    _ source: UnsafePointer<Bytes>, count: Int, hashes: UnsafePointer<UInt64>, hashStep: Int,
    keys: UnsafeMutablePointer<UInt64>, keyStep: Int, shift: UInt64
  ) {
    for row in 0..<count {
      if (texts.count &+ 1) &* 2 > mask { grow() }
      let table = slots.values(Slot.self)
      let hash = hashes[row &* hashStep]
      var place = Int(truncatingIfNeeded: hash &>> 8) & mask
      while true {
        let slot = table[place]
        if slot.number == 0 {
          texts.append(source[row])
          table[place] = Slot(hash: hash, number: UInt64(texts.count))
          keys[row &* keyStep] |= UInt64(texts.count) &<< shift
          break
        }
        if slot.hash == hash, equalBytes(texts[Int(slot.number) &- 1], source[row]) {
          keys[row &* keyStep] |= slot.number &<< shift
          break
        }
        place = (place &+ 1) & mask
      }
    }
  }

  private func grow() {
    let old = slots, oldCount = mask &+ 1
    mask = oldCount &* 4 &- 1
    slots = Buffer.zeros(byteCount: oldCount &* 4 &* MemoryLayout<Slot>.stride)
    let from = old.values(Slot.self), table = slots.values(Slot.self)
    for i in 0..<oldCount where from[i].number != 0 {
      var place = Int(truncatingIfNeeded: from[i].hash &>> 8) & mask
      while table[place].number != 0 { place = (place &+ 1) & mask }
      table[place] = from[i]
    }
  }

  /// The texts of `count` keys that were numbered; `owner` keeps them alive.
  func vector(
    _ keys: UnsafePointer<UInt64>, count: Int, step: Int, shift: UInt64, mask: UInt64, owner: AnyObject
  ) -> Vector {
    let result = Buffer(of: Bytes.self, count: count)
    let out = result.values(Bytes.self)
    for row in 0..<count {
      let number = (keys[row &* step] &>> shift) & mask
      out[row] = number == 0 ? Bytes(start: nil, count: 0) : texts[Int(number) &- 1]
    }
    return Vector(.string, count: count, buffer: result, holding: owner)
  }
}
