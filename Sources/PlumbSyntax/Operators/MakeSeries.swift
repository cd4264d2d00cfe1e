import PlumbDiagnostics

/// `make-series n = count() default = 0 on t from a to b step c by d`: one array for each group.
public struct MakeSeriesSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var aggregates: [SeriesAggregateSyntax]
  public var axis: NamedExpressionSyntax
  /// Nil when not written; the data's own ends are used.
  public var from: ExpressionSyntax?
  public var to: ExpressionSyntax?
  public var step: ExpressionSyntax
  /// Whether it was written `in range(from, to, step)`, whose end belongs to the series.
  public var isInRange: Bool
  public var groups: [NamedExpressionSyntax]
  public var span: SourceSpan
}

public struct SeriesAggregateSyntax: Sendable {
  public var aggregate: NamedExpressionSyntax
  public var defaultValue: ExpressionSyntax?
  public var span: SourceSpan
}
