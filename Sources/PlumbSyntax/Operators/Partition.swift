import PlumbDiagnostics

/// `partition by a (top 1 by b)`: runs a subquery over each group of rows.
public struct PartitionSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var key: ExpressionSyntax
  /// Starts with `.implied` in round brackets; in the old form `{ T | ... }` with its own source.
  public var query: QuerySyntax
  public var isLegacy: Bool
  public var span: SourceSpan
}
