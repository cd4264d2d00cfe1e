extension RewriteRule {
  /// Conditions move towards the rows they test: through projections and sorts, into unions, joins and scans.
  static let pushFilters = RewriteRule(name: "FilterPushdown") { plan, _ in pushing([], into: plan) }
}

/// The plan with `filters`, conditions over its output, placed as low as they can stand.
private func pushing(_ filters: [BoundExpression], into plan: LogicalPlan) -> LogicalPlan {
  switch plan {
  case .filter(let input, let predicate):
    return pushing(predicate.conjuncts + filters, into: input)
  case .scan(var scan):
    scan.filters += filters
    return .scan(scan)
  case .project(let input, let columns):
    // A condition on a computed column would compute it twice; it may move when the column is cheap.
    let (low, high) = filters.divided { filter in
      filter.columns.allSatisfy { columns[$0].expression.isCheap } && !filter.isVolatile
    }
    let moved = low.map { $0.substituting { columns[$0].expression } }
    return .project(pushing(moved, into: input), columns).filtered(by: high)
  case .sort(let input, let keys):
    return .sort(pushing(filters, into: input), keys)
  case .union(let inputs, let schema):
    let (low, high) = filters.divided { !$0.isVolatile }
    return LogicalPlan.union(inputs.map { pushing(low, into: $0) }, schema).filtered(by: high)
  case .aggregate(var aggregate):
    // A condition on keys alone decides about whole groups.
    let (low, high) = filters.divided { filter in
      !aggregate.keys.isEmpty && !filter.isVolatile
        && filter.columns.allSatisfy { $0 < aggregate.keys.count && aggregate.keys[$0].expression.isCheap }
        && !filter.columns.isEmpty
    }
    let keys = aggregate.keys
    aggregate.input = pushing(low.map { $0.substituting { keys[$0].expression } }, into: aggregate.input)
    return LogicalPlan.aggregate(aggregate).filtered(by: high)
  case .join(var join):
    let leftCount = join.left.schema.count
    let sides = join.filterableSides
    var left: [BoundExpression] = [], right: [BoundExpression] = [], high: [BoundExpression] = []
    for filter in filters {
      let columns = filter.columns
      if columns.isEmpty || filter.isVolatile {
        high.append(filter)
      } else if sides.left, sides.isOneSided || columns.allSatisfy({ $0 < leftCount }) {
        left.append(filter)
      } else if sides.right, sides.isOneSided || columns.allSatisfy({ $0 >= leftCount }) {
        right.append(sides.isOneSided ? filter : filter.mappingColumns { $0 - leftCount })
      } else {
        high.append(filter)
      }
    }
    join.left = pushing(left, into: join.left)
    join.right = pushing(right, into: join.right)
    return LogicalPlan.join(join).filtered(by: high)
  case .partition(var partition):
    partition.plan = pushing([], into: partition.plan)
    partition.input = pushing([], into: partition.input)
    return LogicalPlan.partition(partition).filtered(by: filters)
  case .series, .input, .limit, .top, .expand, .window, .whole:
    return plan.mappingInputs { pushing([], into: $0) }.filtered(by: filters)
  }
}

extension JoinPlan {
  /// The sides whose columns a condition after the join may test before it.
  fileprivate var filterableSides: (left: Bool, right: Bool, isOneSided: Bool) {
    switch kind {
    case .inner: (true, true, false)
    // Which row of a key is first must be decided before rows are dropped.
    case .innerUnique: (false, true, false)
    case .leftOuter: (true, false, false)
    case .rightOuter: (false, true, false)
    case .fullOuter: (false, false, false)
    case .leftSemi, .leftAnti: (true, false, true)
    case .rightSemi, .rightAnti: (false, true, true)
    }
  }
}

extension LogicalPlan {
  /// The plan's rows that pass all of `filters`.
  fileprivate func filtered(by filters: [BoundExpression]) -> LogicalPlan {
    BoundExpression.conjunction(filters).map { .filter(self, $0) } ?? self
  }
}

extension Array {
  /// The elements for which `isFirst` holds, and the others; both in order.
  fileprivate func divided(_ isFirst: (Element) -> Bool) -> ([Element], [Element]) {
    (filter(isFirst), filter { !isFirst($0) })
  }
}
