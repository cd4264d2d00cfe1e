import PlumbDiagnostics

/// `project-away a, b*`: all columns but these.
public struct ProjectAwaySyntax: Sendable {
  public var columns: [NamePatternSyntax]
  public var span: SourceSpan
}
