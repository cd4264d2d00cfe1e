import PlumbDiagnostics

/// `search in (T1, T2) "words"`: rows that hold a term anywhere; source and operator.
public struct SearchSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  /// Empty when not written.
  public var tables: [SourceSyntax]
  /// String literals stand for terms; `*` for any column.
  public var predicate: ExpressionSyntax
  public var span: SourceSpan
}
