/// New columns computed from old ones; also renames, drops and reorders.
struct ProjectPlan: UnaryPlanNode {
  static let traits = PlanTraits(order: .kept, keepsCount: true, isRowwise: true, readsDictionaries: true)

  var input: LogicalPlan
  var columns: [NamedExpression]

  var schema: Schema { columns.map(\.column) }
  var label: String { "Project: " + columns.map { $0.text(input.schema) }.joined(separator: ", ") }
  var form: PlanForm { .project(columns) }
  var rowEstimate: Int { input.node.rowEstimate }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {
    columns = columns.mapping { change($0, input) }
  }

  func origin(ofColumn index: Int) -> BoundExpression? { columns[index].expression }

  func keeping(_ needed: Set<Int>) -> PrunedPlan {
    let kept = columns.indices.filter { needed.contains($0) }
    let below = input.node.keeping(kept.reduce(into: Set<Int>()) { $0.formUnion(columns[$1].expression.columns) })
    let moved = kept.map { columns[$0] }.mapping { $0.moved(below.places) }
    return PrunedPlan(.project(below.plan, moved), keeping: kept)
  }

  func pushing(_ filters: [BoundExpression]) -> LogicalPlan {
    // A condition on a computed column would compute it twice; it may move if the column is cheap.
    let (low, high) = filters.divided { filter in
      filter.columns.allSatisfy { columns[$0].expression.isCheap } && !filter.isVolatile
    }
    let moved = low.map { $0.substituting { columns[$0].expression } }
    return LogicalPlan.project(input.node.pushing(moved), columns).filtered(by: high)
  }

  func carrying(_ input: CarryingPlan) -> CarryingPlan? {
    var result = input
    result.plan = .project(input.plan, columns + input.columns)
    result.places = input.places.indices.map { columns.count + $0 }
    return result
  }

  func physical() -> PhysicalNode { streaming(ProjectStep(expressions: columns.map(\.expression))) }
}

extension LogicalPlan {
  package static func project(_ input: LogicalPlan, _ columns: [NamedExpression]) -> LogicalPlan {
    LogicalPlan(ProjectPlan(input: input, columns: columns))
  }
}
