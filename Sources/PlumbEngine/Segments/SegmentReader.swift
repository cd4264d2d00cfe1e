/// Reads the bytes of a segment from front to back and never beyond their end.
struct SegmentReader {
  private var next: UnsafeRawPointer
  private(set) var left: Int

  /// Eight bytes more than `count` can be loaded from `start`.
  init(_ start: UnsafeRawPointer, count: Int) {
    next = start
    left = count
  }

  mutating func byte() -> UInt8? { take(1)?.load(as: UInt8.self) }

  mutating func half() -> UInt32? { take(4).map { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) } }

  mutating func word() -> Int64? { take(8).map { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) } }

  /// The address of the next `count` bytes, which are skipped; nil if there are fewer.
  mutating func take(_ count: Int) -> UnsafeRawPointer? {
    guard count >= 0, count <= left else { return nil }
    defer {
      next += count
      left &-= count
    }
    return next
  }
}
