/// The compact form of a `dynamic` value that columns store, readable in place without decoding.
///
/// A tag byte, then the payload, little-endian and unaligned: 8 bytes for long, real, datetime and timespan,
/// 16 for guid and decimal, a count and UTF-8 for a string. An array is the size in bytes of what follows,
/// the count, and the elements; a bag the same with key size, key and value for each slot.
public enum DynamicBytes {
  /// The first byte of a value.
  public enum Tag: UInt8, Sendable {
    case null, `false`, `true`, long, real, string, array, object, datetime, timespan, guid, decimal
  }

  /// The maximum nesting depth of values; deeper text does not parse.
  public static let depthLimit = 500

  /// Appends the compact form; values nested deeper than `depthLimit` become null.
  package static func encode(_ value: Dynamic, to out: inout ByteBuffer) {
    encode(value, depth: 0, to: &out)
  }

  private static func encode(_ value: Dynamic, depth: Int, to out: inout ByteBuffer) {
    switch value {
    case .null: out.appendNull()
    case .bool(let bool): out.append(bool)
    case .long(let long): out.appendLong(long)
    case .real(let real): out.appendReal(real)
    case .string(let text): text.withUTF8Bytes { out.appendString($0) }
    case .datetime(let ticks): out.appendDateTime(ticks)
    case .timespan(let ticks): out.appendTimeSpan(ticks)
    case .guid(let guid): out.appendGUID(guid)
    case .decimal(let decimal): out.appendDecimal(decimal)
    case .array(let elements):
      guard depth < depthLimit else { return out.appendNull() }
      let mark = out.beginArray()
      for element in elements { encode(element, depth: depth + 1, to: &out) }
      out.end(mark, count: elements.count)
    case .object(let members):
      guard depth < depthLimit else { return out.appendNull() }
      let mark = out.beginObject()
      for member in members {
        member.key.withUTF8Bytes { out.appendKey($0) }
        encode(member.value, depth: depth + 1, to: &out)
      }
      out.end(mark, count: members.count)
    }
  }

  /// The tree of a compact value.
  package static func decode(_ bytes: Bytes) -> Dynamic { decode(DynamicCursor(bytes)) }

  private static func decode(_ cursor: DynamicCursor) -> Dynamic {
    switch cursor.tag {
    case .null: return .null
    case .false: return .bool(false)
    case .true: return .bool(true)
    case .long: return .long(cursor.int64)
    case .real: return .real(cursor.double)
    case .string: return .string(String(cursor.text))
    case .datetime: return .datetime(cursor.int64)
    case .timespan: return .timespan(cursor.int64)
    case .guid: return .guid(cursor.guid)
    case .decimal: return .decimal(cursor.decimal)
    case .array:
      var elements: [Dynamic] = []
      elements.reserveCapacity(cursor.count)
      cursor.forEachElement { elements.append(decode($0)) }
      return .array(elements)
    case .object:
      var members: [(key: String, value: Dynamic)] = []
      members.reserveCapacity(cursor.count)
      cursor.forEachMember { members.append((String($0), decode($1))) }
      return .object(members)
    }
  }

  /// Whether bytes from elsewhere, such as a file, are one whole compact value; cursors may then read them.
  public static func isValid(_ bytes: Bytes) -> Bool { validSize(bytes, depth: 0) == bytes.count }

