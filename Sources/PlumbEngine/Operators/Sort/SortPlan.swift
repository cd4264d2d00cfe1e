/// All rows in the order of the keys.
struct SortPlan: UnaryPlanNode {
  static let traits = PlanTraits(order: .made, keepsCount: true, passesColumns: true, readsDictionaries: true)

  var input: LogicalPlan
  var keys: [SortKey]

  var schema: Schema { input.schema }
  var label: String { "Sort: " + keys.text(input.schema) }
  var form: PlanForm { .sort(keys) }
  var rowEstimate: Int { input.node.rowEstimate }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {
    keys = keys.mapping { change($0, input) }
  }

  func pushing(_ filters: [BoundExpression]) -> LogicalPlan { .sort(input.node.pushing(filters), keys) }

  func physical() -> PhysicalNode {
    let types = input.schema.map(\.type)
    return materialising { run, pipeline in
      try sorted(try pipeline.collect(run.context), by: keys, types: types, run.context)
    }
  }
}

extension LogicalPlan {
  package static func sort(_ input: LogicalPlan, _ keys: [SortKey]) -> LogicalPlan {
    LogicalPlan(SortPlan(input: input, keys: keys))
  }
}
