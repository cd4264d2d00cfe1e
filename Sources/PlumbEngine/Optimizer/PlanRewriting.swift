extension LogicalPlan {
  /// The plan with each of its inputs replaced.
  func mappingInputs(_ change: (LogicalPlan) -> LogicalPlan) -> LogicalPlan {
    switch self {
    case .scan, .series, .input: return self
    case .filter(let input, let predicate): return .filter(change(input), predicate)
    case .project(let input, let columns): return .project(change(input), columns)
    case .aggregate(var plan):
      plan.input = change(plan.input)
      return .aggregate(plan)
    case .sort(let input, let keys): return .sort(change(input), keys)
    case .limit(let input, let count): return .limit(change(input), count)
    case .top(let input, let keys, let count): return .top(change(input), keys, count)
    case .join(var join):
      join.left = change(join.left)
      join.right = change(join.right)
      return .join(join)
    case .union(let inputs, let schema): return .union(inputs.map(change), schema)
    case .expand(var plan):
      plan.input = change(plan.input)
      return .expand(plan)
    case .window(let input, let columns): return .window(change(input), columns)
    case .partition(var plan):
      plan.input = change(plan.input)
      return .partition(plan)
    case .whole(var plan):
      plan.input = change(plan.input)
      return .whole(plan)
    }
  }

  /// The plan rewritten from its leaves up.
  func rewritingUpwards(_ change: (LogicalPlan) -> LogicalPlan) -> LogicalPlan {
    change(mappingInputs { $0.rewritingUpwards(change) })
  }

  /// The plan with each expression of this node replaced; `input` is the plan that the expression reads.
  func mappingExpressions(_ change: (_ expression: BoundExpression, _ input: LogicalPlan) -> BoundExpression)
    -> LogicalPlan
  {
    switch self {
    case .series, .input, .limit, .union, .whole: return self
    case .scan(var scan):
      let bare = LogicalPlan.scan(ScanPlan(table: scan.table, columns: scan.columns))
      scan.filters = scan.filters.map { change($0, bare) }
      return .scan(scan)
    case .filter(let input, let predicate): return .filter(input, change(predicate, input))
    case .project(let input, let columns):
      return .project(input, columns.map { NamedExpression($0.name, change($0.expression, input)) })
    case .aggregate(var plan):
      plan.keys = plan.keys.map { NamedExpression($0.name, change($0.expression, plan.input)) }
      plan.aggregates = plan.aggregates.map { named in
        var aggregate = named.aggregate
        aggregate.arguments = aggregate.arguments.map { change($0, plan.input) }
        return NamedAggregate(named.names, aggregate)
      }
      return .aggregate(plan)
    case .sort(let input, let keys): return .sort(input, keys.mapping { change($0, input) })
    case .top(let input, let keys, let count): return .top(input, keys.mapping { change($0, input) }, count)
    case .join(var join):
      join.keys = join.keys.map { (change($0.left, join.left), change($0.right, join.right)) }
      return .join(join)
    case .expand(var plan):
      plan.columns = plan.columns.map { column in
        var column = column
        column.expression = change(column.expression, plan.input)
        return column
      }
      return .expand(plan)
    case .window(let input, let columns):
      // Later columns may read earlier ones.
      return .window(
        input,
        columns.map { column in
          var column = column
          column.arguments = column.arguments.map { change($0, self) }
          return column
        })
    case .partition(var plan):
      plan.key = change(plan.key, plan.input)
      plan.plan = plan.plan.mappingInputs { $0 }
      return .partition(plan)
    }
  }
}

extension [SortKey] {
  func mapping(_ change: (BoundExpression) -> BoundExpression) -> [SortKey] {
    map { SortKey(change($0.expression), isDescending: $0.isDescending, nullsFirst: $0.nullsFirst) }
  }
}

extension BoundExpression {
  /// The expression rewritten from its leaves up.
  func rewritingUpwards(_ change: (BoundExpression) -> BoundExpression) -> BoundExpression {
    guard case .call(var call) = self else { return change(self) }
    call.arguments = call.arguments.map { $0.rewritingUpwards(change) }
    return change(.call(call))
  }

  /// All of them as one condition.
  static func conjunction(_ parts: [BoundExpression]) -> BoundExpression? {
    guard let first = parts.first else { return nil }
    if parts.count == 1 { return first }
    guard let and = ScalarFunction.named("and") else { return first }
    return try? .calling(and, parts, at: first.span)
  }
}
