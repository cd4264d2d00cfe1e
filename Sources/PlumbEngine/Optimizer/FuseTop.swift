extension RewriteRule {
  /// A sort of which only the first rows are wanted keeps only these.
  static let fuseTop = RewriteRule(name: "TopFusion") { plan, _ in
    plan.rewritingUpwards { plan in
      guard let limit = plan.as(LimitPlan.self) else { return plan }
      if let sort = limit.input.as(SortPlan.self) { return .top(sort.input, sort.keys, limit.count) }
      if let top = limit.input.as(TopPlan.self) { return .top(top.input, top.keys, Swift.min(top.count, limit.count)) }
      if let projection = limit.input.as(ProjectPlan.self), let sort = projection.input.as(SortPlan.self) {
        return .project(.top(sort.input, sort.keys, limit.count), projection.columns)
      }
      return plan
    }
  }

  /// A limit moves below a projection, and two limits become the smaller.
  static let pushLimits = RewriteRule(name: "LimitPushdown") { plan, _ in pushingLimits(plan) }
}

private func pushingLimits(_ plan: LogicalPlan) -> LogicalPlan {
  if let limit = plan.as(LimitPlan.self) {
    if let projection = limit.input.as(ProjectPlan.self) {
      return .project(pushingLimits(.limit(projection.input, limit.count)), projection.columns)
    }
    if let inner = limit.input.as(LimitPlan.self) {
      return pushingLimits(.limit(inner.input, Swift.min(inner.count, limit.count)))
    }
  }
  return plan.mappingInputs(pushingLimits)
}
