import CBzip2
import CXZ
import CZlib
import CZstd

/// Unpacks data that is compressed with Deflate, with zlib.
final class InflateUnpacker: Unpacker {
  /// What is around the data, as zlib asks for it: 15 is the largest window, 16 more a gzip header, and a negative number no header.
  enum Framing: Int32 {
    case gzip = 31
    case none = -15
  }

  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let framing: Framing

  init?(_ framing: Framing) {
    self.framing = framing
    stream.initialize(to: z_stream())
    guard inflateInit2_(stream, framing.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func unpack(_ input: inout UnsafeMutableBufferPointer<UInt8>, into output: inout UnsafeMutableBufferPointer<UInt8>) -> UnpackingStep {
    stream.pointee.next_in = input.baseAddress
    stream.pointee.avail_in = UInt32(input.count)
    stream.pointee.next_out = output.baseAddress
    stream.pointee.avail_out = UInt32(output.count)
    let status = inflate(stream, Z_NO_FLUSH)
    input.removeFirst(input.count - Int(stream.pointee.avail_in))
    output.removeFirst(output.count - Int(stream.pointee.avail_out))
    switch status {
    case Z_OK, Z_BUF_ERROR: return .more
    case Z_STREAM_END: return .end
    case Z_MEM_ERROR: return .outOfMemory
    default: return .damaged(stream.pointee.msg.map { String(cString: $0) } ?? "the data is not \(framing == .gzip ? "gzip" : "compressed with Deflate")")
    }
  }
}

/// Unpacks a frame of a Zstandard file, with libzstd, whose own limit of the window bounds the memory.
final class ZstdUnpacker: Unpacker {
  private let stream: OpaquePointer

  init?() {
    guard let stream = ZSTD_createDStream() else { return nil }
    self.stream = stream
  }

  deinit { ZSTD_freeDStream(stream) }

  func unpack(_ input: inout UnsafeMutableBufferPointer<UInt8>, into output: inout UnsafeMutableBufferPointer<UInt8>) -> UnpackingStep {
    var from = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var to = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let status = ZSTD_decompressStream(stream, &to, &from)
    input.removeFirst(from.pos)
    output.removeFirst(to.pos)
    if ZSTD_isError(status) != 0 { return .damaged(String(cString: ZSTD_getErrorName(status)).lowercased()) }
    return status == 0 ? .end : .more
  }
}

/// Unpacks a stream of an xz file, with liblzma.
final class XZUnpacker: Unpacker {
  /// More than `xz -9` asks for.
  private static let memoryLimit: UInt64 = 256 << 20
  private let stream = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)

  init?() {
    stream.initialize(to: lzma_stream())
    guard lzma_stream_decoder(stream, Self.memoryLimit, 0) == LZMA_OK else { return nil }
  }

  deinit {
    lzma_end(stream)
    stream.deallocate()
  }

  func unpack(_ input: inout UnsafeMutableBufferPointer<UInt8>, into output: inout UnsafeMutableBufferPointer<UInt8>) -> UnpackingStep {
    stream.pointee.next_in = UnsafePointer(input.baseAddress)
    stream.pointee.avail_in = input.count
    stream.pointee.next_out = output.baseAddress
    stream.pointee.avail_out = output.count
    let status = lzma_code(stream, LZMA_RUN)
    input.removeFirst(input.count - stream.pointee.avail_in)
    output.removeFirst(output.count - stream.pointee.avail_out)
    switch status {
    case LZMA_OK, LZMA_BUF_ERROR: return .more
    case LZMA_STREAM_END: return .end
    case LZMA_MEM_ERROR: return .outOfMemory
    case LZMA_MEMLIMIT_ERROR: return .damaged("it needs more than \(Self.memoryLimit >> 20) MB of memory")
    case LZMA_FORMAT_ERROR: return .damaged("the data is not xz")
    case LZMA_OPTIONS_ERROR: return .damaged("it uses options of xz that are not known")
    default: return .damaged("its checksum does not match its data")
    }
  }
}

/// Unpacks a stream of a bzip2 file, with libbz2.
final class Bzip2Unpacker: Unpacker {
  private let stream = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)

  init?() {
    stream.initialize(to: bz_stream())
    guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else { return nil }
  }

  deinit {
    BZ2_bzDecompressEnd(stream)
    stream.deallocate()
  }

  func unpack(_ input: inout UnsafeMutableBufferPointer<UInt8>, into output: inout UnsafeMutableBufferPointer<UInt8>) -> UnpackingStep {
    input.withMemoryRebound(to: CChar.self) { input in
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(input.count)
    }
    output.withMemoryRebound(to: CChar.self) { output in
      stream.pointee.next_out = output.baseAddress
      stream.pointee.avail_out = UInt32(output.count)
    }
    let status = BZ2_bzDecompress(stream)
    input.removeFirst(input.count - Int(stream.pointee.avail_in))
    output.removeFirst(output.count - Int(stream.pointee.avail_out))
    switch status {
    case BZ_OK: return .more
    case BZ_STREAM_END: return .end
    case BZ_MEM_ERROR: return .outOfMemory
    case BZ_DATA_ERROR_MAGIC: return .damaged("the data is not bzip2")
    default: return .damaged("its checksum does not match its data")
    }
  }
}
