import CBrotli
import CLZ4
import CZlib
import CZstd
import PlumbEngine

/// How the pages of a column are compressed.
enum Codec: Int64, Sendable, CaseIterable {
  case none = 0, snappy, gzip, lzo, brotli, lz4Hadoop, zstd, lz4

  var name: String {
    switch self {
    case .none: "none"
    case .snappy: "Snappy"
    case .gzip: "gzip"
    case .lzo: "LZO"
    case .brotli: "Brotli"
    case .lz4Hadoop, .lz4: "LZ4"
    case .zstd: "Zstandard"
    }
  }

  /// Unpacks `source` into `size` bytes at `target`; `ParquetPage.slack` bytes after both may be touched.
  ///
  /// - Throws: A fault unless the result has exactly `size` bytes.
  func unpack(_ source: Bytes, into target: UnsafeMutablePointer<UInt8>, size: Int) throws(ParquetFault) {
    let isWhole: Bool
    switch self {
    case .none:
      isWhole = source.count == size
      if isWhole, let base = source.baseAddress { target.update(from: base, count: size) }
    case .snappy: isWhole = Snappy.unpack(source, into: target, size: size)
    case .gzip: isWhole = Self.gunzip(source, into: target, size: size)
    case .brotli:
      var written = size
      isWhole =
        BrotliDecoderDecompress(source.count, source.baseAddress, &written, target) == BROTLI_DECODER_RESULT_SUCCESS
        && written == size
    case .zstd: isWhole = ZSTD_decompress(target, size, source.baseAddress, source.count) == size
    case .lz4: isWhole = Self.unpackLZ4(source, into: target, size: size)
    case .lz4Hadoop:
      isWhole =
        Self.unpackHadoop(source, into: target, size: size) || Self.unpackLZ4(source, into: target, size: size)
    case .lzo: throw ParquetFault(unsupported: "is compressed with LZO, which Plumb does not support")
    }
    guard isWhole else { throw ParquetFault("its \(name) data does not decompress to the expected \(size) bytes") }
  }

  private static func unpackLZ4(_ source: Bytes, into target: UnsafeMutablePointer<UInt8>, size: Int) -> Bool {
    guard let base = source.baseAddress, let count = Int32(exactly: source.count), let room = Int32(exactly: size) else {
      return size == 0
    }
    return base.withMemoryRebound(to: CChar.self, capacity: source.count) { base in
      target.withMemoryRebound(to: CChar.self, capacity: size) { LZ4_decompress_safe(base, $0, count, room) == room }
    }
  }

  /// Decompresses blocks prefixed with both their sizes in big-endian order, as Hadoop writes them.
  private static func unpackHadoop(_ source: Bytes, into target: UnsafeMutablePointer<UInt8>, size: Int) -> Bool {
    var at = 0, written = 0
    while at + 8 <= source.count {
      func number(_ place: Int) -> Int { (0..<4).reduce(0) { $0 << 8 | Int(source[place + $1]) } }
      let unpacked = number(at), packed = number(at + 4)
      at += 8
      guard packed <= source.count - at, unpacked <= size - written,
        unpackLZ4(source.part(from: at, to: at + packed), into: target + written, size: unpacked)
      else { return false }
      at += packed
      written += unpacked
    }
    return at == source.count && written == size
  }

  /// Decompresses one or several gzip or zlib members.
  private static func gunzip(_ source: Bytes, into target: UnsafeMutablePointer<UInt8>, size: Int) -> Bool {
    var stream = z_stream()
    // 32 more than the largest window: detects either header.
    guard inflateInit2_(&stream, 47, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return false }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
    stream.avail_in = UInt32(source.count)
    stream.next_out = target
    stream.avail_out = UInt32(size)
    while true {
      let status = inflate(&stream, Z_FINISH)
      guard status == Z_STREAM_END else { return false }
      if stream.avail_in == 0 || stream.avail_out == 0 { break }
      guard inflateReset(&stream) == Z_OK else { return false }
    }
    return stream.avail_out == 0
  }

  /// Returns the optional checksum of a page.
  static func checksum(_ bytes: Bytes) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32(0, bytes.baseAddress, UInt32(truncatingIfNeeded: bytes.count)))
  }
}
