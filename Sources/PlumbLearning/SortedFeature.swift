import PlumbEngine

/// The rows of a feature in the order of its values, missing ones last.
///
/// The upper half of an entry is the value's rank among the distinct values; the lower half is the row, and its lowest
/// bit says whether the row's class is not the first. So a scan needs neither the values nor the labels.
enum SortedFeature {
  static let missingRank: UInt64 = 0xFFFF_FFFF

  @inline(__always) static func row(_ entry: UInt64) -> Int { Int(truncatingIfNeeded: (entry & 0xFFFF_FFFF) &>> 1) }
  @inline(__always) static func rank(_ entry: UInt64) -> UInt64 { entry &>> 32 }

  /// Returns the entries of a column.
  static func entries(_ values: BufferView<Double>, labels: BufferView<Int32>, count n: Int) -> Buffer {
    let entries = Buffer(of: UInt64.self, count: n)
    let keys = sortedKeys(values, count: n)
    let out = entries.view(UInt64.self)
    var rank: UInt64 = 0
    for i in 0..<n {
      if i > 0, keys[i].bits != keys[i &- 1].bits { rank &+= 1 }
      let row = UInt64(keys[i].row)
      let flag: UInt64 = labels[Int(keys[i].row)] != 0 ? 1 : 0
      out[i] = (keys[i].bits == .max ? missingRank : rank) &<< 32 | row &<< 1 | flag
    }
    return entries
  }

  /// A value whose order as an unsigned integer is that of the doubles, and its row.
  struct Key: BitwiseCopyable {
    var bits: UInt64
    var row: UInt32
  }

  @inline(__always) static func orderedBits(_ value: Double) -> UInt64 {
    if value.isNaN { return .max }
    // Adding zero makes -0 and 0 one value.
    let bits = (value + 0).bitPattern
    return bits &>> 63 != 0 ? ~bits : bits | 1 &<< 63
  }

  /// Returns the sorted keys of a column; equal values keep the order of their rows.
  // Least-significant-digit radix sort, Knuth 5.2.5.
  static func sortedKeys(_ values: BufferView<Double>, count n: Int) -> BufferView<Key> {
    var source = BufferView<Key>(count: n)
    for i in 0..<n { source[i] = Key(bits: orderedBits(values[i]), row: UInt32(truncatingIfNeeded: i)) }
    if n < 2048 {
      source.sort(count: n) { $0.bits != $1.bits ? $0.bits < $1.bits : $0.row < $1.row }
      return source
    }
    var target = BufferView<Key>(count: n)
    let counts = BufferView(repeating: 0, count: 6 * 2048)
    for i in 0..<n {
      var bits = source[i].bits
      for digit in 0..<6 {
        counts[digit &* 2048 &+ Int(truncatingIfNeeded: bits & 2047)] &+= 1
        bits = bits &>> 11
      }
    }
    for digit in 0..<6 {
      let part = digit &* 2048
      let shift = UInt64(digit &* 11)
      // A digit that all values share moves nothing.
      if counts[part &+ Int(truncatingIfNeeded: source[0].bits &>> shift & 2047)] == n { continue }
      var sum = 0
      for i in part..<part &+ 2048 {
        let here = counts[i]
        counts[i] = sum
        sum &+= here
      }
      let (from, to) = (source, target)
      for i in 0..<n {
        let key = from[i]
        let place = part &+ Int(truncatingIfNeeded: key.bits &>> shift & 2047)
        to[counts[place]] = key
        counts[place] &+= 1
      }
      swap(&source, &target)
    }
    return source
  }
}
