import PlumbDiagnostics

/// `top-hitters 5 of x by y`: the most frequent values, roughly.
public struct TopHittersSyntax: Sendable {
  public var count: ExpressionSyntax
  public var expression: NamedExpressionSyntax
  public var weight: NamedExpressionSyntax?
  public var span: SourceSpan
}
