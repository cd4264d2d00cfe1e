import PlumbDiagnostics

/// `project-reorder a, b* asc`: these columns first.
public struct ProjectReorderSyntax: Sendable {
  public var columns: [ReorderedColumnSyntax]
  public var span: SourceSpan
}

public struct ReorderedColumnSyntax: Sendable {
  public enum Order: String, Hashable, Sendable, CaseIterable {
    case asc
    case desc
    /// Digits in names count as numbers.
    case grannyAsc = "granny-asc"
    case grannyDesc = "granny-desc"
  }
  public var pattern: NamePatternSyntax
  public var order: Order?
  public var span: SourceSpan
}
