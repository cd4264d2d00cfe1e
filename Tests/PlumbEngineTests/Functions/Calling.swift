@testable import PlumbDiagnostics
@testable import PlumbEngine

/// The value of a function for these arguments, bound as a query binds them.
///
/// - Throws: the binder's diagnostics for arguments that do not fit, and the kernel's own.
func call(_ name: String, _ values: [Value]) throws -> Value {
  try bound(name, values.map { .literal($0, .none) }).evaluate(Chunk([], count: 1), context).value(at: 0)
}

/// The values of a function over rows of its first argument; the others are constants.
func call(_ name: String, rows: [Value], _ constants: [Value]) throws -> [Value] {
  let type = rows.first?.type ?? .string
  let builder = VectorBuilder(type)
  for row in rows { builder.append(row) }
  let arguments: [BoundExpression] = [.column(0, type, .none)] + constants.map { .literal($0, .none) }
  let result = try bound(name, arguments).evaluate(Chunk([builder.finish()], count: rows.count), context)
  return rows.indices.map { result.value(at: $0) }
}

private let context = ExecutionContext(now: 0, threads: 1, memoryLimit: .max)

private func bound(_ name: String, _ arguments: [BoundExpression]) throws -> BoundExpression {
  guard let function = ScalarFunction.named(name) else { throw Diagnostic("unknown-function", "no `\(name)`") }
  return try .calling(function, arguments, at: .none)
}

/// A dynamic value from JSON.
func json(_ text: String) -> Value { .dynamic(JSONText.parseTree(text) ?? .null) }

/// The value as a query prints it.
func text(_ value: Value) -> String {
  if value.isNull { return "" }
  if case .string(let text) = value { return text }
  if case .dynamic(let tree) = value, case .array = tree { return tree.json }
  if case .dynamic(let tree) = value, case .object = tree { return tree.json }
  guard case .string(let text) = value.converted(to: .string) else { return "" }
  return text
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .long(value) }
  public init(floatLiteral value: Double) { self = .real(value) }
}
