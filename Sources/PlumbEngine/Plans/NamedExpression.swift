/// An output column and how it is computed.
package struct NamedExpression: Sendable {
  package var name: String
  package var expression: BoundExpression

  package init(_ name: String, _ expression: BoundExpression) {
    self.name = name
    self.expression = expression
  }

  func text(_ schema: Schema) -> String {
    let written = expression.text(schema)
    return written == name ? name : "\(name) = \(written)"
  }

  var column: ColumnInfo { ColumnInfo(name, expression.type) }
}

extension [NamedExpression] {
  func mapping(_ change: (BoundExpression) -> BoundExpression) -> [NamedExpression] {
    map { NamedExpression($0.name, change($0.expression)) }
  }
}
