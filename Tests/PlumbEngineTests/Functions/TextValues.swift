@testable import PlumbEngine

/// A dynamic value from JSON.
func json(_ text: String) -> Value { .dynamic(JSONText.parseTree(text) ?? .null) }

/// The value as a query prints it: arrays and bags as JSON, null as nothing.
func text(_ value: Value) -> String { value.text }

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .long(value) }
  public init(floatLiteral value: Double) { self = .real(value) }
}
