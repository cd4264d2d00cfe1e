/// A sort key, and where nulls come.
package struct SortKey: Sendable {
  package var expression: BoundExpression
  package var isDescending: Bool
  package var nullsFirst: Bool

  package init(_ expression: BoundExpression, isDescending: Bool, nullsFirst: Bool) {
    self.expression = expression
    self.isDescending = isDescending
    self.nullsFirst = nullsFirst
  }
}

extension [SortKey] {
  func mapping(_ change: (BoundExpression) -> BoundExpression) -> [SortKey] {
    map { SortKey(change($0.expression), isDescending: $0.isDescending, nullsFirst: $0.nullsFirst) }
  }

  func text(_ schema: Schema) -> String {
    map { $0.expression.text(schema) + ($0.isDescending ? " desc" : " asc") }.joined(separator: ", ")
  }
}
