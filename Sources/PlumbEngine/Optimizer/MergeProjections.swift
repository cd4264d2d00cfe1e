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
      return .project(
        input,
        outer.map { NamedExpression($0.name, $0.expression.substituting { inner[$0].expression }) })
    }
  }
}

extension BoundExpression {
  /// A column or a literal: reading it twice costs nothing.
  var isCheap: Bool {
    switch self {
    case .column, .literal: true
    case .call, .lifted: false
    }
  }
}
