extension RewriteRule {
  /// Calls whose arguments are all constants become their value.
  static let foldConstants = RewriteRule(name: "ConstantFolding") { plan, context in
    plan.rewritingUpwards { node in
      node.mappingExpressions { expression, _ in expression.foldingConstants(context) }
    }
  }
}

extension BoundExpression {
  /// The expression with constant calls replaced by literals. A call that fails is left to fail where it runs.
  public func foldingConstants(_ context: ExecutionContext) -> BoundExpression {
    rewritingUpwards { node in
      guard case .call(let call) = node, !call.isVolatile, call.arguments.allSatisfy({ $0.constant != nil }),
        let value = try? node.evaluate(Chunk([], count: 1), context).value(at: 0)
      else { return node }
      return .literal(value, call.span)
    }
  }
}
