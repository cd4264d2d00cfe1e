extension RewriteRule {
  /// Columns that nothing reads are not scanned, computed or carried along.
  static let pruneColumns = RewriteRule(name: "ColumnPruning") { plan, _ in plan.pruned }
}

/// A plan without some of its columns, and the new index of each old column that is kept.
struct PrunedPlan {
  let plan: LogicalPlan
  let places: [Int: Int]

  init(_ plan: LogicalPlan, _ places: [Int: Int]) {
    self.plan = plan
    self.places = places
  }

  /// - Parameter kept: the old columns in their new order.
  init(_ plan: LogicalPlan, keeping kept: [Int]) { self.init(plan, Self.places(of: kept)) }

  static func places(of kept: [Int]) -> [Int: Int] {
    Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
  }
}

extension LogicalPlan {
  /// The plan pruned inside, with its output as it was.
  var pruned: LogicalPlan {
    let below = node.keeping(Set(schema.indices))
    // Only the identity keeps the output as it is; anything else is reordered.
    if below.plan.schema.count == schema.count, schema.indices.allSatisfy({ below.places[$0] == $0 }) {
      return below.plan
    }
    return below.plan.picking(schema.indices.map { below.places[$0] ?? $0 }, names: schema.map(\.name))
  }
}

extension PlanNode {
  func keeping(_ needed: Set<Int>) -> PrunedPlan {
    if traits.passesColumns { return keepingPassedColumns(needed) }
    return PrunedPlan(LogicalPlan(self).mappingInputs(\.pruned), keeping: Array(schema.indices))
  }

  /// The node over an input of fewer columns; its own new columns are all kept.
  ///
  /// - Parameter adapt: changes other references to columns by index in the node.
  func keepingPassedColumns(
    _ needed: Set<Int>, adapting adapt: (_ node: inout Self, _ places: [Int: Int]) -> Void = { _, _ in }
  ) -> PrunedPlan {
    let width = inputs[0].schema.count
    let read = needed.union(columnsRead).filter { $0 < width }
    let below = inputs[0].node.keeping(read)
    var places = below.places
    for index in width..<schema.count { places[index] = below.plan.schema.count + index - width }
    var node = self
    node.mapExpressions { expression, _ in expression.moved(places) }
    adapt(&node, places)
    node.inputs = [below.plan]
    return PrunedPlan(LogicalPlan(node), places)
  }

  /// The columns that its expressions read.
  var columnsRead: Set<Int> {
    var read = Set<Int>()
    forEachExpression { read.formUnion($0.columns) }
    return read
  }
}

extension BoundExpression {
  /// The expression with the new indices of its columns.
  func moved(_ places: [Int: Int]) -> BoundExpression { mappingColumns { places[$0] ?? $0 } }
}
