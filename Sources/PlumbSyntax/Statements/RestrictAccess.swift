import PlumbDiagnostics

/// `restrict access to (T, U*)`.
public struct RestrictAccessSyntax: Sendable {
  public var entities: [ExpressionSyntax]
  public var span: SourceSpan
}
