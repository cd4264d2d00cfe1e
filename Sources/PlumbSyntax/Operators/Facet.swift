import PlumbDiagnostics

/// `facet by a, b with (take 5)`: a table of counts for each column, and the rows.
public struct FacetSyntax: Sendable {
  public var columns: [NameSyntax]
  /// Starts with `.implied`.
  public var query: QuerySyntax?
  public var span: SourceSpan
}
