/// The rows of a part of the plan that a remote engine runs.
struct RemotePlan {
  let query: any RemoteQuery
  /// What runs there.
  let plan: LogicalPlan
}

extension RemotePlan: SourcePlanNode {
  static let traits = PlanTraits(order: .made)

  var schema: Schema { plan.schema }
  var label: String { query.label }
  var drawnInputs: [LogicalPlan] { [plan] }
  var rowEstimate: Int { plan.node.rowEstimate }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {}

  func keeping(_ needed: Set<Int>) -> PrunedPlan { PrunedPlan(LogicalPlan(self), keeping: Array(schema.indices)) }

  func physical() -> PhysicalNode {
    PhysicalNode(query.text) { run in
      Pipeline(source: ExternalSource(query, rowEstimate, run.context), isOrdered: query.isOrdered)
    }
  }
}
