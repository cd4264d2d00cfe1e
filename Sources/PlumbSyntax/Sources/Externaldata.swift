import PlumbDiagnostics

/// `externaldata(a: string) ["file"] with (format="csv")`: rows from files.
public struct ExternaldataSyntax: Sendable {
  public var schema: SchemaSyntax
  public var locations: [ExpressionSyntax]
  public var properties: [ParameterSyntax]
  public var span: SourceSpan
}
