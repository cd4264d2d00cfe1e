import PlumbDiagnostics

/// `where x`, also `filter x`: the rows for which it is true.
public struct WhereSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var predicate: ExpressionSyntax
  public var span: SourceSpan
}
