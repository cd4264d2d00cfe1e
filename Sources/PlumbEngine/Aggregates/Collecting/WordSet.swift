/// The distinct 64-bit numbers of all rows.
///
/// A dense range is a bit per number; anything else is a `KeySet`. The choice is made when the set
/// has grown large, and again when it has doubled.
final class WordSet {
  private var keys = KeySet<Int64>()
  private var bits: Bits?
  private var low = Int64.max
  private var high = Int64.min
  /// Rows taken in so far.
  private var rows = 0
  private var nextCheck = KeySet<Int64>.tableLimit

  /// A bit for each number from `base` on; `base` is a multiple of 64.
  private final class Bits {
    var words: Growing<UInt64>
    var base: Int64

    init(low: Int64, span: Int) {
      base = low & ~63
      words = Growing(capacity: span / 64 &+ 2)
      words.extend(to: span / 64 &+ 2, with: 0)
    }

    /// Makes room for numbers down to `low` and up to `high`, whose distance is known to be small.
    func cover(_ low: Int64, _ high: Int64) {
      if low < base {
        // As much room again below, so that a descending column does not move the bits each time.
        let start = Swift.max(low & ~63, Int64.min &+ Int64(words.count) &* 64) &- Int64(words.count) &* 64
        let shift = Int((base &- start) / 64)
        var moved = Growing<UInt64>(capacity: words.count &+ shift)
        moved.extend(to: shift, with: 0)
        moved.append(contentsOf: words.base, count: words.count)
        words = moved
        base = start
      }
      words.extend(to: Int((high &- base) &>> 6) &+ 1, with: 0)
    }
  }

  /// Takes `n` numbers in.
  func insert(_ numbers: UnsafePointer<Int64>, keep: UnsafePointer<UInt8>?, count n: Int) {
    var least = Int64.max, most = Int64.min
    if let keep {
      for i in 0..<n where keep[i] != 0 {
        least = Swift.min(least, numbers[i])
        most = Swift.max(most, numbers[i])
      }
    } else {
      for i in 0..<n {
        least = Swift.min(least, numbers[i])
        most = Swift.max(most, numbers[i])
      }
    }
    if least > most { return }
    low = Swift.min(low, least)
    high = Swift.max(high, most)
    rows &+= n
    if let bits {
      if isDense {
        mark(bits, numbers, keep, n)
        return
      }
      leaveBits(bits)
    }
    if let keep {
      keys.insert(n) { keep[$0] == 0 ? nil : numbers[$0] }
    } else {
      keys.insert(n) { numbers[$0] }
    }
    if keys.isPartitioned ? rows > nextCheck : keys.storedCount > KeySet<Int64>.tableLimit { decide() }
  }

  /// Whether bits take no more memory than two bytes a row.
  private var isDense: Bool {
    let (span, overflows) = high.subtractingReportingOverflow(low)
    return !overflows && span / 16 <= Int64(rows)
  }

  private func decide() {
    nextCheck = rows &* 2
    if isDense {
      enterBits()
    } else {
      keys.divide()
    }
  }

  private func enterBits() {
    let made = Bits(low: low, span: Int(high &- low) &+ 64)
    made.cover(low, high)
    let words = made.words.base, base = made.base
    keys.forEachStored { number in
      let offset = UInt64(bitPattern: number &- base)
      words[Int(offset &>> 6)] |= 1 &<< (offset & 63)
    }
    bits = made
    keys = KeySet()
  }

  private func leaveBits(_ bits: Bits) {
    self.bits = nil
    keys.divide()
    forEach(bits) { number in keys.insert(1) { _ in number } }
  }

  private func forEach(_ bits: Bits, _ body: (Int64) -> Void) {
    for place in 0..<bits.words.count {
      var word = bits.words[place]
      while word != 0 {
        body(bits.base &+ Int64(place) &* 64 &+ Int64(word.trailingZeroBitCount))
        word &= word &- 1
      }
    }
  }

  private func mark(
    _ bits: Bits, _ numbers: UnsafePointer<Int64>, _ keep: UnsafePointer<UInt8>?, _ n: Int
  ) {
    bits.cover(low, high)
    let words = bits.words.base, base = bits.base
    for i in 0..<n {
      if let keep, keep[i] == 0 { continue }
      let offset = UInt64(bitPattern: numbers[i] &- base)
      words[Int(offset &>> 6)] |= 1 &<< (offset & 63)
    }
  }

  func formUnion(_ other: WordSet) {
    if other.rows == 0 { return }
    low = Swift.min(low, other.low)
    high = Swift.max(high, other.high)
    rows &+= other.rows
    if let theirs = other.bits {
      if bits == nil, isDense { enterBits() }
      if let bits, isDense {
        bits.cover(Swift.min(low, theirs.base), high)
        let shift = Int((theirs.base &- bits.base) / 64)
        let from = theirs.words.base
        bits.words.extend(to: theirs.words.count &+ shift, with: 0)
        let to = bits.words.base + shift
        for i in 0..<theirs.words.count { to[i] |= from[i] }
      } else {
        if let bits { leaveBits(bits) }
        forEach(theirs) { number in keys.insert(1) { _ in number } }
      }
    } else if let bits, isDense {
      bits.cover(low, high)
      let words = bits.words.base, base = bits.base
      other.keys.forEachStored { number in
        let offset = UInt64(bitPattern: number &- base)
        words[Int(offset &>> 6)] |= 1 &<< (offset & 63)
      }
    } else {
      if let bits { leaveBits(bits) }
      keys.formUnion(other.keys)
    }
  }

  /// Visits each number once.
  func forEach(_ body: (Int64) -> Void) {
    if let bits { return forEach(bits, body) }
    keys.settle()
    keys.forEachStored(body)
  }

  /// The number of distinct numbers.
  var count: Int {
    guard let bits else {
      keys.settle()
      return keys.storedCount
    }
    let words = bits.words.base
    var count = 0
    for place in 0..<bits.words.count { count &+= words[place].nonzeroBitCount }
    return count
  }
}
