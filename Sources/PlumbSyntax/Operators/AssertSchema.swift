import PlumbDiagnostics

/// `assert-schema (a: long, b: string)`: fails unless the columns are these.
public struct AssertSchemaSyntax: Sendable {
  public var schema: SchemaSyntax
  public var span: SourceSpan
}
