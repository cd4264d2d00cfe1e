/// `first`, `first + step`, ... up to and including `last` if it is reached; empty if `step` leads away.
package struct SeriesPlan: Sendable {
  package let column: ColumnInfo
  package let first: Value
  package let last: Value
  package let step: Value
  /// The number of values.
  package let count: Int

  package init(column: ColumnInfo, first: Value, last: Value, step: Value, count: Int) {
    self.column = column
    self.first = first
    self.last = last
    self.step = step
    self.count = count
  }
}

extension SeriesPlan: SourcePlanNode {
  static let traits = PlanTraits(order: .made)

  var schema: Schema { [column] }
  var label: String { "Range: \(column.name), \(count) values" }
  var rowEstimate: Int { count }
  var knownRowCount: Int? { count }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {}

  func bounds(ofColumn index: Int) -> KeyBounds {
    switch (first, last) {
    case (.long(let a), .long(let b)), (.datetime(let a), .datetime(let b)), (.timespan(let a), .timespan(let b)):
      .words(Swift.min(a, b)...Swift.max(a, b))
    default: .unknown
    }
  }

  func physical() -> PhysicalNode {
    PhysicalNode(label) { _ in Pipeline(source: SeriesSource(self), isOrdered: true) }
  }
}

extension LogicalPlan {
  /// The whole numbers, times or spans of `range`.
  package static func series(_ series: SeriesPlan) -> LogicalPlan { LogicalPlan(series) }
}