  /// The size of the value at the start of `bytes`.
  private static func validSize(_ bytes: Bytes, depth: Int) -> Int? {
    guard let first = bytes.first, let tag = Tag(rawValue: first) else { return nil }
    func whole(_ size: Int) -> Int? { size <= bytes.count ? size : nil }
    func word(_ offset: Int) -> Int? {
      guard offset + 4 <= bytes.count, let base = bytes.baseAddress else { return nil }
      return Int(UInt32(littleEndian: UnsafeRawPointer(base).loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    switch tag {
    case .null, .false, .true: return 1
    case .long, .real, .datetime, .timespan: return whole(9)
    case .guid: return whole(17)
    case .decimal:
      guard bytes.count >= 17 else { return nil }
      let bits = DynamicCursor(bytes).pair
      return Decimal128(checkingHigh: bits.high, low: bits.low) == nil ? nil : 17
    case .string: return word(1).flatMap { whole(5 + $0) }
    case .array, .object:
      guard depth < depthLimit, let size = word(1), let count = word(5), let end = whole(5 + size) else { return nil }
      var at = 9
      for _ in 0..<count {
        if tag == .object {
          guard at + 4 <= end, let key = word(at), at + 4 + key <= end else { return nil }
          at += 4 + key
        }
        guard let element = validSize(bytes.part(from: at, to: end), depth: depth + 1) else { return nil }
        at += element
      }
      return at == end ? end : nil
    }
  }
}

/// The start of an array or a bag that is being built.
public struct DynamicMark: Sendable {
  @usableFromInline let offset: Int
  @usableFromInline init(offset: Int) { self.offset = offset }
}

/// Building compact values, without a tree: scalars append themselves, containers begin and end.
extension ByteBuffer {
  @inlinable public mutating func appendNull() { append(DynamicBytes.Tag.null.rawValue) }

  @inlinable public mutating func append(_ value: Bool) {
    append(value ? DynamicBytes.Tag.true.rawValue : DynamicBytes.Tag.false.rawValue)
  }

  @inlinable public mutating func appendLong(_ value: Int64) {
    append(.long, UInt64(bitPattern: value))
  }

  @inlinable public mutating func appendReal(_ value: Double) {
    append(.real, value.bitPattern)
  }

  @inlinable public mutating func appendString(_ text: Bytes) {
    let place = room(for: text.count &+ 5)
    place[0] = DynamicBytes.Tag.string.rawValue
    UnsafeMutableRawPointer(place).storeBytes(
      of: UInt32(truncatingIfNeeded: text.count).littleEndian, toByteOffset: 1, as: UInt32.self)
    if let base = text.baseAddress { (place + 5).update(from: base, count: text.count) }
    used &+= text.count &+ 5
  }

  @inlinable public mutating func appendDateTime(_ ticks: Int64) {
    append(.datetime, UInt64(bitPattern: ticks))
  }

  @inlinable public mutating func appendTimeSpan(_ ticks: Int64) {
    append(.timespan, UInt64(bitPattern: ticks))
  }

  @inlinable public mutating func appendGUID(_ guid: GUID) {
    append(DynamicBytes.Tag.guid.rawValue)
    append(littleEndian: guid.high)
    append(littleEndian: guid.low)
  }

  @inlinable public mutating func appendDecimal(_ decimal: Decimal128) {
    append(DynamicBytes.Tag.decimal.rawValue)
    append(littleEndian: decimal.high)
    append(littleEndian: decimal.low)
  }

  /// Appends a slot's key; its value follows.
  @inlinable public mutating func appendKey(_ text: Bytes) {
    append(littleEndian: UInt32(truncatingIfNeeded: text.count))
    append(text)
  }

  public mutating func appendKey(_ text: StaticString) {
    appendKey(Bytes(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inlinable public mutating func beginArray() -> DynamicMark { begin(.array) }
  @inlinable public mutating func beginObject() -> DynamicMark { begin(.object) }

  @inlinable mutating func begin(_ tag: DynamicBytes.Tag) -> DynamicMark {
    let mark = DynamicMark(offset: count)
    append(tag, 0)
    return mark
  }

  /// Appends a tag and the eight bytes after it.
  @inlinable @inline(__always) mutating func append(_ tag: DynamicBytes.Tag, _ payload: UInt64) {
    let place = room(for: 9)
    place[0] = tag.rawValue
    UnsafeMutableRawPointer(place).storeBytes(of: payload.littleEndian, toByteOffset: 1, as: UInt64.self)
    used &+= 9
  }

  /// Ends the array or bag begun at `mark`, with `count` elements or slots since.
  @inlinable public mutating func end(_ mark: DynamicMark, count elements: Int) {
    let size = count &- mark.offset &- 5
    patch(UInt32(truncatingIfNeeded: size), at: mark.offset &+ 1)
    patch(UInt32(truncatingIfNeeded: elements), at: mark.offset &+ 5)
  }

  /// Appends an array of reals.
  public mutating func appendArray(_ values: [Double]) {
    let mark = beginArray()
    reserve(count + values.count * 9)
    for value in values { appendReal(value) }
    end(mark, count: values.count)
  }

  /// Appends an array of strings.
  public mutating func appendArray(_ values: [String]) {
    let mark = beginArray()
    for value in values { value.withUTF8Bytes { appendString($0) } }
    end(mark, count: values.count)
  }

  public mutating func appendString(_ text: String) { text.withUTF8Bytes { appendString($0) } }

  public mutating func appendString(_ text: StaticString) {
    appendString(Bytes(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
