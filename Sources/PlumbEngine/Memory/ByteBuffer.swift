import Glibc

/// A growing output of bytes that values print themselves into, so that no `String` is made per value.
///
/// Copies share their memory until one of them grows.
public struct ByteBuffer: Sendable {
  /// The memory, freed with its last owner.
  @usableFromInline final class Storage: @unchecked Sendable {
    @usableFromInline let base: UnsafeMutablePointer<UInt8>
    @usableFromInline let capacity: Int
    /// The account to which the memory is charged; nil for small buffers.
    private let account: MemoryAccount?

    @usableFromInline init(capacity: Int) {
      base = .allocate(capacity: capacity)
      self.capacity = capacity
      account = capacity >= Self.worthCounting ? MemoryAccount.current : nil
      account?.charge(capacity)
    }

    deinit {
      base.deallocate()
      account?.charge(-capacity)
    }

    /// Smaller buffers do not count against the memory limit.
    private static let worthCounting = 1 << 16
  }

  @usableFromInline var storage: Storage?
  @usableFromInline var used = 0
  /// The maximum size; what would exceed it is refused.
  @usableFromInline var ceiling = Int.max
  /// The size that was refused first, because of `ceiling` or of the limits on memory; 0 if none was.
  @usableFromInline var refused = 0

  @inlinable public init() {}

  /// A buffer for one value, which holds at most `ceiling` bytes and what the account of its thread allows.
  ///
  /// A writer that exceeds this goes on in the same memory, and its output is worthless: loops that multiply their
  /// input stop when the buffer `isFull`, and the caller looks at `refused` before it reads the content.
  init(ceiling: Int) { self.ceiling = ceiling }

  @inlinable var isFull: Bool { refused > 0 }

  public init(capacity: Int) { if capacity > 0 { storage = Storage(capacity: capacity) } }

  @inlinable public var count: Int { used }
  @inlinable public var isEmpty: Bool { used == 0 }

  /// A copy of the content.
  public var bytes: [UInt8] { withBytes { Array($0) } }

  /// The content as text; ill-formed UTF-8 becomes U+FFFD.
  public var string: String { withBytes { String(decoding: $0, as: UTF8.self) } }

  @inlinable public func withBytes<Result>(_ body: (Bytes) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(storage) {
      try body(Bytes(start: storage.map { UnsafePointer($0.base) }, count: count))
    }
  }

  /// Reserves room for `capacity` bytes in total.
  public mutating func reserve(_ capacity: Int) { if capacity > count { makeRoom(capacity &- count) } }

  /// Empties the buffer and keeps its memory.
  @inlinable public mutating func removeAll() { used = 0 }

  /// Drops everything from `count` on.
  @inlinable public mutating func truncate(to count: Int) {
    if count < used { used = Swift.max(count, 0) }
  }

  /// Ensures unshared memory for `extra` more bytes and returns the address of the first.
  @inlinable @inline(__always) mutating func room(for extra: Int) -> UnsafeMutablePointer<UInt8> {
    if isKnownUniquelyReferenced(&storage), let storage, storage.capacity &- count >= extra {
      return storage.base + count
    }
    return makeRoom(extra)
  }

  @usableFromInline @inline(never) @discardableResult
  mutating func makeRoom(_ extra: Int) -> UnsafeMutablePointer<UInt8> {
    let needed = count + Swift.max(extra, 0)
    if isKnownUniquelyReferenced(&storage), let storage, storage.capacity >= needed { return storage.base + count }
    let capacity = Swift.max(needed, Swift.min(count &* 2, ceiling), 32)
    if ceiling < .max, needed > ceiling || capacity >= Self.worthAsking && MemoryAccount.current.overdrawn(by: capacity) != nil {
      return refuse(needed, extra)
    }
    let grown = Storage(capacity: capacity)
    if let storage { grown.base.update(from: storage.base, count: count) }
    storage = grown
    return grown.base + count
  }

  /// Smaller buffers grow without asking whether the limits on memory allow it.
  private static let worthAsking = 1 << 20

  /// Room for `extra` bytes in place of what was written before.
  private mutating func refuse(_ needed: Int, _ extra: Int) -> UnsafeMutablePointer<UInt8> {
    if refused == 0 { refused = needed }
    used = 0
    if isKnownUniquelyReferenced(&storage), let storage, storage.capacity >= extra { return storage.base }
    let scratch = Storage(capacity: Swift.max(extra, 32))
    storage = scratch
    return scratch.base
  }

  /// Lets `body` write up to `limit` bytes and return how many it wrote.
  @inlinable @inline(__always)
  mutating func append(atMost limit: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
    let written = body(room(for: limit))
    precondition(written >= 0 && written <= limit, "a writer must not exceed the room it requested")
    used &+= written
  }

  @inlinable public mutating func append(_ byte: UInt8) {
    room(for: 1).pointee = byte
    used &+= 1
  }

  @inlinable public mutating func append(_ bytes: Bytes) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    room(for: bytes.count).update(from: base, count: bytes.count)
    used &+= bytes.count
  }

  @inlinable public mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { append($0) } }

  public mutating func append(_ text: String) { text.withUTF8Bytes { append($0) } }

  public mutating func append(_ text: StaticString) {
    append(Bytes(text))
  }

  public mutating func append(_ scalar: Unicode.Scalar) {
    for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(unit) }
  }

  /// Appends `value` in decimal.
  public mutating func append(decimal value: Int64) {
    if value < 0 { append(.minus) }
    append(decimal: value.magnitude)
  }

  public mutating func append(decimal value: UInt64) { append(decimal: value, width: 1) }

  /// Appends `value` in decimal, padded with zeros to at least `width` digits.
  public mutating func append(decimal value: UInt64, width: Int) {
    var digits = 1
    var bound: UInt64 = 10
    while digits < 19 && value >= bound {
      digits &+= 1
      bound &*= 10
    }
    if value >= 10_000_000_000_000_000_000 { digits = 20 }
    let total = Swift.max(digits, width)
    append(atMost: total) { place in
      var rest = value
      var at = total
      while at > 0 {
        at &-= 1
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        place[at] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
        rest = quotient
      }
      return total
    }
  }

  /// Appends two digits; `value` is below 100.
  @inlinable mutating func appendTwoDigits(_ value: Int) {
    append(atMost: 2) { place in
      let (tens, ones) = value.quotientAndRemainder(dividingBy: 10)
      place[0] = 0x30 &+ UInt8(truncatingIfNeeded: tens)
      place[1] = 0x30 &+ UInt8(truncatingIfNeeded: ones)
      return 2
    }
  }

  /// Appends an integer's bytes, least significant first.
  @inlinable public mutating func append<T: FixedWidthInteger & BitwiseCopyable>(littleEndian value: T) {
    append(atMost: MemoryLayout<T>.size) { place in
      UnsafeMutableRawPointer(place).storeBytes(of: value.littleEndian, as: T.self)
      return MemoryLayout<T>.size
    }
  }

  /// Overwrites four bytes at `offset`, which this buffer appended before.
  @inlinable public mutating func patch(_ value: UInt32, at offset: Int) {
    if isFull && offset &+ 4 > count { return }
    precondition(offset >= 0 && offset + 4 <= count, "a patch must stay inside what was appended")
    let base = room(for: 0) - count
    UnsafeMutableRawPointer(base).storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
  }
}
