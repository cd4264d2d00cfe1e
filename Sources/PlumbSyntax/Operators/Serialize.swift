import PlumbDiagnostics

/// `serialize n = row_number()`: fixes the order of rows, and adds columns that rely on it.
public struct SerializeSyntax: Sendable {
  public var columns: [NamedExpressionSyntax]
  public var span: SourceSpan
}
