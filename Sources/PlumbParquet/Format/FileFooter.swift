import PlumbEngine

/// The footer of a Parquet file: its columns, and the location of the values of each row group.
struct FileFooter: Sendable {
  var schema: [SchemaElement] = []
  var rowCount: Int64 = 0
  var rowGroups: [RowGroupPlace] = []
  var properties: [(key: String, value: String)] = []
  var writer = ""
  /// Whether columns are encrypted though the footer is not.
  var isEncrypted = false
}

/// A column or a group of columns, in depth-first order.
struct SchemaElement: Sendable {
  enum Repetition: Int64, Sendable { case required, optional, repeated }

  var name = ""
  /// The number of the physical type; nil for a group.
  var type: Int64?
  var length: Int64 = 0
  var repetition = Repetition.required
  var childCount: Int64 = 0
  var converted: Int64?
  var scale: Int64 = 0
  var logical: LogicalType?
}

/// The annotation of a column that gives the meaning of its values.
enum LogicalType: Hashable, Sendable {
  case string, map, list, `enum`, date, unknown, json, bson, uuid, half, variant, geometry
  case decimal(scale: Int64)
  /// With the nanoseconds per unit; nil for an unknown unit.
  case time(Int64?), timestamp(Int64?)
  case integer(bits: Int64, isSigned: Bool)
  case other(Int)
}

struct RowGroupPlace: Sendable {
  var rowCount: Int64 = 0
  var chunks: [ChunkPlace] = []
}

/// The location of the values of a leaf column in a row group, and its statistics.
struct ChunkPlace: Sendable {
  /// The number of the physical type.
  var type: Int64 = -1
  var codec: Int64 = 0
  var valueCount: Int64 = 0
  var size: Int64 = 0
  var dataOffset: Int64 = 0
  var dictionaryOffset: Int64?
  var low: StatisticsBound?
  var high: StatisticsBound?
  var nullCount: Int64?
  var nanCount: Int64?
  /// Whether the bounds are in the order of the type; the first writers compared unsigned numbers as signed.
  var hasTypedBounds = false
  /// Whether all data pages contain dictionary indices; nil if unknown.
  var isAllDictionary: Bool?
  var isElsewhere = false
  var isEncrypted = false

  /// The offset of the first page.
  var start: Int64 {
    if let dictionaryOffset, dictionaryOffset > 0 { return min(dictionaryOffset, dataOffset) }
    return dataOffset
  }
}

/// A bound of up to 16 stored bytes; longer ones belong to texts, which have no bounds in row groups.
struct StatisticsBound: Sendable {
  private let word: UInt64
  let count: Int

  init?(_ bytes: Bytes) {
    guard bytes.count <= 8 else { return nil }
    count = bytes.count
    var word: UInt64 = 0
    for (place, byte) in bytes.enumerated() { word |= UInt64(byte) << UInt64(8 * place) }
    self.word = word
  }

  var int32: Int32? { count == 4 ? Int32(truncatingIfNeeded: Int64(bitPattern: word)) : nil }
  var int64: Int64? { count == 8 ? Int64(bitPattern: word) : nil }
  var float: Float? { count == 4 ? Float(bitPattern: UInt32(truncatingIfNeeded: word)) : nil }
  var double: Double? { count == 8 ? Double(bitPattern: word) : nil }
}

extension FileFooter {
  /// Parses a footer.
  init(_ bytes: Bytes) throws(ParquetFault) {
    var reader = ThriftReader(bytes)
    var footer = FileFooter()
    try reader.structure { (field, reader) throws(ParquetFault) in
      switch field.id {
      case 2:
        try reader.list(field, of: .structure) { (reader) throws(ParquetFault) in
          footer.schema.append(try SchemaElement(&reader))
        }
      case 3: footer.rowCount = try reader.integer(field)
      case 4:
        try reader.list(field, of: .structure) { (reader) throws(ParquetFault) in
          footer.rowGroups.append(try RowGroupPlace(&reader))
        }
      case 5:
        try reader.list(field, of: .structure) { (reader) throws(ParquetFault) in
          var key = "", value = ""
          try reader.structure { (field, reader) throws(ParquetFault) in
            switch field.id {
            case 1: key = try reader.text(field)
            case 2: value = try reader.text(field)
            default: break
            }
          }
          footer.properties.append((key, value))
        }
      case 6: footer.writer = try reader.text(field)
      case 8: footer.isEncrypted = true
      default: break
      }
    }
    self = footer
  }
}

extension SchemaElement {
  fileprivate init(_ reader: inout ThriftReader) throws(ParquetFault) {
    var element = SchemaElement()
    try reader.structure { (field, reader) throws(ParquetFault) in
      switch field.id {
      case 1: element.type = try reader.integer(field)
      case 2: element.length = try reader.integer(field)
      case 3:
        guard let repetition = Repetition(rawValue: try reader.integer(field)) else {
          throw ParquetFault("a column is not required, optional or repeated")
        }
        element.repetition = repetition
      case 4: element.name = try reader.text(field)
      case 5: element.childCount = try reader.integer(field)
      case 6: element.converted = try reader.integer(field)
      case 7: element.scale = try reader.integer(field)
      case 10: element.logical = try LogicalType(&reader, field)
      default: break
      }
    }
    self = element
  }
}

