import PlumbDiagnostics

/// `fork (take 5) b = (count)`: several queries over the same rows.
public struct ForkSyntax: Sendable {
  public var branches: [ForkBranchSyntax]
  public var span: SourceSpan
}

public struct ForkBranchSyntax: Sendable {
  public var name: NameSyntax?
  /// Starts with `.implied`.
  public var query: QuerySyntax
  public var span: SourceSpan
}
