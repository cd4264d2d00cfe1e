import PlumbDiagnostics
import Testing

@testable import PlumbEngine

/// Calls a function with constants, through overload choice and conversions, as a query does.
func call(_ name: String, _ values: [Value]) throws -> Value {
  let function = try #require(ScalarFunction.named(name), "unknown function `\(name)`")
  let arguments = values.map { BoundExpression.literal($0, .none) }
  let bound = try BoundExpression.calling(function, arguments, at: .none)
  return try bound.evaluate(Chunk([], count: 1), .forTests).value(at: 0)
}

/// Calls a function with columns of equal length; the rest of the arguments are constants.
func call(_ name: String, columns: [Vector], _ constants: [Value] = []) throws -> Vector {
  let function = try #require(ScalarFunction.named(name), "unknown function `\(name)`")
  let arguments =
    columns.enumerated().map { BoundExpression.column($0.offset, $0.element.type, .none) }
    + constants.map { BoundExpression.literal($0, .none) }
  let bound = try BoundExpression.calling(function, arguments, at: .none)
  return try bound.evaluate(Chunk(columns, count: columns.first?.count ?? 1), .forTests)
}

extension ExecutionContext {
  /// The clock is fixed at 2024-01-01.
  static var forTests: ExecutionContext {
    ExecutionContext(
      now: DateTime.ticks(year: 2024, month: 1, day: 1) ?? 0, threads: 1, memoryLimit: .max, seed: 7)
  }
}

extension Vector {
  /// A column of these values, for tests; nil is null.
  static func of(_ type: ScalarType, _ values: [Value?]) -> Vector {
    let builder = VectorBuilder(type)
    for value in values { builder.append(value ?? .null(type)) }
    return builder.finish()
  }

  var values: [Value] { (0..<count).map { value(at: $0) } }
}

extension Value {
  /// The value as text, as `tostring` gives it; null is empty.
  var text: String {
    if case .string(let text)? = converted(to: .string) { return text }
    return ""
  }
}
