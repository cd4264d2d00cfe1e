import PlumbDiagnostics

/// `take 5`, also `limit 5`: that many rows, whichever they are.
public struct TakeSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var count: ExpressionSyntax
  public var span: SourceSpan
}
