import PlumbDiagnostics

/// `mv-apply a to typeof(long) on (subquery)`: runs a subquery over each row's elements.
public struct MvApplySyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var columns: [ExpandedColumnSyntax]
  public var limit: ExpressionSyntax?
  /// Starts with `.implied`.
  public var query: QuerySyntax
  public var span: SourceSpan
}
