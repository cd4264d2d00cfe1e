/// The meaning of a query, as a tree of relational algebra: a node, its inputs, the columns of its rows.
///
/// Columns are identified by index. The binder builds the tree with the functions that each operator's file declares, such as
/// `LogicalPlan.filter(input, predicate)`; the optimiser rewrites it, and `physical()` turns it into operators.
package struct LogicalPlan: Sendable {
  let node: any PlanNode
  /// The columns of the plan's rows.
  package let schema: Schema

  init(_ node: any PlanNode) {
    self.node = node
    schema = node.schema
  }

  /// The plans that this one reads from.
  package var inputs: [LogicalPlan] { node.inputs }

  /// The node, if it is of this operator.
  func `as`<Node: PlanNode>(_ type: Node.Type) -> Node? { node as? Node }
}

extension LogicalPlan {
  /// The plan with each of its inputs replaced.
  func mappingInputs(_ change: (LogicalPlan) -> LogicalPlan) -> LogicalPlan {
    let inputs = node.inputs
    if inputs.isEmpty { return self }
    var node = self.node
    node.inputs = inputs.map(change)
    return LogicalPlan(node)
  }

  /// The plan rewritten from its leaves up.
  func rewritingUpwards(_ change: (LogicalPlan) -> LogicalPlan) -> LogicalPlan {
    change(mappingInputs { $0.rewritingUpwards(change) })
  }

  /// The plan with each expression of this node replaced; `input` is the plan whose columns the expression reads.
  func mappingExpressions(_ change: (_ expression: BoundExpression, _ input: LogicalPlan) -> BoundExpression)
    -> LogicalPlan
  {
    var node = self.node
    node.mapExpressions(change)
    return LogicalPlan(node)
  }

  /// These columns in this order.
  func picking(_ indices: [Int], names: [String]) -> LogicalPlan {
    if indices == Array(schema.indices), names == schema.map(\.name) { return self }
    return .project(self, zip(indices, names).map { NamedExpression($1, .column($0, schema[$0].type, .none)) })
  }

  /// The plan's rows that pass all of `filters`.
  func filtered(by filters: [BoundExpression]) -> LogicalPlan {
    BoundExpression.conjunction(filters).map { .filter(self, $0) } ?? self
  }
}
