import PlumbDiagnostics

/// `datatable(a: long, b: string) [1, "x", 2, "y"]`: a table written out.
public struct DatatableSyntax: Sendable {
  public var schema: SchemaSyntax
  /// Row after row; the binder checks that they divide into rows.
  public var values: [ExpressionSyntax]
  public var span: SourceSpan
}