extension LogicalType {
  /// Reads the union of logical types; nil if it is empty.
  fileprivate init?(_ reader: inout ThriftReader, _ field: ThriftReader.Field) throws(ParquetFault) {
    var found: LogicalType?
    try reader.structure(field) { (field, reader) throws(ParquetFault) in
      switch field.id {
      case 1: found = .string
      case 2: found = .map
      case 3: found = .list
      case 4: found = .enum
      case 5:
        var scale: Int64 = 0
        try reader.structure(field) { (field, reader) throws(ParquetFault) in
          if field.id == 1 { scale = try reader.integer(field) }
        }
        found = .decimal(scale: scale)
      case 6: found = .date
      case 7: found = .time(try LogicalType.unit(&reader, field))
      case 8: found = .timestamp(try LogicalType.unit(&reader, field))
      case 10:
        var bits: Int64 = 0
        var isSigned = true
        try reader.structure(field) { (field, reader) throws(ParquetFault) in
          switch field.id {
          case 1: bits = try reader.integer(field)
          case 2: isSigned = try reader.flag(field)
          default: break
          }
        }
        found = .integer(bits: bits, isSigned: isSigned)
      case 11: found = .unknown
      case 12: found = .json
      case 13: found = .bson
      case 14: found = .uuid
      case 15: found = .half
      case 16: found = .variant
      case 17, 18: found = .geometry
      default: found = .other(field.id)
      }
    }
    guard let found else { return nil }
    self = found
  }

  /// Returns the nanoseconds per unit of a time.
  private static func unit(
    _ reader: inout ThriftReader, _ field: ThriftReader.Field
  ) throws(ParquetFault) -> Int64? {
    var unit: Int64?
    try reader.structure(field) { (field, reader) throws(ParquetFault) in
      guard field.id == 2 else { return }
      try reader.structure(field) { (field, _) throws(ParquetFault) in
        switch field.id {
        case 1: unit = 1_000_000
        case 2: unit = 1_000
        case 3: unit = 1
        default: break
        }
      }
    }
    return unit
  }
}

extension RowGroupPlace {
  fileprivate init(_ reader: inout ThriftReader) throws(ParquetFault) {
    var group = RowGroupPlace()
    try reader.structure { (field, reader) throws(ParquetFault) in
      switch field.id {
      case 1:
        try reader.list(field, of: .structure) { (reader) throws(ParquetFault) in
          group.chunks.append(try ChunkPlace(&reader))
        }
      case 3: group.rowCount = try reader.integer(field)
      default: break
      }
    }
    self = group
  }
}

extension ChunkPlace {
  fileprivate init(_ reader: inout ThriftReader) throws(ParquetFault) {
    var chunk = ChunkPlace()
    try reader.structure { (field, reader) throws(ParquetFault) in
      switch field.id {
      case 1: chunk.isElsewhere = try !reader.binary(field).isEmpty
      case 3: try reader.structure(field) { (field, reader) throws(ParquetFault) in try chunk.take(field, &reader) }
      case 8, 9: chunk.isEncrypted = true
      default: break
      }
    }
    self = chunk
  }

  private mutating func take(_ field: ThriftReader.Field, _ reader: inout ThriftReader) throws(ParquetFault) {
    switch field.id {
    case 1: type = try reader.integer(field)
    case 2:
      var others = 0, dictionaries = 0
      try reader.list(field, of: .i32) { (reader) throws(ParquetFault) in
        switch ValueEncoding(rawValue: Int32(truncatingIfNeeded: try reader.integer())) {
        case .dictionary, .plainDictionary: dictionaries += 1
        case .runs, .packedLevels: break
        default: others += 1
        }
      }
      // PLAIN may be the encoding of the dictionary page only.
      if isAllDictionary == nil { isAllDictionary = dictionaries == 0 ? false : others == 0 ? true : nil }
    case 4: codec = try reader.integer(field)
    case 5: valueCount = try reader.integer(field)
    case 7: size = try reader.integer(field)
    case 9: dataOffset = try reader.integer(field)
    case 11: dictionaryOffset = try reader.integer(field)
    case 12: try takeStatistics(field, &reader)
    case 13:
      var others = 0, dictionaries = 0
      try reader.list(field, of: .structure) { (reader) throws(ParquetFault) in
        var page: Int64 = -1, encoding: Int64 = -1, count: Int64 = 0
        try reader.structure { (field, reader) throws(ParquetFault) in
          switch field.id {
          case 1: page = try reader.integer(field)
          case 2: encoding = try reader.integer(field)
          case 3: count = try reader.integer(field)
          default: break
          }
        }
        guard page == 0 || page == 3, count > 0 else { return }
        if ValueEncoding(rawValue: Int32(truncatingIfNeeded: encoding))?.isDictionary == true {
          dictionaries += 1
        } else {
          others += 1
        }
      }
      if dictionaries + others > 0 { isAllDictionary = others == 0 }
    default: break
    }
  }

  private mutating func takeStatistics(
    _ field: ThriftReader.Field, _ reader: inout ThriftReader
  ) throws(ParquetFault) {
    try reader.structure(field) { (field, reader) throws(ParquetFault) in
      switch field.id {
      case 1: if !hasTypedBounds { high = StatisticsBound(try reader.binary(field)) }
      case 2: if !hasTypedBounds { low = StatisticsBound(try reader.binary(field)) }
      case 3: nullCount = try reader.integer(field)
      case 5:
        high = StatisticsBound(try reader.binary(field))
        hasTypedBounds = true
      case 6:
        low = StatisticsBound(try reader.binary(field))
        hasTypedBounds = true
      case 9: nanCount = try reader.integer(field)
      default: break
      }
    }
  }
}
