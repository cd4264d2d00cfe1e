import PlumbDiagnostics

/// `range x from a to b step c`: one column of evenly spaced values.
public struct RangeSyntax: Sendable {
  public var name: NameSyntax
  public var from: ExpressionSyntax
  public var to: ExpressionSyntax
  public var step: ExpressionSyntax
  public var span: SourceSpan
}
