import Glibc

/// A run of UTF-8, or of a value's compact form, that somebody else owns.
public typealias Bytes = UnsafeBufferPointer<UInt8>

/// A growing output of bytes that values print themselves into, so that no `String` is made per value.
public struct ByteBuffer: Sendable {
  @usableFromInline var storage: [UInt8] = []

  @inlinable public init() {}

  @inlinable public init(capacity: Int) { storage.reserveCapacity(capacity) }

  @inlinable public var count: Int { storage.count }
  @inlinable public var isEmpty: Bool { storage.isEmpty }

  /// The content as an array.
  @inlinable public var bytes: [UInt8] { storage }

  /// The content as text; ill-formed UTF-8 becomes U+FFFD.
  public var string: String { String(decoding: storage, as: UTF8.self) }

  @inlinable public func withBytes<Result>(_ body: (Bytes) throws -> Result) rethrows -> Result {
    try storage.withUnsafeBufferPointer(body)
  }

  @inlinable public mutating func reserve(_ capacity: Int) { storage.reserveCapacity(capacity) }

  /// Empties the buffer and keeps its memory.
  @inlinable public mutating func removeAll() { storage.removeAll(keepingCapacity: true) }

  /// Drops everything from `count` on.
  @inlinable public mutating func truncate(to count: Int) {
    if count < storage.count { storage.removeLast(storage.count - Swift.max(count, 0)) }
  }

  @inlinable public mutating func append(_ byte: UInt8) { storage.append(byte) }

  @inlinable public mutating func append(_ bytes: Bytes) { storage.append(contentsOf: bytes) }

  @inlinable public mutating func append(_ bytes: [UInt8]) { storage.append(contentsOf: bytes) }

  public mutating func append(_ text: String) { storage.append(contentsOf: text.utf8) }

  public mutating func append(_ text: StaticString) {
    storage.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  public mutating func append(_ scalar: Unicode.Scalar) {
    storage.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }

  /// Appends `value` in decimal.
  public mutating func append(decimal value: Int64) {
    if value < 0 { storage.append(0x2D) }
    append(decimal: value.magnitude)
  }

  public mutating func append(decimal value: UInt64) {
    if value < 10 {
      storage.append(0x30 &+ UInt8(truncatingIfNeeded: value))
      return
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var at = 20
      var rest = value
      repeat {
        at &-= 1
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        digits[at] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
        rest = quotient
      } while rest != 0
      storage.append(contentsOf: digits[at...])
    }
  }

  /// Appends `value` in decimal, padded with zeros to at least `width` digits.
  public mutating func append(decimal value: UInt64, width: Int) {
    var digits = 1
    var bound: UInt64 = 10
    while digits < 19 && value >= bound {
      digits &+= 1
      bound &*= 10
    }
    if value >= 10_000_000_000_000_000_000 { digits = 20 }
    while digits < width {
      storage.append(0x30)
      digits &+= 1
    }
    append(decimal: value)
  }

  /// Appends two digits; `value` is below 100.
  @inlinable mutating func appendTwoDigits(_ value: Int) {
    let (tens, ones) = value.quotientAndRemainder(dividingBy: 10)
    storage.append(0x30 &+ UInt8(truncatingIfNeeded: tens))
    storage.append(0x30 &+ UInt8(truncatingIfNeeded: ones))
  }

  /// Appends an integer's bytes, least significant first.
  @inlinable public mutating func append<T: FixedWidthInteger>(littleEndian value: T) {
    withUnsafeBytes(of: value.littleEndian) { storage.append(contentsOf: $0) }
  }

  /// Overwrites four bytes at `offset`, which this buffer appended before.
  @inlinable mutating func patch(_ value: UInt32, at offset: Int) {
    precondition(offset >= 0 && offset + 4 <= storage.count, "a patch stays inside what was appended")
    storage.withUnsafeMutableBytes {
      $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
    }
  }
}

extension String {
  /// The text's UTF-8 for the time of `body`.
  @inlinable public func withUTF8Bytes<Result>(_ body: (Bytes) throws -> Result) rethrows -> Result {
    var copy = self
    return try copy.withUTF8(body)
  }

  /// Reads UTF-8; ill-formed parts become U+FFFD.
  @inlinable public init(_ bytes: Bytes) { self = String(decoding: bytes, as: UTF8.self) }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// The part from `start` up to `end`, clamped to what is there.
  @inlinable public func part(from start: Int, to end: Int) -> Bytes {
    let lower = Swift.min(Swift.max(start, 0), count)
    let upper = Swift.min(Swift.max(end, lower), count)
    guard let base = baseAddress, upper > lower else { return Bytes(start: nil, count: 0) }
    return Bytes(start: base + lower, count: upper - lower)
  }

  @inlinable public func part(from start: Int) -> Bytes { part(from: start, to: count) }

  /// Without the white space of ASCII at either end.
  @inlinable public var trimmed: Bytes {
    var lower = 0
    var upper = count
    while lower < upper && self[lower].isSpace { lower &+= 1 }
    while upper > lower && self[upper &- 1].isSpace { upper &-= 1 }
    return part(from: lower, to: upper)
  }

  /// Whether both hold the same bytes.
  @inlinable public func equals(_ other: Bytes) -> Bool {
    guard count == other.count else { return false }
    guard count > 0, let lhs = baseAddress, let rhs = other.baseAddress else { return true }
    return memcmp(lhs, rhs, count) == 0
  }

  /// Negative, zero or positive, as in `memcmp`; a prefix comes before what it begins.
  @inlinable public func compared(to other: Bytes) -> Int {
    let shared = Swift.min(count, other.count)
    if shared > 0, let lhs = baseAddress, let rhs = other.baseAddress {
      let order = memcmp(lhs, rhs, shared)
      if order != 0 { return Int(order) }
    }
    return count - other.count
  }

  /// Whether the bytes are `word` in any case of ASCII; `word` is in lower case.
  @usableFromInline func equalsIgnoringCase(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    let other = word.utf8Start
    for i in 0..<count where self[i].asciiLowercased != other[i] { return false }
    return true
  }
}

extension UInt8 {
  @inlinable var isSpace: Bool { self == 0x20 || (self >= 9 && self <= 13) }
  @inlinable var isDigit: Bool { self &- 0x30 < 10 }
  @inlinable var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }
  @inlinable var asciiLowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
  @inlinable var asciiUppercased: UInt8 { self &- 0x61 < 26 ? self & 0xDF : self }

  /// The value of a hexadecimal digit.
  @inlinable var hexValue: UInt8? {
    if isDigit { return self &- 0x30 }
    let letter = (self | 0x20) &- 0x61
    return letter < 6 ? letter &+ 10 : nil
  }
}
