/// Whole numbers in few bits: a common unit is factored out, then each block of 1,024 is stored relative to its own
/// minimum, or as differences from one number to the next, whichever is narrower.
///
/// A block is a byte with the width of its numbers in bits, the high bit set for differences; the minimum,
/// or the first value and the minimum difference; and the numbers, in whole bytes.
enum WordPacking {
  static let blockLength = 1_024
  private static let isDelta: UInt8 = 0x80

  /// Units of which times are whole multiples: day, hour, minute, second, millisecond, and so on down to ten.
  private static let units: [Int64] = [
    864_000_000_000, 36_000_000_000, 600_000_000, 10_000_000, 1_000_000, 10_000, 1_000, 100, 10,
  ]

  /// Appends `count` numbers, which are used as scratch and overwritten.
  static func pack(_ values: UnsafeMutablePointer<Int64>, _ count: Int, to out: inout ByteBuffer) {
    let unit = commonUnit(values, count)
    out.append(littleEndian: unit)
    if unit > 1 {
      for i in 0..<count { values[i] /= unit }
    }
    var start = 0
    while start < count {
      let n = Swift.min(blockLength, count &- start)
      packBlock(values + start, n, to: &out)
      start &+= n
    }
  }

  private static func commonUnit(_ values: UnsafePointer<Int64>, _ count: Int) -> Int64 {
    for unit in units {
      var isCommon = true
      var hasOther = false
      // Samples a few first: most columns have no unit.
      for i in stride(from: 0, to: count, by: Swift.max(1, count / 32)) {
        if values[i] % unit != 0 { isCommon = false }
        if values[i] != 0 { hasOther = true }
      }
      guard isCommon, hasOther else { continue }
      for i in 0..<count where values[i] % unit != 0 {
        isCommon = false
        break
      }
      if isCommon { return unit }
    }
    return 1
  }

  private static func packBlock(_ values: UnsafePointer<Int64>, _ n: Int, to out: inout ByteBuffer) {
    var low = values[0], high = values[0]
    var least = Int64.max, most = Int64.min
    for i in 1..<Swift.max(n, 1) {
      low = Swift.min(low, values[i])
      high = Swift.max(high, values[i])
      let step = values[i] &- values[i &- 1]
      least = Swift.min(least, step)
      most = Swift.max(most, step)
    }
    let plain = width(UInt64(bitPattern: high &- low))
    let delta = n > 1 ? width(UInt64(bitPattern: most &- least)) : 64
    if delta < plain {
      out.append(UInt8(delta) | isDelta)
      out.append(littleEndian: values[0])
      out.append(littleEndian: least)
      BitPacking.pack(n &- 1, delta, to: &out) { UInt64(bitPattern: values[$0 &+ 1] &- values[$0] &- least) }
    } else {
      out.append(UInt8(plain))
      out.append(littleEndian: low)
      BitPacking.pack(n, plain, to: &out) { UInt64(bitPattern: values[$0] &- low) }
    }
  }

  /// The number of bits for numbers up to `most`; widths that do not fit an unaligned load of eight bytes become 64.
  static func width(_ most: UInt64) -> Int {
    let bits = 64 &- most.leadingZeroBitCount
    return bits > 56 ? 64 : bits
  }

  /// Reads `count` numbers into `out`; false if the bytes are not such numbers.
  static func unpack(_ reader: inout SegmentReader, _ count: Int, into out: UnsafeMutablePointer<Int64>) -> Bool {
    guard let unit = reader.word(), unit != 0 else { return false }
    var start = 0
    while start < count {
      let n = Swift.min(blockLength, count &- start)
      guard unpackBlock(&reader, n, unit, into: out + start) else { return false }
      start &+= n
    }
    return true
  }

  private static func unpackBlock(
    _ reader: inout SegmentReader, _ n: Int, _ unit: Int64, into out: UnsafeMutablePointer<Int64>
  ) -> Bool {
    guard let head = reader.byte(), let base = reader.word() else { return false }
    let width = Int(head & ~isDelta)
    guard width <= 56 || width == 64 else { return false }
    if head & isDelta == 0 {
      guard let bits = reader.take((n &* width &+ 7) / 8) else { return false }
      let start = base &* unit
      BitPacking.unpack(bits, n, width) { i, bits in out[i] = start &+ Int64(bitPattern: bits) &* unit }
    } else {
      guard let least = reader.word(), let bits = reader.take(((n &- 1) &* width &+ 7) / 8) else { return false }
      out[0] = base &* unit
      var last = base
      BitPacking.unpack(bits, n &- 1, width) { i, bits in
        last = last &+ least &+ Int64(bitPattern: bits)
        out[i &+ 1] = last &* unit
      }
    }
    return true
  }
}

/// Numbers of a fixed width in bits, in sequence, the least significant bit first.
enum BitPacking {
  /// Appends `n` numbers of `width` bits; `value` gives numbers that fit.
  @inline(__always)
  static func pack(_ n: Int, _ width: Int, to out: inout ByteBuffer, _ value: (Int) -> UInt64) {
    if width == 0 { return }
    let size = (n &* width &+ 7) / 8
    out.append(atMost: size &+ 16) { target in
      let raw = UnsafeMutableRawPointer(target)
      if width == 64 {
        for i in 0..<n { raw.storeBytes(of: value(i).littleEndian, toByteOffset: i &* 8, as: UInt64.self) }
        return size
      }
      var at = 0
      var gathered: UInt64 = 0
      var filled = 0
      for i in 0..<n {
        let next = value(i)
        gathered |= next &<< UInt64(truncatingIfNeeded: filled)
        filled &+= width
        if filled >= 64 {
          raw.storeBytes(of: gathered.littleEndian, toByteOffset: at, as: UInt64.self)
          at &+= 8
          filled &-= 64
          gathered = filled == 0 ? 0 : next &>> UInt64(truncatingIfNeeded: width &- filled)
        }
      }
      raw.storeBytes(of: gathered.littleEndian, toByteOffset: at, as: UInt64.self)
      return size
    }
  }

  /// Calls `body` with the index and the value of each of `n` numbers; eight bytes can be loaded after the last.
  @inline(__always)
  static func unpack(_ bits: UnsafeRawPointer, _ n: Int, _ width: Int, _ body: (Int, UInt64) -> Void) {
    if width == 0 {
      for i in 0..<n { body(i, 0) }
    } else if width == 64 {
      for i in 0..<n { body(i, UInt64(littleEndian: bits.loadUnaligned(fromByteOffset: i &* 8, as: UInt64.self))) }
    } else {
      let mask: UInt64 = (1 &<< UInt64(truncatingIfNeeded: width)) &- 1
      var bit = 0
      for i in 0..<n {
        let word = UInt64(littleEndian: bits.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self))
        body(i, (word &>> UInt64(truncatingIfNeeded: bit & 7)) & mask)
        bit &+= width
      }
    }
  }
}
