/// `mv-expand`: one row for each element of some dynamic columns.
package struct ExpandPlan: Sendable {
  package var input: LogicalPlan
  package var columns: [ExpandedColumn]
  /// The name of a column with the element's index from 0, if requested; it comes last.
  package var indexName: String?
  /// The maximum number of rows made from one row.
  package var rowLimit: Int?
  /// Whether a bag becomes `[key, value]` arrays rather than one-property bags.
  package var bagsAsArrays: Bool
  /// Whether a null counts as one element.
  package var keepsEmpty: Bool

  package init(
    input: LogicalPlan, columns: [ExpandedColumn], indexName: String?, rowLimit: Int?, bagsAsArrays: Bool,
    keepsEmpty: Bool = true
  ) {
    self.input = input
    self.columns = columns
    self.indexName = indexName
    self.rowLimit = rowLimit
    self.bagsAsArrays = bagsAsArrays
    self.keepsEmpty = keepsEmpty
  }
}

/// A column of the input that is expanded in place, or a new one that contains an expression's elements.
package struct ExpandedColumn: Sendable {
  /// The dynamic value to expand.
  package var expression: BoundExpression
  /// The index in the input's schema that is replaced; nil for a new column at the end.
  package var replaces: Int?
  package var name: String
  /// The type to which each element is converted; dynamic leaves it unchanged.
  package var type: ScalarType

  package init(expression: BoundExpression, replaces: Int?, name: String, type: ScalarType) {
    self.expression = expression
    self.replaces = replaces
    self.name = name
    self.type = type
  }
}

extension ExpandPlan: UnaryPlanNode {
  static let traits = PlanTraits(order: .kept, passesColumns: true, isRowwise: true)

  package var schema: Schema {
    var schema = input.schema
    for column in columns {
      let info = ColumnInfo(column.name, column.type)
      if let index = column.replaces { schema[index] = info } else { schema.append(info) }
    }
    return schema + (indexName.map { [ColumnInfo($0, .long)] } ?? [])
  }

  var label: String { "Expand: " + columns.map(\.name).joined(separator: ", ") }
  var form: PlanForm { .expand(self) }
  var rowEstimate: Int { input.node.rowEstimate &* 4 }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {
    for place in columns.indices { columns[place].expression = change(columns[place].expression, input) }
  }

  func origin(ofColumn index: Int) -> BoundExpression? {
    guard index < input.schema.count, !columns.contains(where: { $0.replaces == index }) else { return nil }
    return .column(index, input.schema[index].type, .none)
  }

  func keeping(_ needed: Set<Int>) -> PrunedPlan {
    keepingPassedColumns(needed.union(columns.compactMap(\.replaces))) { expand, places in
      for place in expand.columns.indices {
        expand.columns[place].replaces = expand.columns[place].replaces.flatMap { places[$0] }
      }
    }
  }

  func physical() -> PhysicalNode { streaming(ExpandStep(plan: self)) }
}

extension LogicalPlan {
  package static func expand(_ plan: ExpandPlan) -> LogicalPlan { LogicalPlan(plan) }
}
