import PlumbDiagnostics

/// `print a, b = 2`: one row of values.
public struct PrintSyntax: Sendable {
  public var columns: [NamedExpressionSyntax]
  public var span: SourceSpan
}
