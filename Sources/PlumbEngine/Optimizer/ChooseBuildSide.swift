extension RewriteRule {
  /// An inner join builds its hash table from the smaller side.
  static let chooseBuildSide = RewriteRule(name: "BuildSide") { plan, _ in
    plan.rewritingUpwards { plan in
      guard var join = plan.as(JoinPlan.self), join.kind == .inner else { return plan }
      join.buildsLeft = join.left.node.rowEstimate < join.right.node.rowEstimate
      return .join(join)
    }
  }

  /// If there are several conditions, the cheap ones run first.
  static let orderConjuncts = RewriteRule(name: "ConditionOrder") { plan, _ in
    plan.rewritingUpwards { plan in
      if var scan = plan.as(ScanPlan.self) {
        scan.filters = scan.filters.cheapestFirst
        return .scan(scan)
      }
      if let filter = plan.as(FilterPlan.self) { return filter.input.filtered(by: filter.predicate.conjuncts.cheapestFirst) }
      return plan
    }
  }
}

extension [BoundExpression] {
  fileprivate var cheapestFirst: [BoundExpression] {
    enumerated().sorted { ($0.element.costGuess, $0.offset) < ($1.element.costGuess, $1.offset) }.map(\.element)
  }
}

extension BoundExpression {
  /// A rough cost per row, for ordering conditions.
  fileprivate var costGuess: Int {
    switch self {
    case .column, .literal: return 0
    case .lifted: return 1
    case .call(let call):
      let isOfTexts = call.traits.cost == .low && call.arguments.contains { $0.type.lane == .bytes }
      let own = isOfTexts ? 4 : call.traits.cost.rawValue
      return call.arguments.reduce(own) { $0 &+ $1.costGuess }
    }
  }
}
