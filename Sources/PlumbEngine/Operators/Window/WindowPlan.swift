import PlumbDiagnostics

/// Columns that depend on neighbouring rows, computed in the input's order.
struct WindowPlan: UnaryPlanNode {
  static let traits = PlanTraits(order: .kept, keepsCount: true, passesColumns: true)

  var input: LogicalPlan
  var columns: [WindowColumn]

  var schema: Schema { input.schema + columns.map { ColumnInfo($0.name, $0.type) } }

  var label: String {
    let schema = input.schema
    return "Window: "
      + columns.map { column in
        let arguments = column.arguments.map { $0.text(schema) }.joined(separator: ", ")
        return "\(column.name) = \(column.function.rawValue)(\(arguments))"
      }.joined(separator: ", ")
  }

  var form: PlanForm { .window(columns) }
  var rowEstimate: Int { input.node.rowEstimate }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {
    // Later columns may read earlier ones.
    let own = LogicalPlan(self)
    for place in columns.indices { columns[place].arguments = columns[place].arguments.map { change($0, own) } }
  }

  func physical() -> PhysicalNode {
    let types = input.schema.map(\.type)
    return materialising { run, pipeline in
      let whole = try pipeline.whole(types, run.context, lazily: true)
      return [try addingWindows(columns, to: whole, run.context)]
    }
  }
}

extension LogicalPlan {
  package static func window(_ input: LogicalPlan, _ columns: [WindowColumn]) -> LogicalPlan {
    LogicalPlan(WindowPlan(input: input, columns: columns))
  }
}

/// A new column computed over the ordered input, at the end of the schema.
package struct WindowColumn: Sendable {
  package var name: String
  package var function: WindowFunction
  package var arguments: [BoundExpression]
  package let type: ScalarType
  package let span: SourceSpan

  package init(
    name: String, function: WindowFunction, arguments: [BoundExpression], type: ScalarType, span: SourceSpan
  ) {
    self.name = name
    self.function = function
    self.arguments = arguments
    self.type = type
    self.span = span
  }
}

/// Functions over neighbouring rows. Arguments as in KQL, including constants.
package enum WindowFunction: String, Sendable, CaseIterable {
  /// `prev(value, [offset = 1], [default])`
  case prev
  /// `next(value, [offset = 1], [default])`
  case next
  /// `row_number([start = 1], [restart])`
  case rowNumber = "row_number"
  /// `row_cumsum(term, [restart])`
  case rowCumsum = "row_cumsum"
  /// `row_rank_dense(term, [restart])`
  case rowRankDense = "row_rank_dense"
  /// `row_rank_min(term, [restart])`
  case rowRankMin = "row_rank_min"
  /// `row_window_session(time, maxFromFirst, maxBetween, [restart])`
  case rowWindowSession = "row_window_session"

  /// The function of a name, which may be the older `row_rank`.
  package init?(named name: String) {
    self.init(rawValue: name == "row_rank" ? "row_rank_dense" : name)
  }
}
