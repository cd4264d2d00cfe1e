import PlumbDiagnostics

/// `extend a = x, y`: adds columns.
public struct ExtendSyntax: Sendable {
  public var columns: [NamedExpressionSyntax]
  public var span: SourceSpan
}
