import PlumbDiagnostics

/// `top-nested 3 of a by sum(x), top-nested 2 of b by count()`: top values within top values.
public struct TopNestedSyntax: Sendable {
  public var levels: [TopNestedLevelSyntax]
  public var span: SourceSpan
}

public struct TopNestedLevelSyntax: Sendable {
  /// Nil for all values.
  public var count: ExpressionSyntax?
  public var expression: NamedExpressionSyntax
  /// `with others = "rest"`
  public var others: ExpressionSyntax?
  public var aggregate: NamedExpressionSyntax
  public var direction: SortDirection?
  public var span: SourceSpan
}
