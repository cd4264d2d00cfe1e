/// What a node of a plan means, apart from its inputs, for code that says it in another language.
package enum PlanForm: Sendable {
  /// Rows of a table: columns, and filters over these columns.
  case scan(ScanPlan)
  /// The rows for which a condition is true.
  case filter(BoundExpression)
  /// New columns in place of the input's.
  case project([NamedExpression])
  /// Groups; its input is the node's.
  case aggregate(AggregatePlan)
  /// All rows in the order of the keys.
  case sort([SortKey])
  /// The first rows in the order of the keys, sorted.
  case top([SortKey], Int)
  /// For each value of a key the first rows in the order of the sort keys, and perhaps other columns of these rows.
  case topOfEach(BoundExpression, [SortKey], Int, [NamedExpression]?)
  /// The first rows in the input's order.
  case limit(Int)
  /// The rows of all inputs, which have the same columns.
  case union
  /// Pairs of rows of the two inputs, or rows of one that have a partner or none.
  case join(JoinPlan)
  /// One row for each element of some columns.
  case expand(ExpandPlan)
  /// Columns that depend on neighbouring rows, after the input's.
  case window([WindowColumn])
  /// Anything else, which only runs here.
  case other
}

extension LogicalPlan {
  /// What the plan's outermost node means.
  package var form: PlanForm { node.form }

  /// The plan's outermost node as `explain` writes it.
  package var label: String { node.label }
}
