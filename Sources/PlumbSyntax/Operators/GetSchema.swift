import PlumbDiagnostics

/// `getschema`: the columns and their types, as rows.
public struct GetSchemaSyntax: Sendable {
  public var span: SourceSpan
}
