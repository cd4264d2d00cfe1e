import PlumbEngine

/// The KQL type of a leaf column of a file.
extension SchemaNode {
  /// - Throws: A fault if the type and its annotation do not fit.
  func leafType() throws(ParquetFault) -> LeafType {
    let storage = try storage()
    switch meaning {
    case .unknown: return LeafType(storage, .nothing, .dynamic)
    case .decimal(let scale): return try decimal(storage, scale)
    case .date where storage == .int32:
      return LeafType(storage, .ticks(TickScale(nanoseconds: 86_400_000_000_000, isTime: true)), .datetime)
    case .time(let unit?) where storage == .int32 || storage == .int64:
      return LeafType(storage, .ticks(TickScale(nanoseconds: unit, isTime: false)), .timespan)
    case .timestamp(let unit?) where storage == .int64:
      return LeafType(storage, .ticks(TickScale(nanoseconds: unit, isTime: true)), .datetime)
    case .integer(let bits, false) where storage == .int32:
      return bits < 32 ? LeafType(storage, .value, .int) : LeafType(storage, .unsigned, .long)
    case .integer(_, false) where storage == .int64: return LeafType(storage, .unsigned, .decimal)
    case .uuid where storage == .fixed(16): return LeafType(storage, .uuid, .guid)
    case .half where storage == .fixed(2): return LeafType(storage, .half, .real)
    case .json where storage == .bytes: return LeafType(storage, .json, .dynamic)
    case .string, .enum:
      if storage == .bytes { return LeafType(storage, .text, .string) }
    case .interval where storage == .fixed(12): return LeafType(storage, .interval, .timespan)
    default: break
    }
    // An annotation that does not fit, or is unknown, leaves the stored values unchanged.
    switch storage {
    case .boolean: return LeafType(storage, .value, .bool)
    case .int32: return LeafType(storage, .value, .int)
    case .int64: return LeafType(storage, .value, .long)
    case .int96: return LeafType(storage, .julian, .datetime)
    case .float, .double: return LeafType(storage, .value, .real)
    case .bytes, .fixed: return LeafType(storage, .binary, .string)
    }
  }

  private func storage() throws(ParquetFault) -> LeafType.Storage {
    switch element.type {
    case 0: return .boolean
    case 1: return .int32
    case 2: return .int64
    case 3: return .int96
    case 4: return .float
    case 5: return .double
    case 6: return .bytes
    case 7:
      guard element.length > 0, element.length <= 1 << 20 else {
        throw ParquetFault("its column `\(name)` has byte strings of \(element.length) bytes")
      }
      return .fixed(Int(element.length))
    default: throw ParquetFault("its column `\(name)` has the unknown type \(element.type ?? -1)")
    }
  }

  private func decimal(_ storage: LeafType.Storage, _ scale: Int64) throws(ParquetFault) -> LeafType {
    guard scale >= 0, scale <= 76 else { throw ParquetFault("its column `\(name)` has decimals of \(scale) places") }
    switch storage {
    case .int32, .int64, .bytes, .fixed: return LeafType(storage, .decimal(scale: Int(scale)), .decimal)
    case .boolean, .int96, .float, .double: throw ParquetFault("its column `\(name)` has decimals of a wrong type")
    }
  }

  enum Meaning {
    case none, unknown, string, `enum`, json, uuid, half, date, interval
    case decimal(scale: Int64)
    case time(Int64?), timestamp(Int64?)
    case integer(bits: Int64, isSigned: Bool)
  }

  /// The meaning given by the annotation; if missing, by that of the first versions of the format.
  private var meaning: Meaning {
    switch element.logical {
    case .string: return .string
    case .enum: return .enum
    case .date: return .date
    case .unknown: return .unknown
    case .json: return .json
    case .uuid: return .uuid
    case .half: return .half
    case .decimal(let scale): return .decimal(scale: scale)
    case .time(let unit): return .time(unit)
    case .timestamp(let unit): return .timestamp(unit)
    case .integer(let bits, let isSigned): return .integer(bits: bits, isSigned: isSigned)
    case .bson, .variant, .geometry, .map, .list, .other: return .none
    case nil: break
    }
    switch element.converted {
    case 0: return .string
    case 4: return .enum
    case 5: return .decimal(scale: element.scale)
    case 6: return .date
    case 7: return .time(1_000_000)
    case 8: return .time(1_000)
    case 9: return .timestamp(1_000_000)
    case 10: return .timestamp(1_000)
    case 11: return .integer(bits: 8, isSigned: false)
    case 12: return .integer(bits: 16, isSigned: false)
    case 13: return .integer(bits: 32, isSigned: false)
    case 14: return .integer(bits: 64, isSigned: false)
    case 19: return .json
    case 21: return .interval
    default: return .none
    }
  }
}
