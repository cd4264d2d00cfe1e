import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Binds expressions over the columns of each row. Rejects aggregates and functions over neighbouring rows.
struct ColumnExpressions {
  let rows: InputRows
  let binder: ExpressionBinder

  init(rows: InputRows, at place: BindingPlace, for what: String) {
    self.rows = rows
    binder = ExpressionBinder(place: place, rows: rows, seesColumns: true, what: what, offer: .nothing)
  }

  func expression(_ syntax: ExpressionSyntax) throws -> BoundExpression { try binder.bind(syntax).overColumns() }

  /// An expression that is true or false.
  func condition(_ syntax: ExpressionSyntax) throws -> BoundExpression { try binder.condition(syntax).overColumns() }

  func sortKey(_ key: OrderedExpressionSyntax) throws -> SortKey {
    let expression = try expression(key.expression.expression)
    guard expression.type != .dynamic else {
      throw Diagnostic(
        "dynamic-key", "dynamic values have no order", at: key.expression.span,
        help: "convert them, as in `tostring(...)` or `tolong(...)`")
    }
    let isDescending = key.direction != .ascending
    let nullsFirst = key.nulls.map { $0 == .first } ?? !isDescending
    return SortKey(expression, isDescending: isDescending, nullsFirst: nullsFirst)
  }

  /// What rows are grouped by, with distinct names.
  func groupKeys(_ groups: [NamedExpressionSyntax], _ names: inout NameMaker) throws -> [NamedExpression] {
    var keys: [NamedExpression] = []
    for group in groups {
      let key = binder.place.attempt { () throws -> BoundExpression in
        let bound = try expression(group.expression)
        if bound.type == .dynamic {
          throw Diagnostic(
            "dynamic-key", "rows cannot be grouped by a dynamic value", at: group.expression.span,
            help: "convert it, as in `tostring(...)`")
        }
        return bound
      }
      guard let key else { continue }
      let automatic = group.names.first == nil ? automaticName(group.expression) : nil
      let name = group.names.first?.text ?? automatic.map { names.unique($0) } ?? names.numbered()
      keys.append(NamedExpression(name, key))
    }
    guard keys.count == groups.count else { throw AlreadyReported() }
    return keys
  }
}
