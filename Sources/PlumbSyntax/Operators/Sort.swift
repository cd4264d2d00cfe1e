import PlumbDiagnostics

/// `sort by a, b asc nulls last`; also `order by`.
public struct SortSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var keys: [OrderedExpressionSyntax]
  public var span: SourceSpan
}
