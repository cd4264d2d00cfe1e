import PlumbDiagnostics

/// `render timechart with (title="x")`: how to draw the result.
public struct RenderSyntax: Sendable {
  public var visualization: NameSyntax
  public var properties: [RenderPropertySyntax]
  public var span: SourceSpan
}

public struct RenderPropertySyntax: Sendable {
  public var name: NameSyntax
  /// One value, but for lists of columns (`ycolumns=a, b`).
  public var values: [ExpressionSyntax]
  public var span: SourceSpan
}
