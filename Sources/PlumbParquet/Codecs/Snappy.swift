import PlumbEngine

/// Snappy's block format: literal bytes, and copies of earlier output.
// Google, "Snappy compressed format description" (format_description.txt).
enum Snappy {
  /// Decompresses `bytes` into `out`; the result must have exactly `size` bytes.
  ///
  /// Up to 16 bytes after both `bytes` and `out` may be read and written.
  static func unpack(_ bytes: Bytes, into out: UnsafeMutablePointer<UInt8>, size: Int) -> Bool {
    guard var next = bytes.baseAddress else { return false }
    let end = next + bytes.count
    var stated = 0, shift = 0
    while true {
      guard next < end, shift < 35 else { return false }
      stated |= Int(next[0] & 0x7F) << shift
      next += 1
      if next[-1] < 0x80 { break }
      shift += 7
    }
    guard stated == size else { return false }
    var at = 0
    while next < end {
      let tag = Int(next[0])
      next += 1
      if tag & 3 == 0 {
        var length = tag >> 2 &+ 1
        if length > 60 {
          let extra = length &- 60
          guard end - next >= extra else { return false }
          length = Int(load4(next) & UInt32.max >> UInt32(32 &- 8 &* extra)) &+ 1
          next += extra
        }
        guard length <= end - next, length <= size &- at else { return false }
        if length <= 16 {
          copy16(out + at, next)
        } else {
          UnsafeMutableRawPointer(out + at).copyMemory(from: next, byteCount: length)
        }
        next += length
        at &+= length
        continue
      }
      let length: Int, distance: Int
      switch tag & 3 {
      case 1:
        guard next < end else { return false }
        length = tag >> 2 & 7 &+ 4
        distance = (tag >> 5) << 8 | Int(next[0])
        next += 1
      case 2:
        guard end - next >= 2 else { return false }
        length = tag >> 2 &+ 1
        distance = Int(load4(next) & 0xFFFF)
        next += 2
      default:
        guard end - next >= 4 else { return false }
        length = tag >> 2 &+ 1
        distance = Int(load4(next))
        next += 4
      }
      guard distance > 0, distance <= at, length <= size &- at else { return false }
      let target = out + at
      let source = target - distance
      if distance >= 16 {
        // At most 64 bytes; excess bytes are overwritten later.
        copy16(target, source)
        if length > 16 {
          copy16(target + 16, source + 16)
          if length > 32, at &+ 64 <= size {
            copy16(target + 32, source + 32)
            copy16(target + 48, source + 48)
          } else if length > 32 {
            for i in 32..<length { target[i] = source[i] }
          }
        }
      } else if distance >= 8 && at &+ length &+ 8 <= size {
        var i = 0
        while i < length {
          copy8(target + i, source + i)
          i &+= 8
        }
      } else {
        for i in 0..<length { target[i] = source[i] }
      }
      at &+= length
    }
    return at == size
  }

  @inline(__always) private static func load4(_ place: UnsafePointer<UInt8>) -> UInt32 {
    UInt32(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt32.self))
  }

  @inline(__always) private static func copy8(_ target: UnsafeMutablePointer<UInt8>, _ source: UnsafePointer<UInt8>) {
    UnsafeMutableRawPointer(target).storeBytes(of: UnsafeRawPointer(source).loadUnaligned(as: UInt64.self), as: UInt64.self)
  }

  @inline(__always) private static func copy16(_ target: UnsafeMutablePointer<UInt8>, _ source: UnsafePointer<UInt8>) {
    let low = UnsafeRawPointer(source).loadUnaligned(as: UInt64.self)
    let high = UnsafeRawPointer(source).loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    UnsafeMutableRawPointer(target).storeBytes(of: low, as: UInt64.self)
    UnsafeMutableRawPointer(target).storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
  }
}
