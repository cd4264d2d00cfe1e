import PlumbDiagnostics

/// An expression whose types are known, and which reads what `Column` names.
///
/// While a query is bound, expressions can also read what only their operator can provide; they then have another type, which plans
/// do not accept.
package indirect enum Expression<Column: Sendable>: Sendable {
  case column(Column, ScalarType, SourceSpan)
  case literal(Value, SourceSpan)
  case call(FunctionCall<Column>)
  /// An expression over columns with few values, evaluated once per combination of their values.
  case lifted(DictionaryLift, over: [Column])

  package var type: ScalarType {
    switch self {
    case .column(_, let type, _): type
    case .literal(let value, _): value.type
    case .call(let call): call.type
    case .lifted(let lift, _): lift.expression.type
    }
  }

  package var span: SourceSpan {
    switch self {
    case .column(_, _, let span), .literal(_, let span): span
    case .call(let call): call.span
    case .lifted(let lift, _): lift.expression.span
    }
  }

  /// The value, if it is known without rows.
  package var constant: Value? {
    if case .literal(let value, _) = self { return value }
    return nil
  }
}

/// An expression over the columns of an operator's input, by index.
///
/// Built by the binder, rewritten by the optimiser, evaluated a chunk at a time.
package typealias BoundExpression = Expression<Int>

/// A call of one overload of a function.
package struct FunctionCall<Column: Sendable>: Sendable {
  package let name: String
  package let overload: Overload
  package var arguments: [Expression<Column>] { didSet { constants = Prepared() } }
  package let type: ScalarType
  package let span: SourceSpan
  package let traits: FunctionTraits
  package var isVolatile: Bool { traits.isVolatile }
  /// What the kernel keeps between chunks, such as a compiled pattern.
  let prepared = Prepared()
  /// The vectors of literal arguments, made once.
  private(set) var constants = Prepared()

  init(
    name: String, overload: Overload, arguments: [Expression<Column>], type: ScalarType, span: SourceSpan,
    traits: FunctionTraits
  ) {
    self.name = name
    self.overload = overload
    self.arguments = arguments
    self.type = type
    self.span = span
    self.traits = traits
  }
}

package typealias BoundCall = FunctionCall<Int>

/// What a kernel computes once from the constants of its call and uses for every chunk.
package final class Prepared: Sendable {
  private let made = LockedValue<(any Sendable)?>(nil)

  /// The value computed before, or that of `make()`, which is then stored.
  func value<T: Sendable>(_ make: () throws -> T) rethrows -> T {
    try made.withLock { kept in
      if let kept = kept as? T { return kept }
      let value = try make()
      kept = value
      return value
    }
  }
}

extension Expression {
  /// Binds a call, inserting conversions of arguments where the types need them.
  ///
  /// - Throws: `unknown-overload` if no signature accepts these argument types.
  package static func calling(
    _ function: ScalarFunction, _ arguments: [Expression], at span: SourceSpan
  ) throws -> Expression {
    let shapes = arguments.map { ArgumentShape(type: $0.type, constant: $0.constant) }
    guard let (overload, conversions, type) = function.resolving(shapes) else {
      throw function.mismatch(arguments.map(\.type), at: span)
    }
    let converted = zip(arguments, conversions).map { argument, target in
      target.map { argument.converted(to: $0) } ?? argument
    }
    return .call(
      FunctionCall(
        name: function.name, overload: overload, arguments: converted, type: type, span: span,
        traits: function.traits))
  }

  /// The expression's value as another type, by the engine's own conversion.
  package func converted(to target: ScalarType) -> Expression {
    if type == target { return self }
    if case .literal(let value, let span) = self, let same = value.converted(to: target) {
      return .literal(same, span)
    }
    return .call(
      FunctionCall(
        name: "to\(target.name)", overload: .conversion(from: type, to: target), arguments: [self],
        type: target, span: span, traits: .conversion))
  }

  /// Calls `body` for this node and all below it.
  package func visit(_ body: (Expression) -> Void) {
    body(self)
    switch self {
    case .column, .literal: break
    case .call(let call): for argument in call.arguments { argument.visit(body) }
    case .lifted(let lift, let columns):
      for (column, input) in zip(columns, lift.inputs) { Expression.column(column, input.type, span).visit(body) }
    }
  }

  /// The expression with each column replaced by another expression.
  package func substituting<Other>(
    _ replacement: (Column, ScalarType, SourceSpan) throws -> Expression<Other>
  ) rethrows -> Expression<Other> {
    switch self {
    case .column(let column, let type, let span): return try replacement(column, type, span)
    case .literal(let value, let span): return .literal(value, span)
    case .call(let call):
      return .call(
        FunctionCall<Other>(
          name: call.name, overload: call.overload, arguments: try call.arguments.map { try $0.substituting(replacement) },
          type: call.type, span: call.span, traits: call.traits))
    case .lifted(let lift, let columns):
      return try lift.expression.substituting { place, type, span in try replacement(columns[place], type, span) }
    }
  }

  /// Whether two evaluations over the same row can differ.
  package var isVolatile: Bool {
    var found = false
    visit { if case .call(let call) = $0, call.isVolatile { found = true } }
    return found
  }
}

extension BoundExpression {
  /// Every column index that the expression reads.
  package var columns: Set<Int> {
    var found = Set<Int>()
    visit { if case .column(let index, _, _) = $0 { found.insert(index) } }
    return found
  }

  /// The expression with each column index replaced.
  package func mappingColumns(_ newIndex: (Int) -> Int) -> BoundExpression {
    switch self {
    case .column(let index, let type, let span): return .column(newIndex(index), type, span)
    case .literal: return self
    case .call(var call):
      call.arguments = call.arguments.map { $0.mappingColumns(newIndex) }
      return .call(call)
    case .lifted(let lift, let columns): return .lifted(lift, over: columns.map(newIndex))
    }
  }

  /// The expression with each column replaced by another expression.
  package func substituting(_ columns: (Int) -> BoundExpression) -> BoundExpression {
    switch self {
    case .column(let index, _, _): return columns(index)
    case .literal: return self
    case .call(var call):
      call.arguments = call.arguments.map { $0.substituting(columns) }
      return .call(call)
    case .lifted(let lift, let inputs): return lift.expression.substituting { columns(inputs[$0]) }
    }
  }

  /// The same, if every column has such an expression; else nil.
  func substituting(columns: (Int) -> BoundExpression?) -> BoundExpression? {
    var isWhole = true
    let result = substituting { index in
      if let expression = columns(index) { return expression }
      isWhole = false
      return .literal(.null(type), span)
    }
    return isWhole ? result : nil
  }

  /// The parts of a conjunction, in order; the expression itself if it is not one.
  var conjuncts: [BoundExpression] {
    guard case .call(let call) = self, call.traits.meaning == .conjunction else { return [self] }
    return call.arguments.flatMap(\.conjuncts)
  }
}
