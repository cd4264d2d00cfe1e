import PlumbDiagnostics

/// `reduce by x with threshold=0.1`: groups similar texts under patterns.
public struct ReduceSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var expression: NamedExpressionSyntax
  public var properties: [ParameterSyntax]
  public var span: SourceSpan
}
