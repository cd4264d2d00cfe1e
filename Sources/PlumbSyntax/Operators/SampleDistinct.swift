import PlumbDiagnostics

/// `sample-distinct 5 of x`: that many different values.
public struct SampleDistinctSyntax: Sendable {
  public var count: ExpressionSyntax
  public var expression: NamedExpressionSyntax
  public var span: SourceSpan
}
