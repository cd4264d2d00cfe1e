import PlumbDiagnostics

/// `lookup kind=leftouter (D) on a`: adds the columns of a small table.
public struct LookupSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var right: SourceSyntax
  public var conditions: [ExpressionSyntax]
  public var span: SourceSpan
}
