import PlumbDiagnostics

/// An expression with the column name it is given: `x`, `a = x`, `(a, b) = x`.
public struct NamedExpressionSyntax: Sendable {
  /// Empty when the name is left to the binder; more than one only with brackets.
  public var names: [NameSyntax]
  public var expression: ExpressionSyntax
  public var span: SourceSpan
}

/// An option before an operator's operands: `kind=inner`, `hint.strategy=shuffle`.
public struct ParameterSyntax: Sendable {
  /// Dots and underscores as written: `hint.strategy`.
  public var name: NameSyntax
  /// A `.name` or a `.literal`.
  public var value: ExpressionSyntax
  public var span: SourceSpan
}

/// A column of a written schema: `name: type`.
public struct ColumnDeclarationSyntax: Sendable {
  public var name: NameSyntax
  public var type: TypeSyntax
  public var span: SourceSpan
}

/// A schema in brackets, perhaps with `*` for any other columns.
public struct SchemaSyntax: Sendable {
  public var columns: [ColumnDeclarationSyntax]
  public var hasStar: Bool
  public var span: SourceSpan
}

public enum SortDirection: String, Hashable, Sendable {
  case ascending = "asc"
  case descending = "desc"
}

public enum NullsOrder: String, Hashable, Sendable {
  case first
  case last
}

/// One key of an order: `x asc nulls last`.
public struct OrderedExpressionSyntax: Sendable {
  public var expression: NamedExpressionSyntax
  /// Nil when not written.
  public var direction: SortDirection?
  public var nulls: NullsOrder?
  public var span: SourceSpan
}
