import PlumbEngine
import PlumbSyntax

extension WhereSyntax: OperatorBinding {
  /// `where`: the rows for which the predicate is true. After an error the rows stay as they are, so that what follows
  /// is checked too.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let rows = place.windows(over: input, for: "`where`")
    let filtered = place.attempt { () throws -> LogicalPlan in
      let condition = try rows.condition(predicate)
      let windowed = try rows.over(input.plan)
      let plan = LogicalPlan.filter(windowed.plan, try windowed.closing(condition))
      if !windowed.isWider { return plan }
      let own = input.schema.enumerated().map { index, column in
        NamedExpression(column.name, .column(index, column.type, span))
      }
      return .project(plan, own)
    }
    return filtered.map { input.keepingColumns($0) } ?? input
  }
}
