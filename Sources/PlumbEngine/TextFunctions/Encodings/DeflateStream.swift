import CZlib

/// Bytes compressed with DEFLATE as they arrive (RFC 1951), with their checksum and sizes, as archives need them.
package final class DeflateStream {
  // zlib keeps the address.
  private let stream: UnsafeMutablePointer<z_stream>
  private let block: UnsafeMutablePointer<UInt8>
  private static let room = 64 << 10

  /// The CRC-32 of the plain bytes so far.
  package private(set) var checksum: UInt32 = 0
  /// The number of plain bytes so far, and of the compressed ones that came of them.
  package private(set) var plainCount = 0
  package private(set) var packedCount = 0

  /// - Returns: nil if memory is lacking.
  package init?() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    block = .allocate(capacity: Self.room)
    // The lowest level: cells of a sheet repeat so much that higher ones save little and take several times as long.
    guard
      deflateInit2_(
        stream, Z_BEST_SPEED, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
    block.deallocate()
  }

  /// Appends what is ready of the compressed bytes; with `isLast` all of it, and nothing can follow.
  package func write(_ bytes: Bytes, isLast: Bool = false, to out: inout ByteBuffer) {
    checksum = UInt32(truncatingIfNeeded: crc32(UInt(checksum), bytes.baseAddress, UInt32(bytes.count)))
    plainCount += bytes.count
    stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
    stream.pointee.avail_in = UInt32(bytes.count)
    while true {
      stream.pointee.next_out = block
      stream.pointee.avail_out = UInt32(Self.room)
      _ = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
      let made = Self.room - Int(stream.pointee.avail_out)
      out.append(Bytes(start: block, count: made))
      packedCount += made
      // A block that is not full says that nothing is left.
      if stream.pointee.avail_out > 0 { return }
    }
  }
}
