/// The rows passed to a plan that runs once per partition.
struct InputPlan: SourcePlanNode {
  static let traits = PlanTraits(order: .made)

  let schema: Schema

  var label: String { "Input" }
  var rowEstimate: Int { 1000 }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {}

  func keeping(_ needed: Set<Int>) -> PrunedPlan {
    let kept = schema.indices.filter { needed.contains($0) }
    return PrunedPlan(.input(kept.map { schema[$0] }), keeping: kept)
  }

  func carrying(_ input: CarryingPlan) -> CarryingPlan? { input }

  func physical() -> PhysicalNode {
    PhysicalNode(label) { run in
      // Columns that only the partition's key reads come last.
      let rows = run.input.map { [$0.picking(Array(schema.indices))] } ?? []
      return Pipeline(source: ChunkListSource(rows), isOrdered: true)
    }
  }
}

extension LogicalPlan {
  package static func input(_ schema: Schema) -> LogicalPlan { LogicalPlan(InputPlan(schema: schema)) }
}
