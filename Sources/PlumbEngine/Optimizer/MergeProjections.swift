extension RewriteRule {
  /// A projection of a projection becomes one, unless a column would be computed twice.
  static let mergeProjections = RewriteRule(name: "ProjectionMerge") { plan, _ in
    plan.rewritingUpwards { plan in
      guard let projection = plan.as(ProjectPlan.self), let below = projection.input.as(ProjectPlan.self) else { return plan }
      let outer = projection.columns, inner = below.columns
      var uses = [Int: Int]()
      for column in outer {
        column.expression.visit { if case .column(let index, _, _) = $0 { uses[index, default: 0] += 1 } }
      }
      for (index, count) in uses where count > 1 && !inner[index].expression.isCheap { return plan }
      for index in uses.keys where inner[index].expression.isVolatile { return plan }
      // Long chains of `extend` remain steps: one deep expression costs as much as several.
      let size = (outer + inner).reduce(0) { $0 &+ $1.expression.size(atMost: sizeLimit) }
      if size > sizeLimit { return plan }
      return .project(below.input, outer.mapping { $0.substituting { inner[$0].expression } })
    }
  }
}

/// The maximum number of nodes in the expressions of a merged projection.
private let sizeLimit = 400

extension BoundExpression {
  /// The number of nodes in the expression, counted up to `limit`.
  func size(atMost limit: Int) -> Int {
    guard case .call(let call) = self else { return 1 }
    var total = 1
    for argument in call.arguments where total < limit { total &+= argument.size(atMost: limit &- total) }
    return total
  }

  /// A column or a literal: reading it twice costs nothing.
  var isCheap: Bool {
    switch self {
    case .column, .literal: true
    case .call, .lifted: false
    }
  }
}
