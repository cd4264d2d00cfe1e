/// The first rows in the input's order.
struct LimitPlan: UnaryPlanNode {
  static let traits = PlanTraits(order: .kept, passesColumns: true)

  var input: LogicalPlan
  var count: Int

  var schema: Schema { input.schema }
  var label: String { "Limit: \(count)" }
  var form: PlanForm { .limit(count) }
  var rowEstimate: Int { Swift.min(count, input.node.rowEstimate) }
  var knownRowCount: Int? { input.node.knownRowCount.map { Swift.min($0, count) } }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {}

  func physical() -> PhysicalNode {
    materialising { run, pipeline in
      if count == 0 { return [] }
      let sink = CollectSink(limit: count, stopping: pipeline.source)
      try pipeline.run(into: sink, run.context)
      return sink.chunks()
    }
  }
}

extension LogicalPlan {
  package static func limit(_ input: LogicalPlan, _ count: Int) -> LogicalPlan {
    LogicalPlan(LimitPlan(input: input, count: count))
  }
}
