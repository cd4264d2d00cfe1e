/// What is known about a key's values before any row is read: for packing keys into few bits.
enum KeyBounds: Sendable {
  case unknown
  /// 64-bit numbers between these bounds, and perhaps nulls.
  case words(ClosedRange<Int64>)
  /// Reals between these bounds, and perhaps nulls.
  case reals(ClosedRange<Double>)
  /// Codes of this dictionary, in every chunk.
  case codes(StringDictionary)
}

extension Vector {
  /// What the values themselves show, in one pass.
  func keyBounds(_ context: ExecutionContext) throws -> KeyBounds {
    switch type.lane {
    case .word: try wordBounds(context).map { .words($0) } ?? .unknown
    case .bytes: isConstant ? .unknown : dictionary.map { .codes($0) } ?? .unknown
    case .byte, .float, .wide: .unknown
    }
  }
}

extension BoundExpression {
  /// What is known about the expression's values over the rows of `input`.
  func bounds(over input: LogicalPlan) -> KeyBounds {
    switch self {
    case .column(let index, _, _): return input.node.bounds(ofColumn: index)
    case .literal, .lifted: return .unknown
    case .call(let call):
      guard let rule = call.overload.bounds else { return .unknown }
      return rule(call.arguments.map { $0.bounds(over: input) }, call.arguments.map(\.constant))
    }
  }
}
