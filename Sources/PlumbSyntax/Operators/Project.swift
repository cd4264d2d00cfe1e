import PlumbDiagnostics

/// `project a, b = x`: exactly these columns.
public struct ProjectSyntax: Sendable {
  public var columns: [NamedExpressionSyntax]
  public var span: SourceSpan
}
