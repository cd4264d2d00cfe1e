import CZlib

/// Compression with DEFLATE in the formats gzip (RFC 1952) and zlib (RFC 1950).
package enum Compression {
  enum Wrapping { case gzip, zlib }

  /// The maximum size of decompressed data; larger data fails.
  static let outputLimit = 256 << 20

  /// The bytes in the format gzip; nil if they are too long.
  package static func gzip(_ bytes: [UInt8]) -> [UInt8]? {
    var out = ByteBuffer()
    return bytes.withUnsafeBufferPointer { compress($0, .gzip, to: &out) } ? out.bytes : nil
  }

  /// Appends the compressed bytes, or the bytes in stored blocks if compression would not shorten them.
  static func compress(_ bytes: Bytes, _ wrapping: Wrapping, to out: inout ByteBuffer) -> Bool {
    guard bytes.count <= outputLimit else { return false }
    guard let packed = deflated(bytes, level: Z_DEFAULT_COMPRESSION) else { return false }
    var body = packed
    let isStored = packed.count >= bytes.count
    if isStored {
      guard let stored = deflated(bytes, level: Z_NO_COMPRESSION) else { return false }
      body = stored
    }
    switch wrapping {
    case .gzip:
      out.append([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF])
      out.append(body)
      out.append(littleEndian: UInt32(truncatingIfNeeded: crc32(0, bytes.baseAddress, UInt32(bytes.count))))
      out.append(littleEndian: UInt32(truncatingIfNeeded: bytes.count))
    case .zlib:
      out.append(isStored ? [0x78, 0x01] : [0x78, 0x9C])
      out.append(body)
      let sum = bytes.isEmpty ? 1 : adler32(1, bytes.baseAddress, UInt32(bytes.count))
      out.append(littleEndian: UInt32(truncatingIfNeeded: sum).byteSwapped)
    }
    return true
  }

  /// Appends the plain bytes; false, and nothing appended, if `bytes` are damaged or too long.
  static func decompress(_ bytes: Bytes, _ wrapping: Wrapping, to out: inout ByteBuffer) -> Bool {
    guard bytes.count <= outputLimit, let base = bytes.baseAddress else { return false }
    let start = out.count
    var stream = z_stream()
    let window = wrapping == .gzip ? 15 + 16 : 15
    guard
      inflateInit2_(&stream, Int32(window), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return false }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: base)
    stream.avail_in = UInt32(bytes.count)
    let isWhole = pump(&stream, to: &out) { inflate($0, Z_NO_FLUSH) }
    if !isWhole { out.truncate(to: start) }
    return isWhole
  }

  private static func deflated(_ bytes: Bytes, level: Int32) -> [UInt8]? {
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { deflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
    stream.avail_in = UInt32(bytes.count)
    var out = ByteBuffer(capacity: bytes.count / 2 + 64)
    return pump(&stream, to: &out) { deflate($0, Z_FINISH) } ? out.bytes : nil
  }

  /// Runs `step` until the stream ends; false on damage, on premature end and above the limit.
  private static func pump(
    _ stream: inout z_stream, to out: inout ByteBuffer, _ step: (UnsafeMutablePointer<z_stream>) -> Int32
  ) -> Bool {
    let room = 64 << 10
    let block = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
    defer { block.deallocate() }
    var total = 0
    while true {
      stream.next_out = block
      stream.avail_out = UInt32(room)
      let status = step(&stream)
      guard status == Z_OK || status == Z_STREAM_END else { return false }
      let made = room - Int(stream.avail_out)
      total += made
      if total > outputLimit + (1 << 20) { return false }
      out.append(Bytes(start: block, count: made))
      if out.isFull { return true }
      if status == Z_STREAM_END { return true }
      if made == 0 && stream.avail_in == 0 { return false }
    }
  }
}
