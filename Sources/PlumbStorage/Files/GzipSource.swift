import CZlib
import Glibc
import PlumbDiagnostics
import PlumbEngine

/// The text in a gzip file of one or more members, unpacked as it is read.
final class GzipSource: SampledSource {
  private let packed: any SampledSource
  private let name: String
  private let input = Buffer(byteCount: 1 << 18)
  private var stream = z_stream()
  private var isOpen = false
  private var isInMember = false
  private var consumed = 0
  private var hasInput = true

  init(_ packed: any SampledSource, name: String) {
    self.packed = packed
    self.name = name
  }

  deinit { if isOpen { inflateEnd(&stream) } }

  /// Only reading to the end tells.
  var size: Int? { nil }
  var storedSize: Int? { packed.storedSize }
  var storedOffset: Int { packed.storedOffset }

  static func isGzip(_ front: [UInt8]) -> Bool { front.count >= 3 && front[0] == 0x1F && front[1] == 0x8B && front[2] == 8 }

  func rewind() throws {
    try packed.rewind()
    if isOpen { inflateEnd(&stream) }
    stream = z_stream()
    // 16 asks for a gzip header, 15 for the largest window.
    guard inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw Diagnostic("cannot-read", "`\(name)`: there is no memory to unpack it")
    }
    isOpen = true
    isInMember = true
    consumed = 0
    hasInput = true
  }

  func read(into target: UnsafeMutableRawPointer, count: Int) throws -> Int {
    if !isOpen { try rewind() }
    stream.next_out = target.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(min(count, 1 << 30))
    let wanted = Int(stream.avail_out)
    while stream.avail_out > 0 {
      if stream.avail_in == 0 && hasInput { try refill() }
      if !isInMember {
        // After a member comes another one, zeros for padding, or the end.
        while stream.avail_in > 0, let next = stream.next_in, next[0] == 0 {
          stream.next_in = next + 1
          stream.avail_in -= 1
        }
        if stream.avail_in == 0 {
          if hasInput { continue }
          break
        }
        guard inflateReset(&stream) == Z_OK else { throw damaged("another member was expected") }
        isInMember = true
      }
      let status = inflate(&stream, Z_NO_FLUSH)
      switch status {
      case Z_STREAM_END: isInMember = false
      case Z_OK: break
      case Z_BUF_ERROR where stream.avail_in == 0 && hasInput: break
      case Z_BUF_ERROR: throw damaged("the file ends in the middle of its data")
      case Z_MEM_ERROR: throw Diagnostic("cannot-read", "`\(name)`: there is no memory to unpack it")
      default: throw damaged(stream.msg.map { String(cString: $0) } ?? "the data is not gzip")
      }
      if isInMember && stream.avail_in == 0 && !hasInput && stream.avail_out > 0 {
        throw damaged("the file ends in the middle of its data")
      }
    }
    return wanted - Int(stream.avail_out)
  }

  private func refill() throws {
    let given = try packed.read(into: input.base, count: input.byteCount)
    hasInput = given > 0
    consumed += given
    stream.next_in = input.base.assumingMemoryBound(to: UInt8.self)
    stream.avail_in = UInt32(given)
  }

  private func damaged(_ reason: String) -> Diagnostic {
    Diagnostic(
      "damaged-gzip", "`\(name)` cannot be unpacked at byte \(consumed - Int(stream.avail_in)): \(reason)")
  }

  /// Only the front can be had without unpacking everything before it.
  func sample(at offset: Int, count: Int) throws -> [UInt8] {
    guard offset == 0 else { return [] }
    try rewind()
    defer { isOpen = closed() }
    return try readFully(count)
  }

  private func closed() -> Bool {
    inflateEnd(&stream)
    return false
  }
}
