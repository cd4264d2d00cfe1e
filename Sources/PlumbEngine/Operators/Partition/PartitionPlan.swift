/// A plan run once for each distinct value of a column.
///
/// Output: `plan`'s rows for each value of `key`, in the order the values first appear.
package struct PartitionPlan: Sendable {
  package var input: LogicalPlan
  package var key: BoundExpression
  /// Reads its rows from `.input`, whose schema is the input's.
  package var plan: LogicalPlan
  /// The plan's name for its partition's key, if it can read it as a value.
  package var keyName: String?

  package init(input: LogicalPlan, key: BoundExpression, plan: LogicalPlan, keyName: String? = nil) {
    self.input = input
    self.key = key
    self.plan = plan
    self.keyName = keyName
  }
}

extension PartitionPlan: UnaryPlanNode {
  static let traits = PlanTraits(order: .kept)

  package var schema: Schema { plan.schema }
  var label: String { "Partition: by \(key.text(input.schema))" }
  var form: PlanForm {
    guard let (order, limit, columns) = topOfInput else { return .other }
    return .topOfEach(key, order, limit, columns)
  }

  var rowEstimate: Int { input.node.rowEstimate }

  /// Also the steps that each part passes through, down to `Input`.
  var drawnInputs: [LogicalPlan] { [plan, input] }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {
    key = change(key, input)
  }

  func pushing(_ filters: [BoundExpression]) -> LogicalPlan {
    var partition = self
    partition.plan = plan.node.pushing([])
    partition.input = input.node.pushing([])
    return LogicalPlan.partition(partition).filtered(by: filters)
  }

  func keeping(_ needed: Set<Int>) -> PrunedPlan {
    var partition = self
    let inner = plan.node.keeping(needed)
    let names = Dictionary(input.schema.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let leaves = inner.plan.inputLeaves
    // The inner plan reads its columns first; those that only the key reads follow.
    var kept = leaves.first?.compactMap { names[$0.name] } ?? []
    guard leaves.count == 1, kept.count == leaves[0].count, names.count == input.schema.count else {
      partition.input = input.pruned
      return PrunedPlan(.partition(partition), keeping: Array(schema.indices))
    }
    kept += key.columns.sorted().filter { !kept.contains($0) }
    let below = input.node.keeping(Set(kept))
    partition.input = below.plan.picking(kept.map { below.places[$0] ?? $0 }, names: kept.map { input.schema[$0].name })
    partition.key = key.moved(PrunedPlan.places(of: kept))
    partition.plan = inner.plan
    return PrunedPlan(.partition(partition), inner.places)
  }

  func physical() -> PhysicalNode {
    let types = input.schema.map(\.type)
    if let (order, limit, columns) = topOfInput {
      return materialising { run, pipeline in
        let chunks = try pipeline.collect(run.context)
        let best = try topOfEachPartition(chunks, types: types, key: key, order: order, limit: limit, run.context)
        guard let columns else { return [best.picking(Array(schema.indices))] }
        return [Chunk(try columns.map { try $0.expression.evaluate(best, run.context) }, count: best.count)]
      }
    }
    return materialising { run, pipeline in
      let whole = try pipeline.whole(types, run.context)
      return try partitioned(self, whole, run.context) { part, chunk in
        // Partitions run in parallel, each on one worker.
        let inner = PhysicalRun(run.context.alone, isProfiling: false, input: chunk)
        return try part.node.physical().pipeline(inner).collect(inner.context)
      }
    }
  }

  /// If the plan is `top N by ...`, perhaps with a projection: its keys, N and the projection.
  private var topOfInput: ([SortKey], Int, [NamedExpression]?)? {
    let projection = plan.as(ProjectPlan.self)
    guard let top = (projection?.input ?? plan).as(TopPlan.self), top.input.node is InputPlan else { return nil }
    return (top.keys, top.count, projection?.columns)
  }
}

extension LogicalPlan {
  package static func partition(_ partition: PartitionPlan) -> LogicalPlan { LogicalPlan(partition) }

  /// The schemas of the `.input` leaves of the plan.
  fileprivate var inputLeaves: [Schema] { node is InputPlan ? [schema] : inputs.flatMap(\.inputLeaves) }
}
