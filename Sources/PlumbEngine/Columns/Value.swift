/// One scalar at the boundary: a literal, a parameter, a cell of a result. Never one per row inside the engine.
package enum Value: Hashable, Sendable {
  case null(ScalarType)
  case bool(Bool)
  case int(Int32)
  case long(Int64)
  case real(Double)
  case decimal(Decimal128)
  /// Ticks of 100 ns since 0001-01-01.
  case datetime(Int64)
  /// A constant vector whose one value represents `count` rows.
  case timespan(Int64)
  case string(String)
  case guid(GUID)
  case dynamic(Dynamic)

  package var type: ScalarType {
    switch self {
    case .null(let type): type
    case .bool: .bool
    case .int: .int
    case .long: .long
    case .real: .real
    case .decimal: .decimal
    case .datetime: .datetime
    case .timespan: .timespan
    case .string: .string
    case .guid: .guid
    case .dynamic: .dynamic
    }
  }

  /// The number of bytes of a text; 0 for values of other types.
  var textSize: Int {
    if case .string(let text) = self { return text.utf8.count }
    return 0
  }

  package var isNull: Bool {
    switch self {
    case .null(let type): type != .string
    case .dynamic(.null): true
    default: false
    }
  }
}

extension Vector {
  /// A vector of one value that represents `count` rows.
  package static func constant(_ value: Value, count: Int = 1) -> Vector {
    let type = value.type
    let buffer = Buffer.zeros(byteCount: 16)
    var isNull = false
    var holding: AnyObject?
    switch value {
    case .null: isNull = type != .string
    case .bool(let flag): buffer.values(UInt8.self)[0] = flag ? 1 : 0
    case .int(let number): buffer.values(Int64.self)[0] = Int64(number)
    case .long(let number), .datetime(let number), .timespan(let number):
      buffer.values(Int64.self)[0] = number
    case .real(let number): buffer.values(Double.self)[0] = number
    case .decimal(let number): buffer.values(Decimal128.self)[0] = number
    case .guid(let guid): buffer.values(GUID.self)[0] = guid
    case .string(var text):
      let arena = ByteArena(blockSize: 64)
      buffer.values(Bytes.self)[0] = text.withUTF8 { arena.copying($0) }
      holding = arena
    case .dynamic(.null): isNull = true
    case .dynamic(let tree):
      let arena = ByteArena(blockSize: 64)
      buffer.values(Bytes.self)[0] = arena.encoding(tree)
      holding = arena
    }
    let mask = isNull ? Buffer(byteCount: 1) : nil
    mask?.values(UInt8.self)[0] = 1
    return Vector(
      type, count: count, data: buffer.base, owner: holding.map { Owners([buffer, $0]) } ?? buffer,
      nulls: mask.map { UnsafePointer($0.values(UInt8.self)) }, nullOwner: mask, isConstant: true)
  }

  /// One cell, for output and constants.
  package func value(at row: Int) -> Value {
    if isNull(row) { return .null(type) }
    let place = isConstant ? 0 : row
    switch type {
    case .bool: return .bool(lanes(UInt8.self)[place] != 0)
    case .int: return .int(Int32(truncatingIfNeeded: word(at: place)))
    case .long: return .long(word(at: place))
    case .datetime: return .datetime(word(at: place))
    case .timespan: return .timespan(word(at: place))
    case .real: return .real(lanes(Double.self)[place])
    case .decimal: return .decimal(lanes(Decimal128.self)[place])
    case .guid: return .guid(lanes(GUID.self)[place])
    case .string: return .string(String(decoding: bytes(at: place), as: UTF8.self))
    case .dynamic: return .dynamic(DynamicBytes.decode(bytes(at: place)))
    }
  }

  /// The number in a 64-bit lane at a stored index, whatever the encoding.
  @inline(__always) package func word(at place: Int) -> Int64 {
    encoding == .narrow ? Int64(lanes(Int32.self)[place]) : lanes(Int64.self)[place]
  }

  /// The bytes at a stored index, whatever the encoding.
  @inline(__always) package func bytes(at place: Int) -> Bytes {
    switch encoding {
    case .plain, .narrow: return lanes(Bytes.self)[place]
    case .codes8: return dictionary.unsafelyUnwrapped[Int(lanes(UInt8.self)[place])]
    case .codes16: return dictionary.unsafelyUnwrapped[Int(lanes(UInt16.self)[place])]
    case .codes32: return dictionary.unsafelyUnwrapped[Int(lanes(UInt32.self)[place])]
    }
  }
}

extension Value {
  /// The number in a 64-bit lane; 0 for other types.
  var ticks: Int64 {
    switch self {
    case .int(let number): Int64(number)
    case .long(let number), .datetime(let number), .timespan(let number): number
    case .null, .bool, .real, .decimal, .string, .guid, .dynamic: 0
    }
  }
}
