import PlumbDiagnostics

/// `summarize n = count() by a, bin(t, 1h)`: one row for each group.
public struct SummarizeSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  /// May be empty when there are groups.
  public var aggregates: [NamedExpressionSyntax]
  public var groups: [NamedExpressionSyntax]
  public var span: SourceSpan
}
