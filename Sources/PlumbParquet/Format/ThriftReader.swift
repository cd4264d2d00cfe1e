import PlumbEngine

/// Reads structures in Thrift's compact protocol, the format of Parquet's footer and page headers.
///
/// Every count is compared with the number of remaining bytes before it is used.
// Apache Thrift, "thrift-compact-protocol.md".
struct ThriftReader {
  /// The type of a field or element.
  enum Kind: UInt8 {
    case `true` = 1, `false`, byte, i16, i32, i64, double, binary, list, set, map, structure, uuid
  }

  struct Field {
    let id: Int
    let kind: Kind
  }

  private let bytes: Bytes
  private(set) var offset = 0
  /// The number of structures being read, which is bounded.
  private var depth = 0

  /// The caller keeps the memory of `bytes` alive.
  init(_ bytes: Bytes) { self.bytes = bytes }

  static let cutShort = ParquetFault("a structure is truncated")
  private static let unexpected = ParquetFault("a structure has a field of the wrong type")

  /// Reads a structure: `body` reads the value of each field that it knows; others are skipped.
  mutating func structure(
    _ body: (Field, inout ThriftReader) throws(ParquetFault) -> Void
  ) throws(ParquetFault) {
    guard depth < 32 else { throw ParquetFault("structures nest too deeply") }
    depth += 1
    var last = 0
    while true {
      let head = try byte()
      if head == 0 { break }
      guard let kind = Kind(rawValue: head & 15) else { throw ParquetFault("a field has an unknown type") }
      let id = head >> 4 == 0 ? Int(try zigzag()) : last + Int(head >> 4)
      last = id
      let before = offset
      let field = Field(id: id, kind: kind)
      try body(field, &self)
      if offset == before && kind != .true && kind != .false { try skip(kind) }
    }
    depth -= 1
  }

  /// Reads a list: `body` reads each element.
  ///
  /// - Returns: The number of elements.
  @discardableResult mutating func list(
    _ field: Field, of kind: Kind, _ body: (inout ThriftReader) throws(ParquetFault) -> Void
  ) throws(ParquetFault) -> Int {
    guard field.kind == .list || field.kind == .set else { throw Self.unexpected }
    let (count, found) = try listHead()
    guard count == 0 || found == kind else { throw Self.unexpected }
    for _ in 0..<count { try body(&self) }
    return count
  }

  mutating func integer(_ field: Field) throws(ParquetFault) -> Int64 {
    switch field.kind {
    case .byte: return Int64(Int8(bitPattern: try byte()))
    case .i16, .i32, .i64: return try zigzag()
    default: throw Self.unexpected
    }
  }

  /// Reads an element of a list of integers.
  mutating func integer() throws(ParquetFault) -> Int64 { try zigzag() }

  func flag(_ field: Field) throws(ParquetFault) -> Bool {
    guard field.kind == .true || field.kind == .false else { throw Self.unexpected }
    return field.kind == .true
  }

  mutating func binary(_ field: Field) throws(ParquetFault) -> Bytes {
    guard field.kind == .binary else { throw Self.unexpected }
    return try binary()
  }

  mutating func binary() throws(ParquetFault) -> Bytes {
    let count = try varint()
    guard count <= UInt64(bytes.count - offset) else { throw Self.cutShort }
    defer { offset += Int(count) }
    return bytes.part(from: offset, to: offset + Int(count))
  }

  mutating func text(_ field: Field) throws(ParquetFault) -> String {
    String(decoding: try binary(field), as: UTF8.self)
  }

  /// Reads a field that is a structure.
  mutating func structure(
    _ field: Field, _ body: (Field, inout ThriftReader) throws(ParquetFault) -> Void
  ) throws(ParquetFault) {
    guard field.kind == .structure else { throw Self.unexpected }
    try structure(body)
  }

  private mutating func skip(_ kind: Kind) throws(ParquetFault) {
    switch kind {
    case .true, .false: break
    case .byte: try pass(1)
    case .i16, .i32, .i64: _ = try varint()
    case .double: try pass(8)
    case .uuid: try pass(16)
    case .binary: _ = try binary()
    case .list, .set:
      let (count, element) = try listHead()
      try skip(count, element)
    case .map:
      let count = try varint()
      if count == 0 { break }
      guard count <= UInt64(bytes.count - offset) else { throw Self.cutShort }
      let kinds = try byte()
      guard let key = Kind(rawValue: kinds >> 4), let value = Kind(rawValue: kinds & 15) else { throw Self.unexpected }
      for _ in 0..<count {
        try skip(1, key)
        try skip(1, value)
      }
    case .structure: try structure { (_, _) throws(ParquetFault) in }
    }
  }

  /// Skips elements; bools take one byte each.
  private mutating func skip(_ count: Int, _ kind: Kind) throws(ParquetFault) {
    guard depth < 32 else { throw ParquetFault("structures nest too deeply") }
    depth += 1
    for _ in 0..<count {
      if kind == .true || kind == .false { try pass(1) } else { try skip(kind) }
    }
    depth -= 1
  }

  private mutating func listHead() throws(ParquetFault) -> (count: Int, kind: Kind) {
    let head = try byte()
    let short = Int(head >> 4)
    let count = short == 15 ? try varint() : UInt64(short)
    guard let kind = Kind(rawValue: head & 15) else {
      if count == 0 { return (0, .byte) }
      throw Self.unexpected
    }
    // An element takes at least one byte.
    guard count <= UInt64(bytes.count - offset) else { throw Self.cutShort }
    return (Int(count), kind)
  }

  private mutating func pass(_ count: Int) throws(ParquetFault) {
    guard count <= bytes.count - offset else { throw Self.cutShort }
    offset += count
  }

  private mutating func byte() throws(ParquetFault) -> UInt8 {
    guard offset < bytes.count else { throw Self.cutShort }
    defer { offset += 1 }
    return bytes[offset]
  }

  private mutating func varint() throws(ParquetFault) -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 70 else { throw ParquetFault("a number has too many bytes") }
      if shift < 64 { result |= UInt64(next & 0x7F) << shift }
      if next < 0x80 { return result }
      shift += 7
    }
  }

  private mutating func zigzag() throws(ParquetFault) -> Int64 {
    let coded = try varint()
    return Int64(bitPattern: coded >> 1) ^ -Int64(bitPattern: coded & 1)
  }
}
