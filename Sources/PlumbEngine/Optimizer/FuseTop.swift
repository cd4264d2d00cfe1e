extension RewriteRule {
  /// A sort of which only the first rows are wanted keeps only these.
  static let fuseTop = RewriteRule(name: "TopFusion") { plan, _ in
    plan.rewritingUpwards { node in
      switch node {
      case .limit(.sort(let input, let keys), let count): return .top(input, keys, count)
      case .limit(.project(.sort(let input, let keys), let columns), let count):
        return .project(.top(input, keys, count), columns)
      case .limit(.top(let input, let keys, let inner), let count):
        return .top(input, keys, Swift.min(inner, count))
      default: return node
      }
    }
  }

  /// A limit moves below a projection, and two limits become the smaller.
  static let pushLimits = RewriteRule(name: "LimitPushdown") { plan, _ in pushingLimits(plan) }
}

private func pushingLimits(_ plan: LogicalPlan) -> LogicalPlan {
  switch plan {
  case .limit(.project(let input, let columns), let count):
    return .project(pushingLimits(.limit(input, count)), columns)
  case .limit(.limit(let input, let inner), let count):
    return pushingLimits(.limit(input, Swift.min(inner, count)))
  default: return plan.mappingInputs(pushingLimits)
  }
}
