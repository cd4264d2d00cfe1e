import PlumbDiagnostics

/// The kinds of JSON values met under one key.
struct JSONKinds: OptionSet {
  var rawValue: UInt8
  static let bool = JSONKinds(rawValue: 1)
  static let long = JSONKinds(rawValue: 2)
  static let real = JSONKinds(rawValue: 4)
  /// A string that is a moment in ISO 8601's form.
  static let moment = JSONKinds(rawValue: 8)
  static let text = JSONKinds(rawValue: 16)
  static let nested = JSONKinds(rawValue: 32)
  /// A whole number that is too large for a long.
  static let large = JSONKinds(rawValue: 64)

  /// The type that can represent all of them; mixed, nested or always-null values are dynamic.
  var type: ScalarType {
    switch self {
    case .bool: .bool
    case .long: .long
    case .real, [.long, .real]: .real
    case .moment: .datetime
    case .text, [.text, .moment]: .string
    // As a real, two numbers could become one.
    case .large, [.large, .long], [.large, .text], [.large, .long, .text], [.large, .real], [.large, .long, .real]: .string
    default: .dynamic
    }
  }

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(_ value: DynamicCursor) {
    switch value.tag {
    case .null: self = []
    case .false, .true: self = .bool
    case .long: self = .long
    case .real: self = .real
    case .string: self = JSONKinds.isMoment(value.text) ? .moment : .text
    case .decimal: self = .large
    case .datetime, .timespan, .guid: self = .text
    case .array, .object: self = .nested
    }
  }

  private static func isMoment(_ text: Bytes) -> Bool {
    guard text.count >= 10, text.count <= 40, text[4] == .minus, text[7] == .minus, text[0].isDigit else { return false }
    return DateTime.parse(text) != nil
  }
}
