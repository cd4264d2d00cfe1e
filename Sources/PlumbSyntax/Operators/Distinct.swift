import PlumbDiagnostics

/// `distinct a, b` or `distinct *`: each combination once.
public struct DistinctSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  /// `.star` alone for all columns.
  public var columns: [NamedExpressionSyntax]
  public var span: SourceSpan
}
