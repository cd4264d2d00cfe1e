/// A plan that carries some columns of its `.input` through every step, though no step mentions them.
///
/// This is how `mv-apply` runs its subquery over the elements of all rows at once: each element carries the number of its
/// row. (Decorrelation, as in Neumann and Kemper 2015.)
package struct CarryingPlan {
  package var plan: LogicalPlan
  /// The indices of the carried columns in the plan's output, which follow the plan's own columns.
  package var places: [Int]
  /// Whether a step refers to the rows of one partition only.
  package var dependsOnPartition = false

  /// The carried columns, to be appended to another node's output.
  var columns: [NamedExpression] {
    places.map { NamedExpression(plan.schema[$0].name, .column($0, plan.schema[$0].type, .none)) }
  }
}

extension LogicalPlan {
  /// The plan with its own columns first, followed by `columns` of its `.input`; nil if a step cannot
  /// carry columns.
  package func carrying(_ columns: [Int]) -> CarryingPlan? {
    guard let input = inputs.first else { return node.carrying(CarryingPlan(plan: self, places: columns)) }
    return inputs.count > 1 ? nil : input.carrying(columns).flatMap(node.carrying)
  }

  /// The plan with another plan in place of `.input`.
  package func replacingInput(with plan: LogicalPlan) -> LogicalPlan {
    rewritingUpwards { $0.node is InputPlan ? plan : $0 }
  }

  /// The column of `.input` of which an output column is a copy.
  package func inputColumn(of column: Int) -> Int? {
    if node is InputPlan { return column }
    guard let input = inputs.first, inputs.count == 1, case .column(let index, _, _)? = node.origin(ofColumn: column)
    else { return nil }
    return input.inputColumn(of: index)
  }

  /// Whether the plan reads rows that an enclosing plan passes to it, as within `partition`.
  package var readsOuterRows: Bool { node is InputPlan || inputs.contains(where: \.readsOuterRows) }
}

extension PlanNode {
  func carrying(_ input: CarryingPlan) -> CarryingPlan? { traits.passesColumns ? passingColumns(of: input) : nil }

  /// The node over carried columns: its own come last, and a projection moves them before the carried ones.
  func passingColumns(of input: CarryingPlan) -> CarryingPlan {
    let width = inputs[0].schema.count
    let added = schema.count - width
    var node = self
    node.inputs = [input.plan]
    var result = input
    result.plan = LogicalPlan(node)
    result.dependsOnPartition = input.dependsOnPartition || !traits.isRowwise
    if added == 0 { return result }
    let columns = result.plan.schema
    let order = Array(0..<width) + Array(input.plan.schema.count..<columns.count) + input.places
    result.plan = result.plan.picking(order, names: order.map { columns[$0].name })
    result.places = input.places.indices.map { width + added + $0 }
    return result
  }
}
