import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension SortSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let rows = place.columns(of: input, for: "`sort`")
    let bound = keys.compactMap { key in place.attempt { try rows.sortKey(key) } }
    let plan = bound.count == keys.count ? LogicalPlan.sort(input.plan, bound) : input.plan
    return input.keepingColumns(plan, isSerialized: true)
  }
}

extension TopSyntax: OperatorBinding {
  /// `top`; without `by` it uses the ranking of the function that made the rows.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let limit = try place.constants.count(count, of: "top")
    let rows = place.columns(of: input, for: "`top`")
    var keys = try self.keys.map(rows.sortKey)
    if keys.isEmpty {
      guard let ranking = input.ranking, let index = input.index(of: ranking.column) else {
        throw Diagnostic(
          "missing-by", "these rows have no default ranking, so `top` needs `by`", at: span,
          help: "write `top \(limit) by` followed by a column")
      }
      let name = KQLName.inSchema(ranking.column)
      if count.span.text == .script {
        place.state.record?.rankings.append((count.span.upper, " by \(name) \(ranking.isDescending ? "desc" : "asc")"))
      }
      let column = BoundExpression.column(index, input.schema[index].type, span)
      keys = [SortKey(column, isDescending: ranking.isDescending, nullsFirst: false)]
    }
    return input.keepingColumns(.top(input.plan, keys, limit), isSerialized: true)
  }
}

extension TopHittersSyntax: OperatorBinding {
  /// `top-hitters`: the values that occur most often, or with the largest weight.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let limit = try place.constants.count(count, of: "top-hitters")
    let rows = place.columns(of: input, for: "`top-hitters`")
    let value = try rows.expression(expression.expression)
    let name = expression.names.first?.text ?? automaticName(expression.expression) ?? "Column1"
    let total: NamedAggregate
    if let weight {
      let column = "approximate_sum_\(automaticName(weight.expression) ?? "")"
      total = NamedAggregate([column], try .calling("sum", [rows.expression(weight.expression)], at: weight.span))
    } else {
      total = NamedAggregate(["approximate_count_\(name)"], try .calling("count", [], at: span))
    }
    let plan = LogicalPlan.aggregate(
      AggregatePlan(input: input.plan, keys: [NamedExpression(name, value)], aggregates: [total]))
    let ranked = BoundExpression.column(1, plan.schema[1].type, span)
    return input.with(.top(plan, [SortKey(ranked, isDescending: true, nullsFirst: false)], limit), isSerialized: true)
  }
}
