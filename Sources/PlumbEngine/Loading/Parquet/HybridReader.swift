/// Reads numbers of up to 32 bits stored alternately as run lengths and bit-packed.
///
/// - Note: eight bytes after the last one must be readable.
// Apache Parquet, "Encodings.md", the RLE and bit-packing hybrid.
struct HybridReader {
  private var next: UnsafePointer<UInt8>
  private let end: UnsafePointer<UInt8>
  private let width: Int
  private var repeatedLeft = 0
  private var repeated: UInt32 = 0
  private var packedLeft = 0
  private var packed: UnsafeRawPointer
  private var packedBit = 0

  /// - Parameter width: the number of bits of a number, at most 32; with 0 all numbers are 0.
  init(_ bytes: Bytes, width: Int) {
    let start = bytes.baseAddress.unsafelyUnwrapped
    next = start
    end = start + bytes.count
    packed = UnsafeRawPointer(start)
    self.width = width
  }

  /// Returns the length and number of the next run if it is a run length; nil otherwise.
  mutating func peekRun() throws(ParquetFault) -> (count: Int, value: UInt32)? {
    if width == 0 { return (.max, 0) }
    if repeatedLeft == 0 && packedLeft == 0 { try begin() }
    return repeatedLeft > 0 ? (repeatedLeft, repeated) : nil
  }

  /// Reads `count` numbers into `out`, truncated to its size.
  @inline(__always)
  mutating func read<Out: FixedWidthInteger & UnsignedInteger>(
    _ count: Int, into out: UnsafeMutablePointer<Out>
  ) throws(ParquetFault) {
    var out = out
    var left = count
    if width == 0 {
      out.update(repeating: 0, count: left)
      return
    }
    while left > 0 {
      if repeatedLeft == 0 && packedLeft == 0 { try begin() }
      if repeatedLeft > 0 {
        let n = Swift.min(repeatedLeft, left)
        out.update(repeating: Out(truncatingIfNeeded: repeated), count: n)
        repeatedLeft &-= n
        out += n
        left &-= n
      } else {
        let n = Swift.min(packedLeft, left)
        unpack(n, into: out)
        packedLeft &-= n
        out += n
        left &-= n
      }
    }
  }

  /// Reads the header of the next run.
  @inline(never)
  private mutating func begin() throws(ParquetFault) {
    var head: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard next < end, shift < 35 else { throw ParquetFault("a run of numbers is truncated") }
      let byte = next[0]
      next += 1
      head |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 { break }
      shift &+= 7
    }
    let count = Int(head &>> 1)
    if head & 1 == 1 {
      // A writer may truncate the last group of eight.
      let available = (end - next) &* 8 / width
      packedLeft = Swift.min(count &* 8, available)
      packed = UnsafeRawPointer(next)
      packedBit = 0
      guard packedLeft > 0 || count == 0 else { throw ParquetFault("a run of numbers is truncated") }
      next += Swift.min((count &* width), end - next)
    } else {
      let size = (width &+ 7) / 8
      guard end - next >= size else { throw ParquetFault("a run of numbers is truncated") }
      var value: UInt32 = 0
      for i in 0..<size { value |= UInt32(next[i]) &<< UInt32(8 &* i) }
      next += size
      repeated = value
      repeatedLeft = count
    }
  }

  @inline(__always)
  private mutating func unpack<Out: FixedWidthInteger & UnsignedInteger>(
    _ n: Int, into out: UnsafeMutablePointer<Out>
  ) {
    var i = 0
    if width == 1, Out.bitWidth == 8 {
      // Eight bits at a time become eight bytes.
      while packedBit & 7 == 0, i &+ 8 <= n {
        let bits = UInt64(packed.load(fromByteOffset: packedBit &>> 3, as: UInt8.self))
        let spread = (bits &* 0x0101_0101_0101_0101) & 0x8040_2010_0804_0201
        let flags = ((spread &+ 0x7F7F_7F7F_7F7F_7F7F) & 0x8080_8080_8080_8080) &>> 7
        UnsafeMutableRawPointer(out + i).storeBytes(of: flags.littleEndian, as: UInt64.self)
        packedBit &+= 8
        i &+= 8
      }
    }
    let mask: UInt64 = (1 &<< UInt64(truncatingIfNeeded: width)) &- 1
    var bit = packedBit
    while i < n {
      let word = UInt64(littleEndian: packed.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self))
      out[i] = Out(truncatingIfNeeded: (word &>> UInt64(truncatingIfNeeded: bit & 7)) & mask)
      bit &+= width
      i &+= 1
    }
    packedBit = bit
  }
}

/// Reads levels that are bit-packed without run lengths, highest bit first, as the first writers did.
func readPackedLevels(
  _ bytes: Bytes, width: Int, count: Int, into out: UnsafeMutablePointer<UInt8>
) throws(ParquetFault) {
  guard bytes.count >= (count &* width &+ 7) / 8 else { throw ParquetFault("its levels are truncated") }
  var bit = 0
  for i in 0..<count {
    var level: UInt8 = 0
    for _ in 0..<width {
      level = level &<< 1 | bytes[bit &>> 3] &>> UInt8(7 &- bit & 7) & 1
      bit &+= 1
    }
    out[i] = level
  }
}
