import Glibc

/// Bytes that a loader reads from front to back, and again from the front if it has to.
///
/// - Note: one thread at a time calls it; a reader's lock ensures that.
package protocol ByteSource: AnyObject {
  /// Fills at most `count` bytes of `target` and returns how many; 0 is the end.
  func read(into target: UnsafeMutableRawPointer, count: Int) throws -> Int

  /// Goes back to the first byte.
  func rewind() throws
}

/// Memory for one block of text at a time, with slack after it so that eight bytes can be loaded anywhere.
final class BlockBuffer {
  static let slack = 64
  private(set) var storage: Buffer
  private(set) var capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    storage = Buffer(byteCount: capacity &+ BlockBuffer.slack)
  }

  @inline(__always) var base: UnsafeMutablePointer<UInt8> { storage.values() }

  func grow(to needed: Int, keeping count: Int) {
    guard needed > capacity else { return }
    let next = Buffer(byteCount: needed &+ BlockBuffer.slack)
    memcpy(next.base, storage.base, count)
    storage = next
    capacity = needed
  }
}

/// Eight bytes from any address, in memory order.
@inline(__always) func load8(_ place: UnsafePointer<UInt8>) -> UInt64 {
  UnsafeRawPointer(place).loadUnaligned(as: UInt64.self)
}

/// The high bit of each byte of `word` that may equal the byte repeated in `pattern`.
///
/// No match is missed; a byte just above a match can be marked wrongly, so callers check again.
@inline(__always) func possibleMatches(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
  let x = word ^ pattern
  return (x &- 0x0101_0101_0101_0101) & ~x & 0x8080_8080_8080_8080
}

/// A byte in each of the eight places.
@inline(__always) func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

func countBytes(_ byte: UInt8, _ start: UnsafePointer<UInt8>, _ count: Int) -> Int {
  var total = 0
  var at = 0
  while at < count {
    // A byte-wide count cannot overflow in 255 rounds of 16 lanes.
    let end = Swift.min(count, at &+ 4080)
    var sums = SIMD16<UInt8>(repeating: 0)
    let wanted = SIMD16<UInt8>(repeating: byte)
    while at &+ 16 <= end {
      let lanes = UnsafeRawPointer(start + at).loadUnaligned(as: SIMD16<UInt8>.self)
      sums.replace(with: sums &+ 1, where: lanes .== wanted)
      at &+= 16
    }
    for lane in 0..<16 { total &+= Int(sums[lane]) }
    if end == count {
      while at < count {
        if start[at] == byte { total &+= 1 }
        at &+= 1
      }
    }
  }
  return total
}
