import PlumbDiagnostics

/// `project-by-names "a", dynamic(["b"])`: columns whose names are values.
public struct ProjectByNamesSyntax: Sendable {
  public var columns: [ExpressionSyntax]
  public var span: SourceSpan
}
