/// An operator that reads its whole input at once, in order.
struct MaterialisingPlan: Sendable {
  let name: String
  var input: LogicalPlan
  let schema: Schema
  /// Transforms all rows of the input, as one chunk, to all rows of the output.
  let transform: @Sendable (Chunk, ExecutionContext) throws -> Chunk

  init(
    name: String, input: LogicalPlan, schema: Schema,
    transform: @escaping @Sendable (Chunk, ExecutionContext) throws -> Chunk
  ) {
    self.name = name
    self.input = input
    self.schema = schema
    self.transform = transform
  }
}

extension MaterialisingPlan: UnaryPlanNode {
  static let traits = PlanTraits(order: .kept)

  var label: String { name }
  var rowEstimate: Int { input.node.rowEstimate }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {}

  func physical() -> PhysicalNode {
    let types = input.schema.map(\.type)
    return materialising { run, pipeline in
      [try transform(try pipeline.whole(types, run.context), run.context)]
    }
  }
}

extension LogicalPlan {
  static func materialising(_ plan: MaterialisingPlan) -> LogicalPlan { LogicalPlan(plan) }
}
