import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Binds calls of the engine's functions, and computes those whose arguments are known.
struct CallBinding {
  let context: ExecutionContext

  /// The call of a function or operator by name, computed at once when its arguments are known.
  func calling<Column>(
    _ name: String, _ arguments: [Expression<Column>], at span: SourceSpan
  ) throws -> Expression<Column> {
    guard let function = ScalarFunction.named(name) ?? ScalarFunction.parsing.first(where: { $0.name == name })
    else { throw unsupported(name, at: span) }
    return try calling(function, arguments, at: span)
  }

  func calling<Column>(
    _ function: ScalarFunction, _ arguments: [Expression<Column>], at span: SourceSpan
  ) throws -> Expression<Column> {
    try folded(Expression.calling(function, arguments, at: span))
  }

  /// The expression, or its value when it reads no rows.
  func folded<Column>(_ expression: Expression<Column>) throws -> Expression<Column> {
    guard case .call(let call) = expression, !call.isVolatile,
      call.arguments.allSatisfy({ $0.constant != nil }), let value = try value(of: expression)
    else { return expression }
    return .literal(value, expression.span)
  }

  /// The value of an expression that must not need rows.
  ///
  /// - Parameter what: the expression as messages call it.
  func constant<Column>(_ expression: Expression<Column>, what: String) throws -> Value {
    if let value = try expression.constant ?? value(of: expression) { return value }
    throw Diagnostic("not-constant", "\(what) must be a constant, but this depends on the rows", at: expression.span)
  }

  /// The same; messages about running a subquery are left to the run.
  func constant(_ expression: OpenExpression, what: String) throws -> Value {
    if expression.isUnknown { throw AlreadyReported() }
    return try constant(expression.overColumns(), what: what)
  }

  /// Nil for an expression that reads anything, or that differs from one evaluation to the next.
  private func value<Column>(of expression: Expression<Column>) throws -> Value? {
    do {
      let closed: BoundExpression = try expression.substituting { _, _, _ in throw ReadsRows() }
      return try closed.folded(context)
    } catch is ReadsRows {
      return nil
    }
  }

  /// An expression converted to another type where users expect it: numbers widen, dynamic values and nulls are accepted.
  ///
  /// - Parameter name: the parameter or column that needs the type.
  func converting<Column>(
    _ expression: Expression<Column>, to type: ScalarType, of name: String
  ) throws -> Expression<Column> {
    if expression.type == type { return expression }
    let isWidening: Bool
    switch (expression.type, type) {
    case (.int, .long), (.int, .real), (.long, .real), (.int, .decimal), (.long, .decimal), (.real, .decimal),
      (.long, .int), (.dynamic, _), (_, .dynamic), (.decimal, .real):
      isWidening = true
    default: isWidening = expression.constant?.isNull ?? false
    }
    guard isWidening else {
      throw Diagnostic(
        "argument-types", "`\(name)` expects \(type.described), but this is \(expression.type.described)", at: expression.span,
        help: "convert it with `to\(type.name)(...)`")
    }
    return try folded(expression.converted(to: type))
  }

  /// A bag with these properties.
  func packing<Column>(
    _ columns: [(String, Expression<Column>)], ignoresNulls: Bool, at span: SourceSpan
  ) throws -> Expression<Column> {
    let arguments = columns.flatMap { name, value in [Expression<Column>.literal(.string(name), span), value] }
    return try calling("pack_all", [.literal(.bool(ignoresNulls), span)] + arguments, at: span)
  }
}

extension QueryResult {
  /// The values of the first column.
  var firstColumn: [Value] {
    chunks.flatMap { chunk in
      let column = chunk.column(0)
      return (0..<chunk.count).map { column.value(at: $0) }
    }
  }
}

extension BoundAggregate {
  /// A call of an aggregate from which an operator is built.
  static func calling(_ name: String, _ arguments: [BoundExpression], at span: SourceSpan) throws -> BoundAggregate {
    guard let function = AggregateFunction.named(name) else {
      throw unsupported(name, at: span)
    }
    return try function.binding(arguments, at: span)
  }
}

/// Says that an expression has no value of its own.
private struct ReadsRows: Error {}

/// The diagnostic for an operator that the language has and the engine does not.
private func unsupported(_ name: String, at span: SourceSpan) -> Diagnostic {
  let plain = name.hasPrefix("!") ? String(name.dropFirst()) : name
  let word = plain.hasSuffix("_cs") ? String(plain.dropLast(3)) : plain
  return Diagnostic(
    "unsupported-function", "`\(name)` is not supported", at: span, help: ForeignWord.named(word.replacing("not", with: ""), .clause)?.advice)
}
