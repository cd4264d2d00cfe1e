import PlumbDiagnostics

/// An expression with its column name: `x`, `a = x`, `(a, b) = x`.
package struct NamedExpressionSyntax: Sendable {
  /// Empty if the binder chooses the name; more than one only in brackets.
  package var names: [NameSyntax]
  package var expression: ExpressionSyntax
  package var span: SourceSpan
}

/// An option before an operator's operands: `kind=inner`, `hint.strategy=shuffle`.
package struct ParameterSyntax: Sendable {
  /// Dots and underscores as written: `hint.strategy`.
  package var name: NameSyntax
  /// A `.name` or a `.literal`.
  package var value: ExpressionSyntax
  package var span: SourceSpan
}

/// A column of a written schema: `name: type`.
package struct ColumnDeclarationSyntax: Sendable {
  package var name: NameSyntax
  package var type: TypeSyntax
  package var span: SourceSpan
}

/// A schema in brackets, perhaps with `*` for any other columns.
package struct SchemaSyntax: Sendable {
  package var columns: [ColumnDeclarationSyntax]
  package var hasStar: Bool
  package var span: SourceSpan
}

package enum SortDirection: String, Hashable, Sendable {
  case ascending = "asc"
  case descending = "desc"
}

package enum NullsOrder: String, Hashable, Sendable {
  case first
  case last
}

/// One key of an order: `x asc nulls last`.
package struct OrderedExpressionSyntax: Sendable {
  package var expression: NamedExpressionSyntax
  /// Nil when not written.
  package var direction: SortDirection?
  package var nulls: NullsOrder?
  package var span: SourceSpan
}
