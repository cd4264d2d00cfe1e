import PlumbDiagnostics

/// `project-rename new = old`: other names for columns.
public struct ProjectRenameSyntax: Sendable {
  public var columns: [RenamedColumnSyntax]
  public var span: SourceSpan
}

public struct RenamedColumnSyntax: Sendable {
  public var newName: NameSyntax
  public var oldName: NameSyntax
  public var span: SourceSpan
}
