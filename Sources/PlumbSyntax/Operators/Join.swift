import PlumbDiagnostics

/// `join kind=inner (U) on a, $left.x == $right.y`: pairs rows of two tables.
public struct JoinSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var right: SourceSyntax
  /// Names, or comparisons of `$left.x` and `$right.y`; empty when `on` is missing.
  public var conditions: [ExpressionSyntax]
  public var span: SourceSpan
}
