import PlumbEngine

/// A page header: the kind and size of the page, and the encoding of its values.
struct PageHeader: Sendable {
  enum Kind: Int64 { case data, index, dictionary, dataV2 }

  var kind = Kind.index
  /// The uncompressed size, including the levels.
  var size = 0
  /// The size in the file.
  var storedSize = 0
  var checksum: UInt32?
  /// The number of values, nulls and empty lists.
  var count = 0
  var encoding = ValueEncoding.plain
  var hasPackedLevels = false
  /// The size of the levels, which pages of version 2 store uncompressed before the values.
  var repetitionSize = 0
  var definitionSize = 0
  /// Whether the values are compressed with the column's codec.
  var isPacked = true

  /// Reads a header at the beginning of `bytes`.
  ///
  /// - Returns: The size of the header.
  mutating func read(_ bytes: Bytes) throws(ParquetFault) -> Int {
    var reader = ThriftReader(bytes)
    var header = PageHeader()
    var hasKind = false, hasDetails = false
    try reader.structure { (field, reader) throws(ParquetFault) in
      switch field.id {
      case 1:
        guard let kind = Kind(rawValue: try reader.integer(field)) else { throw ParquetFault("a page has an unknown kind") }
        header.kind = kind
        hasKind = true
      case 2: header.size = try Self.size(try reader.integer(field))
      case 3: header.storedSize = try Self.size(try reader.integer(field))
      case 4: header.checksum = UInt32(truncatingIfNeeded: try reader.integer(field))
      case 5, 7, 8:
        hasDetails = true
        try reader.structure(field) { (inner, reader) throws(ParquetFault) in
          try header.take(inner, of: field.id, &reader)
        }
      default: break
      }
    }
    guard hasKind, hasDetails || header.kind == .index else { throw ParquetFault("a page header is incomplete") }
    self = header
    return reader.offset
  }

  private mutating func take(
    _ field: ThriftReader.Field, of part: Int, _ reader: inout ThriftReader
  ) throws(ParquetFault) {
    switch (part, field.id) {
    case (_, 1): count = try Self.size(try reader.integer(field))
    case (5, 2), (7, 2), (8, 4):
      let number = try reader.integer(field)
      guard let known = ValueEncoding(rawValue: Int32(truncatingIfNeeded: number)) else {
        throw ParquetFault("its values have the unknown encoding \(number)")
      }
      encoding = known
    case (5, 3): hasPackedLevels = try reader.integer(field) == Int64(ValueEncoding.packedLevels.rawValue)
    case (8, 5): definitionSize = try Self.size(try reader.integer(field))
    case (8, 6): repetitionSize = try Self.size(try reader.integer(field))
    case (8, 7): isPacked = try reader.flag(field)
    default: break
    }
  }

  private static func size(_ number: Int64) throws(ParquetFault) -> Int {
    guard number >= 0, number <= Int64(Int32.max) else { throw ParquetFault("the size of a page is invalid") }
    return Int(number)
  }
}
