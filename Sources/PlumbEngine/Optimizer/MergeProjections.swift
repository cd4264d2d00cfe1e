extension RewriteRule {
  /// A projection of a projection becomes one, where no computed column would be computed twice.
  static let mergeProjections = RewriteRule(name: "ProjectionMerge") { plan, _ in
    plan.rewritingUpwards { node in
      guard case .project(.project(let input, let inner), let outer) = node else { return node }
      var uses = [Int: Int]()
      for column in outer {
        column.expression.visit { if case .column(let index, _, _) = $0 { uses[index, default: 0] += 1 } }
      }
      for (index, count) in uses where count > 1 && !inner[index].expression.isCheap { return node }
      for index in uses.keys where inner[index].expression.isVolatile { return node }
      // Long chains of `extend` stay steps: one deep expression is no cheaper than several.
      let size = (outer + inner).reduce(0) { $0 &+ $1.expression.size(atMost: sizeLimit) }
      if size > sizeLimit { return node }
      return .project(
        input,
        outer.map { NamedExpression($0.name, $0.expression.substituting { inner[$0].expression }) })
    }
  }
}

/// Nodes in the expressions of a merged projection, at most.
private let sizeLimit = 400

extension BoundExpression {
  /// How many nodes the expression has, counted no further than `limit`.
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
