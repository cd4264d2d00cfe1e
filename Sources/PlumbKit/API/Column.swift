import PlumbEngine

/// A column of a table or a result.
public struct Column: Hashable, Sendable {
  public let name: String
  public let type: ColumnType

  public init(_ name: String, _ type: ColumnType) {
    self.name = name
    self.type = type
  }

  init(_ column: ColumnInfo) { self.init(column.name, ColumnType(column.type)) }

  var info: ColumnInfo { ColumnInfo(name, type.scalar) }
}

/// The types of KQL.
public enum ColumnType: String, Hashable, Sendable, CaseIterable {
  case bool, int, long, real, decimal, datetime, timespan, string, guid, dynamic

  init(_ type: ScalarType) {
    switch type {
    case .bool: self = .bool
    case .int: self = .int
    case .long: self = .long
    case .real: self = .real
    case .decimal: self = .decimal
    case .datetime: self = .datetime
    case .timespan: self = .timespan
    case .string: self = .string
    case .guid: self = .guid
    case .dynamic: self = .dynamic
    }
  }

  var scalar: ScalarType {
    switch self {
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
}
