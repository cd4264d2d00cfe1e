import PlumbDiagnostics

/// `sample 5`: that many rows at random.
public struct SampleSyntax: Sendable {
  public var count: ExpressionSyntax
  public var span: SourceSpan
}
