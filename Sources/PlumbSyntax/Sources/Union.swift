import PlumbDiagnostics

/// `union kind=outer T1, T2*, (T3 | where x)`: the rows of several tables; source and operator.
public struct UnionSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  /// Each a source, which may be a `.pattern`.
  public var tables: [SourceSyntax]
  public var span: SourceSpan
}
