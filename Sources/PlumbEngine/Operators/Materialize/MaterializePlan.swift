/// `materialize`: rows that are computed once, by whichever part of the query reads them first, and kept for the others.
struct MaterializePlan: Sendable {
  let rows: SharedRows
}

extension MaterializePlan: SourcePlanNode {
  static let traits = PlanTraits(order: .made)

  var schema: Schema { rows.plan.schema }
  var label: String { "Materialize" }
  var rowEstimate: Int { rows.plan.node.rowEstimate }
  var drawnInputs: [LogicalPlan] { [rows.plan] }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {}

  func physical() -> PhysicalNode {
    PhysicalNode(label, [rows.plan.node.physical()]) { run in
      Pipeline(source: LazyChunkSource(cutting: try rows.chunks(run.context)), isOrdered: true)
    }
  }
}

/// The rows of a plan, which runs when they are first asked for.
final class SharedRows: Sendable {
  let plan: LogicalPlan
  private let kept = LockedValue<[Chunk]?>(nil)

  init(_ plan: LogicalPlan) { self.plan = plan }

  /// All rows, in order.
  func chunks(_ context: ExecutionContext) throws -> [Chunk] {
    try kept.withLock { kept in
      if let kept { return kept }
      let chunks = try execute(optimize(plan, context), context).chunks
      kept = chunks
      return chunks
    }
  }
}

extension LogicalPlan {
  /// The rows of `plan`, which runs once for all places that have this value.
  package static func materialize(_ plan: LogicalPlan) -> LogicalPlan {
    LogicalPlan(MaterializePlan(rows: SharedRows(plan)))
  }
}
