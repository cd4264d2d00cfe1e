import PlumbDiagnostics

/// `mv-expand a, b to typeof(long) limit 5`: a row for each element.
public struct MvExpandSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var columns: [ExpandedColumnSyntax]
  public var limit: ExpressionSyntax?
  public var span: SourceSpan
}

public struct ExpandedColumnSyntax: Sendable {
  public var expression: NamedExpressionSyntax
  /// `to typeof(long)`
  public var type: TypeSyntax?
  public var span: SourceSpan
}
