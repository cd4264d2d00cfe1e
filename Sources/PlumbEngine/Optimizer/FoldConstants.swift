extension RewriteRule {
  /// Calls whose arguments are all constants become their value.
  static let foldConstants = RewriteRule(name: "ConstantFolding") { plan, context in
    plan.rewritingUpwards { node in
      let folded = node.mappingExpressions { expression, _ in expression.foldingConstants(context) }
      guard let filter = folded.as(FilterPlan.self), let verdict = filter.predicate.constant else { return folded }
      // A condition that is always true is removed; one that is never true leaves no rows.
      return verdict == .bool(true) ? filter.input : .limit(filter.input, 0)
    }
  }
}

extension BoundExpression {
  /// The expression with constant calls replaced by literals. A call that fails is left to fail where it runs.
  package func foldingConstants(_ context: ExecutionContext) -> BoundExpression {
    rewritingUpwards { node in
      if case .call(let call) = node, call.traits.meaning == .conjunction { return node.withoutTrueParts(call) }
      guard case .call(let call) = node, !call.isVolatile, call.arguments.allSatisfy({ $0.constant != nil }),
        let value = try? node.folded(context)
      else { return node }
      return .literal(value, call.span)
    }
  }

  /// A conjunction without the parts that are always true; false when one part always is.
  private func withoutTrueParts(_ call: BoundCall) -> BoundExpression {
    if call.arguments.contains(where: { $0.constant == .bool(false) }) { return .literal(.bool(false), call.span) }
    let open = call.arguments.filter { $0.constant != .bool(true) }
    if open.isEmpty { return .literal(.bool(true), call.span) }
    if open.count == 1, let only = open.first { return only }
    var shorter = call
    shorter.arguments = open
    return .call(shorter)
  }
}
