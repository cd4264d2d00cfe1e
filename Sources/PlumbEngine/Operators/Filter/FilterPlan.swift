/// The rows for which a condition is true; null is not true.
struct FilterPlan: UnaryPlanNode {
  static let traits = PlanTraits(order: .kept, passesColumns: true, isRowwise: true, readsDictionaries: true)

  var input: LogicalPlan
  var predicate: BoundExpression

  var schema: Schema { input.schema }
  var label: String { "Filter: \(predicate.text(input.schema))" }
  var form: PlanForm { .filter(predicate) }
  var rowEstimate: Int { input.node.rowEstimate / 4 + 1 }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {
    predicate = change(predicate, input)
  }

  func pushing(_ filters: [BoundExpression]) -> LogicalPlan { input.node.pushing(predicate.conjuncts + filters) }

  func physical() -> PhysicalNode { streaming(FilterStep(conjuncts: predicate.conjuncts)) }
}

extension LogicalPlan {
  package static func filter(_ input: LogicalPlan, _ predicate: BoundExpression) -> LogicalPlan {
    LogicalPlan(FilterPlan(input: input, predicate: predicate))
  }
}
