/// All rows of all inputs, which have equal schemas, in the inputs' order.
struct UnionPlan: PlanNode {
  static let traits = PlanTraits(order: .lost, isRowwise: true)

  var inputs: [LogicalPlan]
  let schema: Schema

  var label: String { "Union" }
  var form: PlanForm { .union }
  var rowEstimate: Int { inputs.reduce(0) { $0 &+ $1.node.rowEstimate } }

  var knownRowCount: Int? {
    inputs.reduce(0 as Int?) { sum, input in input.node.knownRowCount.flatMap { rows in sum.map { $0 + rows } } }
  }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {}

  func origin(ofColumn index: Int) -> BoundExpression? { nil }

  func keeping(_ needed: Set<Int>) -> PrunedPlan {
    let kept = schema.indices.filter { needed.contains($0) }
    let pruned = inputs.map { input -> LogicalPlan in
      let below = input.node.keeping(needed)
      return below.plan.picking(kept.map { below.places[$0] ?? $0 }, names: kept.map { schema[$0].name })
    }
    return PrunedPlan(.union(pruned, kept.map { schema[$0] }), keeping: kept)
  }

  func pushing(_ filters: [BoundExpression]) -> LogicalPlan {
    let (low, high) = filters.divided { !$0.isVolatile }
    return LogicalPlan.union(inputs.map { $0.node.pushing(low) }, schema).filtered(by: high)
  }

  func physical() -> PhysicalNode {
    let nodes = inputs.map { $0.node.physical() }
    return PhysicalNode(label, nodes) { run in
      Pipeline(source: UnionSource(try nodes.map { try $0.pipeline(run) }, run.context))
    }
  }
}

extension LogicalPlan {
  package static func union(_ inputs: [LogicalPlan], _ schema: Schema) -> LogicalPlan {
    LogicalPlan(UnionPlan(inputs: inputs, schema: schema))
  }
}
