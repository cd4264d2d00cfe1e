import CZlib

/// The bulk of a segment: plain bytes, or deflated if that saves a fifth.
///
/// A byte says which, followed by the size, for deflated bytes also the packed size, and the bytes.
enum SegmentBody {
  /// The number of bytes that are tried before all are compressed.
  private static let sample = 4_096
  /// DEFLATE shrinks its input to no less than a thousandth.
  private static let largestRatio = 1_100

  static func append(_ bytes: Bytes, to out: inout ByteBuffer) {
    if let packed = packed(bytes) {
      out.append(1)
      out.append(littleEndian: UInt32(truncatingIfNeeded: bytes.count))
      out.append(littleEndian: UInt32(truncatingIfNeeded: packed.count))
      packed.withBytes { out.append($0) }
    } else {
      out.append(0)
      out.append(littleEndian: UInt32(truncatingIfNeeded: bytes.count))
      out.append(bytes)
    }
  }

  private static func packed(_ bytes: Bytes) -> ByteBuffer? {
    guard bytes.count >= 64 else { return nil }
    if bytes.count > sample &* 4 {
      let middle = bytes.part(from: bytes.count / 2, to: bytes.count / 2 &+ sample)
      guard let trial = deflated(middle), trial.count &* 5 <= middle.count &* 4 else { return nil }
    }
    guard let whole = deflated(bytes), whole.count &* 5 <= bytes.count &* 4 else { return nil }
    return whole
  }

  private static func deflated(_ bytes: Bytes) -> ByteBuffer? {
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, 1, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { deflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
    stream.avail_in = UInt32(bytes.count)
    var out = ByteBuffer()
    var isWhole = false
    out.append(atMost: bytes.count) { target in
      stream.next_out = target
      stream.avail_out = UInt32(bytes.count)
      isWhole = deflate(&stream, Z_FINISH) == Z_STREAM_END
      return bytes.count &- Int(stream.avail_out)
    }
    return isWhole ? out : nil
  }

  /// The bytes with eight more after them; nil if they are damaged.
  static func read(_ reader: inout SegmentReader) -> (buffer: Buffer, count: Int)? {
    guard let form = reader.byte(), let size = reader.half().map(Int.init) else { return nil }
    switch form {
    case 0:
      guard let source = reader.take(size) else { return nil }
      let buffer = Buffer(byteCount: size &+ 8)
      buffer.base.copyMemory(from: source, byteCount: size)
      return (buffer, size)
    case 1:
      guard let packedSize = reader.half().map(Int.init), let source = reader.take(packedSize),
        size <= (packedSize &+ 64) &* largestRatio
      else { return nil }
      let buffer = Buffer(byteCount: size &+ 8)
      return inflated(source, packedSize, into: buffer, size) ? (buffer, size) : nil
    default: return nil
    }
  }

  private static func inflated(_ source: UnsafeRawPointer, _ count: Int, into buffer: Buffer, _ size: Int) -> Bool {
    var stream = z_stream()
    guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return false }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: source.assumingMemoryBound(to: UInt8.self))
    stream.avail_in = UInt32(count)
    stream.next_out = buffer.values(UInt8.self)
    stream.avail_out = UInt32(size)
    return inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0
  }
}
