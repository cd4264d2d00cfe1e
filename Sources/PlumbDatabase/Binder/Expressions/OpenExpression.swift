import PlumbDiagnostics
import PlumbEngine

/// What an expression reads while its operator is being bound: a column of the rows before the operator, or something
/// that only the operator can provide once all its expressions are known.
///
/// Plans hold `BoundExpression`, which refers to columns only, so each reference must be resolved before it enters a plan.
enum Reference: Hashable, Sendable {
  /// A column of the operator's input.
  case column(Int)
  /// A result of an aggregate, numbered over all aggregates of the operator.
  case aggregate(Int)
  /// A column over neighbouring rows, numbered within the operator.
  case window(Int)
  /// A value from which several columns of the operator are taken, computed once per row.
  case shared(Int)
  /// A value that only running a subquery would give, in a text that is only checked.
  case unknown
}

/// An expression whose names and types are known, with references that its operator resolves.
typealias OpenExpression = Expression<Reference>

extension OpenExpression {
  /// An expression over the columns of the operator's input.
  init(_ bound: BoundExpression) {
    self = bound.substituting { index, type, span in .column(.column(index), type, span) }
  }

  static func input(_ index: Int, _ type: ScalarType, _ span: SourceSpan) -> OpenExpression {
    .column(.column(index), type, span)
  }

  /// Whether the expression reads rows, or anything computed from them.
  var readsRows: Bool { reads { $0 != .unknown } }

  /// Whether part of the expression is unknown until the text runs.
  var isUnknown: Bool { reads { $0 == .unknown } }

  func reads(_ matches: (Reference) -> Bool) -> Bool {
    var found = false
    visit { if case .column(let reference, _, _) = $0, matches(reference) { found = true } }
    return found
  }

  /// The expression over the columns of the operator's input only.
  ///
  /// - Throws: a diagnostic at a reference to anything else, as in an argument of a function within `sum(...)`.
  func overColumns() throws -> BoundExpression {
    try substituting { reference, type, span in
      switch reference {
      case .column(let index): return .column(index, type, span)
      case .unknown: return .literal(.null(type), span)
      case .aggregate: throw nestedAggregate(at: span)
      case .window:
        throw Diagnostic(
          "misplaced-window-function", "a value from neighbouring rows cannot be used here", at: span,
          help: "compute it in a column first, as in `extend previous = prev(x)`")
      case .shared:
        throw Diagnostic("several-columns", "a function that returns several columns cannot be used here", at: span)
      }
    }
  }
}

func nestedAggregate(at span: SourceSpan) -> Diagnostic {
  Diagnostic(
    "nested-aggregate", "an aggregate cannot contain another aggregate", at: span,
    help: "compute the inner one first, in a `summarize` of its own")
}

extension Expression {
  /// The number of parts in the expression, counted up to `limit`.
  func weight(upTo limit: Int) -> Int {
    guard case .call(let call) = self, limit > 1 else { return 1 }
    var total = 1
    for argument in call.arguments {
      total += argument.weight(upTo: limit - total)
      if total >= limit { return limit }
    }
    return total
  }
}
