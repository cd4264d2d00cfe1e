extension BoundExpression {
  /// The expression rewritten from its leaves up.
  func rewritingUpwards(_ change: (BoundExpression) -> BoundExpression) -> BoundExpression {
    guard case .call(var call) = self else { return change(self) }
    call.arguments = call.arguments.map { $0.rewritingUpwards(change) }
    return change(.call(call))
  }

  /// Combines all of them into one condition.
  static func conjunction(_ parts: [BoundExpression]) -> BoundExpression? {
    guard let first = parts.first else { return nil }
    if parts.count == 1 { return first }
    return try? .calling(.and, parts, at: first.span)
  }
}
