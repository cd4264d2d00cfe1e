/// One of KQL's ten scalar types.
package enum ScalarType: UInt8, Hashable, Sendable, CaseIterable {
  case bool, int, long, real, decimal, datetime, timespan, string, guid, dynamic

  /// The name that a user writes in a schema, and that `getschema` prints.
  package var name: String {
    switch self {
    case .bool: "bool"
    case .int: "int"
    case .long: "long"
    case .real: "real"
    case .decimal: "decimal"
    case .datetime: "datetime"
    case .timespan: "timespan"
    case .string: "string"
    case .guid: "guid"
    case .dynamic: "dynamic"
    }
  }

  /// The type for a name or one of its documented aliases (`boolean`, `double`, `date`, `time`, ...).
  package init?(name: String) {
    switch name {
    case "bool", "boolean": self = .bool
    case "int", "int32": self = .int
    case "long", "int64": self = .long
    case "real", "double": self = .real
    case "decimal": self = .decimal
    case "datetime", "date": self = .datetime
    case "timespan", "time": self = .timespan
    case "string": self = .string
    case "guid", "uuid", "uniqueid": self = .guid
    case "dynamic": self = .dynamic
    default: return nil
    }
  }

  /// How the values of this type are laid out in memory.
  package var lane: LaneKind {
    switch self {
    case .bool: .byte
    case .int, .long, .datetime, .timespan: .word
    case .real: .float
    case .string, .dynamic: .bytes
    case .decimal, .guid: .wide
    }
  }

  /// Whether values are whole numbers of 32 or 64 bits.
  package var isInteger: Bool { self == .int || self == .long }

  /// Whether `+` and `*` mean arithmetic on plain numbers.
  package var isNumeric: Bool { self == .int || self == .long || self == .real || self == .decimal }
}

/// The memory form of one value in a plain vector.
package enum LaneKind: UInt8, Sendable {
  /// `UInt8`, 0 or 1.
  case byte
  /// `Int64`: numbers, and ticks of 100 ns.
  case word
  /// `Double`.
  case float
  /// `Bytes`: a pointer and a length; UTF-8, or a compact dynamic value.
  case bytes
  /// 16 bytes: `GUID` or `Decimal128`.
  case wide

  /// Bytes from one value to the next.
  package var stride: Int {
    switch self {
    case .byte: 1
    case .word, .float: 8
    case .bytes, .wide: 16
    }
  }
}
