import PlumbDiagnostics

/// `parse-kv x as (a: long) with (pair_delimiter=";")`: columns out of `key=value` text.
public struct ParseKVSyntax: Sendable {
  public var expression: ExpressionSyntax
  public var keys: SchemaSyntax
  public var properties: [ParameterSyntax]
  public var span: SourceSpan
}
