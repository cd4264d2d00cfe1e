/// A position in a compact `dynamic` value, from which it is read without decoding.
///
/// The bytes were made by `ByteBuffer`'s builders or `JSONText.parse`, or passed
/// `DynamicBytes.isValid`; no bytes at all are null. A cursor must not outlive its bytes.
public struct DynamicCursor {
  @usableFromInline let start: UnsafeRawPointer?

  @inlinable public init(_ bytes: Bytes) {
    start = bytes.isEmpty ? nil : UnsafeRawPointer(bytes.baseAddress)
  }

  @inlinable init(start: UnsafeRawPointer) { self.start = start }

  @inlinable public var tag: DynamicBytes.Tag {
    guard let start else { return .null }
    return DynamicBytes.Tag(rawValue: start.load(as: UInt8.self)) ?? .null
  }

  @inlinable public var isNull: Bool { tag == .null }
  @inlinable public var isArray: Bool { tag == .array }
  @inlinable public var isObject: Bool { tag == .object }

  @inlinable func word(_ offset: Int) -> Int {
    guard let start else { return 0 }
    return Int(UInt32(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  /// The payload of a long, datetime or timespan.
  @inlinable public var int64: Int64 {
    guard let start else { return 0 }
    return Int64(littleEndian: start.loadUnaligned(fromByteOffset: 1, as: Int64.self))
  }

  /// The payload of a real.
  @inlinable public var double: Double { Double(bitPattern: UInt64(bitPattern: int64)) }

  @inlinable var pair: (high: UInt64, low: UInt64) {
    guard let start else { return (0, 0) }
    return (
      UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 1, as: UInt64.self)),
      UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 9, as: UInt64.self))
    )
  }

  /// The payload of a guid.
  @inlinable public var guid: GUID { GUID(high: pair.high, low: pair.low) }

  /// The payload of a decimal.
  @inlinable public var decimal: Decimal128 { Decimal128(high: pair.high, low: pair.low) }

  /// The payload of a string.
  @inlinable public var text: Bytes { bytes(at: 5, count: word(1)) }

  @inlinable func bytes(at offset: Int, count: Int) -> Bytes {
    guard let start, count > 0 else { return Bytes(start: nil, count: 0) }
    return Bytes(start: (start + offset).assumingMemoryBound(to: UInt8.self), count: count)
  }

  /// The number of elements of an array or slots of a bag; 0 for other values.
  @inlinable public var count: Int {
    switch tag {
    case .array, .object: word(5)
    default: 0
    }
  }

  /// The size of the whole value in bytes; adding it skips the value.
  @inlinable public var size: Int {
    switch tag {
    case .null: start == nil ? 0 : 1
    case .false, .true: 1
    case .long, .real, .datetime, .timespan: 9
    case .guid, .decimal: 17
    case .string, .array, .object: 5 &+ word(1)
    }
  }

  /// The value's own bytes.
  @inlinable public var bytes: Bytes { bytes(at: 0, count: size) }

  /// The number, if this is a long or a real.
  @inlinable public var number: Double? {
    switch tag {
    case .long: Double(int64)
    case .real: double
    default: nil
    }
  }

  @inlinable public var bool: Bool? {
    switch tag {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// Visits an array's elements in order.
  @inlinable public func forEachElement(_ body: (DynamicCursor) throws -> Void) rethrows {
    guard let start, tag == .array else { return }
    var at = start + 9
    for _ in 0..<word(5) {
      let element = DynamicCursor(start: at)
      try body(element)
      at += element.size
    }
  }

  /// Visits a bag's slots in order.
  @inlinable public func forEachMember(_ body: (_ key: Bytes, _ value: DynamicCursor) throws -> Void) rethrows {
    guard let start, tag == .object else { return }
    var at = start + 9
    for _ in 0..<word(5) {
      let size = DynamicCursor(start: at - 1).word(1)
      let key = Bytes(start: (at + 4).assumingMemoryBound(to: UInt8.self), count: size)
      let value = DynamicCursor(start: at + 4 + size)
      try body(key, value)
      at += 4 + size + value.size
    }
  }

  /// An array's element, counted from the end if `index` is negative; nil out of bounds, and for anything but arrays.
  public func element(at index: Int) -> DynamicCursor? {
    guard let start, tag == .array else { return nil }
    let count = word(5)
    let position = index < 0 ? count &+ index : index
    guard position >= 0, position < count else { return nil }
    var at = start + 9
    for _ in 0..<position { at += DynamicCursor(start: at).size }
    return DynamicCursor(start: at)
  }

  /// The value of a bag's slot; nil if it is missing, and for anything but bags.
  public func member(named name: Bytes) -> DynamicCursor? {
    guard let start, tag == .object else { return nil }
    var at = start + 9
    for _ in 0..<word(5) {
      let size = DynamicCursor(start: at - 1).word(1)
      let value = DynamicCursor(start: at + 4 + size)
      if size == name.count,
        Bytes(start: (at + 4).assumingMemoryBound(to: UInt8.self), count: size).equals(name)
      {
        return value
      }
      at += 4 + size + value.size
    }
    return nil
  }
}
