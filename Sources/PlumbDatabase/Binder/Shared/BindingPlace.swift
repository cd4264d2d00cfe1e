import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Where a part of a text is bound: the names that it can use, and what all parts share.
///
/// Operators, sources and plugins get one and ask it for expressions over their rows and for the relations of their
/// subqueries.
struct BindingPlace {
  let state: BindingState
  var scope: Scope

  var catalog: Catalog { state.catalog }
  var context: ExecutionContext { state.context }
  var calls: CallBinding { CallBinding(context: state.context) }

  func seeing(_ scope: Scope) -> BindingPlace { BindingPlace(state: state, scope: scope) }

  /// Returns the value, or nil after a mistake, which is reported.
  @discardableResult
  func attempt<T>(_ body: () throws -> T) -> T? { state.mistakes.attempt(body) }

  // MARK: Expressions, by what they may read

  /// Expressions that read no rows.
  var constants: ConstantExpressions { constants(for: "an expression") }

  /// - Parameter what: the operator's name in messages.
  func constants(for what: String) -> ConstantExpressions {
    ConstantExpressions(
      binder: ExpressionBinder(place: self, rows: nil, seesColumns: true, what: what, offer: .nothing))
  }

  /// Expressions over the columns of each row.
  func columns(of input: Relation, for what: String) -> ColumnExpressions {
    ColumnExpressions(rows: state.rows(of: input), at: self, for: what)
  }

  /// Expressions over the columns of each row and, through `prev` and similar functions, of its neighbours.
  func windows(over input: Relation, for what: String) -> WindowExpressions {
    WindowExpressions(rows: state.rows(of: input), at: self, for: what)
  }

  /// Expressions over groups of rows.
  func groups(of input: Relation, for what: String) -> GroupExpressions {
    GroupExpressions(rows: state.rows(of: input), at: self, for: what)
  }
}
