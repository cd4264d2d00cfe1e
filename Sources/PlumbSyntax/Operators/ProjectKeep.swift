import PlumbDiagnostics

/// `project-keep a, b*`: these columns, in their own order.
public struct ProjectKeepSyntax: Sendable {
  public var columns: [NamePatternSyntax]
  public var span: SourceSpan
}
