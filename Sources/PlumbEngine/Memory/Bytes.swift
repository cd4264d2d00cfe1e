import Glibc
import PlumbDiagnostics

/// A run of UTF-8, or of a value's compact form, that someone else owns.
public typealias Bytes = UnsafeBufferPointer<UInt8>

extension String {
  /// The text's UTF-8, valid during `body`.
  @inlinable public func withUTF8Bytes<Result>(_ body: (Bytes) throws -> Result) rethrows -> Result {
    var copy = self
    return try copy.withUTF8(body)
  }

  /// Reads UTF-8; ill-formed parts become U+FFFD.
  @inlinable public init(_ bytes: Bytes) { self = String(decoding: bytes, as: UTF8.self) }
}

extension UnsafeBufferPointer where Element == UInt8 {
  @inlinable public static var empty: Bytes { Bytes(start: nil, count: 0) }

  /// The text of a literal.
  @inlinable public init(_ text: StaticString) { self.init(start: text.utf8Start, count: text.utf8CodeUnitCount) }

  /// The part from `start` up to `end`, clamped to the bounds.
  @inlinable public func part(from start: Int, to end: Int) -> Bytes {
    let lower = Swift.min(Swift.max(start, 0), count)
    let upper = Swift.min(Swift.max(end, lower), count)
    guard let base = baseAddress, upper > lower else { return .empty }
    return Bytes(start: base + lower, count: upper - lower)
  }

  @inlinable public func part(from start: Int) -> Bytes { part(from: start, to: count) }

  /// The bytes without ASCII white space at either end.
  @inlinable public var trimmed: Bytes {
    var lower = 0
    var upper = count
    while lower < upper && self[lower].isSpace { lower &+= 1 }
    while upper > lower && self[upper &- 1].isSpace { upper &-= 1 }
    return part(from: lower, to: upper)
  }

  /// Whether both contain the same bytes.
  @inlinable public func equals(_ other: Bytes) -> Bool {
    guard count == other.count else { return false }
    guard count > 0, let lhs = baseAddress, let rhs = other.baseAddress else { return true }
    return memcmp(lhs, rhs, count) == 0
  }

  /// The number whose bytes begin at `place`, the lowest first; all of them must be there.
  @inlinable public func littleEndian<Number: FixedWidthInteger>(_ type: Number.Type, at place: Int) -> Number {
    precondition(place >= 0 && place &+ MemoryLayout<Number>.size <= count, "numbers are read inside their bytes")
    return Number(littleEndian: UnsafeRawBufferPointer(self).loadUnaligned(fromByteOffset: place, as: type))
  }

  /// The number whose bytes begin at `place`, the highest first; all of them must be there.
  @inlinable public func bigEndian<Number: FixedWidthInteger>(_ type: Number.Type, at place: Int) -> Number {
    littleEndian(type, at: place).byteSwapped
  }

  /// Whether the text contains `word`.
  public func holds(_ word: StaticString) -> Bool {
    let needle = Bytes(word)
    guard let base = baseAddress, let first = needle.first else { return needle.isEmpty }
    var at = 0
    while at &+ needle.count <= count {
      guard let found = memchr(base + at, Int32(first), count &- at &- needle.count &+ 1) else { return false }
      at = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      if part(from: at, to: at &+ needle.count).equals(needle) { return true }
      at &+= 1
    }
    return false
  }

  /// Negative, zero or positive, as in `memcmp`; a prefix sorts before longer texts that start with it.
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

extension Array where Element == UInt8 {
  /// The bytes for the time of `body`.
  @inlinable public func withBytes<Result>(_ body: (Bytes) throws -> Result) rethrows -> Result {
    try withUnsafeBufferPointer(body)
  }
}

extension ArraySlice where Element == UInt8 {
  /// The bytes for the time of `body`.
  @inlinable public func withBytes<Result>(_ body: (Bytes) throws -> Result) rethrows -> Result {
    try withUnsafeBufferPointer(body)
  }
}
