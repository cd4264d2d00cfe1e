import PlumbDiagnostics

/// `top 5 by x desc`: the first rows of an order.
public struct TopSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var count: ExpressionSyntax
  /// Empty when `by` is missing: the source's own ranking.
  public var keys: [OrderedExpressionSyntax]
  public var span: SourceSpan
}
