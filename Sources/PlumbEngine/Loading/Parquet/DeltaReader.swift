/// Reads integers stored as differences, in blocks of packed numbers with a minimum each.
///
/// - Note: eight bytes after the last one must be readable.
// Apache Parquet, "Encodings.md", DELTA_BINARY_PACKED.
struct DeltaReader {
  private let bytes: Bytes
  /// The offset of the next number's bytes; after `read` the end of all.
  private(set) var offset: Int

  init(_ bytes: Bytes, from offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  /// Reads all numbers, of which there must be `count`, truncated to the size of `out`.
  mutating func read<Out: FixedWidthInteger & SignedInteger>(
    _ count: Int, into out: UnsafeMutablePointer<Out>
  ) throws(ParquetFault) {
    let blockSize = try number(), parts = try number(), total = try number()
    guard blockSize > 0, blockSize <= 1 << 24, parts > 0, parts <= blockSize / 8, blockSize % (parts &* 8) == 0 else {
      throw ParquetFault("its delta blocks have an invalid size")
    }
    guard total == UInt64(count) else {
      throw ParquetFault("it has \(total) deltas for \(count) values")
    }
    let first = try number()
    if count == 0 { return }
    var value = Int64(bitPattern: first &>> 1) ^ -Int64(bitPattern: first & 1)
    out[0] = Out(truncatingIfNeeded: value)
    var at = 1
    let partSize = Int(blockSize / parts)
    while at < count {
      let coded = try number()
      let least = Int64(bitPattern: coded &>> 1) ^ -Int64(bitPattern: coded & 1)
      let widths = offset
      offset &+= Int(parts)
      guard offset <= bytes.count else { throw Self.cutShort }
      for part in 0..<Int(parts) where at < count {
        let width = Int(bytes[widths &+ part])
        let n = Swift.min(partSize, count &- at)
        guard width <= 64, (n &* width &+ 7) / 8 <= bytes.count &- offset else { throw Self.cutShort }
        let packed = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + offset)
        let target = out + at
        forEachPacked(packed, n, width) { i, bits in
          value = value &+ least &+ Int64(bitPattern: bits)
          target[i] = Out(truncatingIfNeeded: value)
        }
        at &+= n
        // The last part may end with its last number.
        offset = Swift.min(offset &+ partSize &* width / 8, bytes.count)
      }
    }
  }

  private static let cutShort = ParquetFault("its deltas are truncated")

  private mutating func number() throws(ParquetFault) -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard offset < bytes.count, shift < 70 else { throw Self.cutShort }
      let byte = bytes[offset]
      offset &+= 1
      if shift < 64 { result |= UInt64(byte & 0x7F) &<< shift }
      if byte < 0x80 { return result }
      shift &+= 7
    }
  }

  @inline(__always)
  private func forEachPacked(_ packed: UnsafeRawPointer, _ n: Int, _ width: Int, _ body: (Int, UInt64) -> Void) {
    if width <= 56 || width == 64 {
      BitPacking.unpack(packed, n, width, body)
      return
    }
    // Such numbers can span nine bytes.
    let mask: UInt64 = (1 &<< UInt64(truncatingIfNeeded: width)) &- 1
    var bit = 0
    for i in 0..<n {
      let shift = UInt64(truncatingIfNeeded: bit & 7)
      var word = UInt64(littleEndian: packed.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)) &>> shift
      if shift > 0 {
        word |= UInt64(packed.load(fromByteOffset: bit &>> 3 &+ 8, as: UInt8.self)) &<< (64 &- shift)
      }
      body(i, word & mask)
      bit &+= width
    }
  }
}
