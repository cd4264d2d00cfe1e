import PlumbDiagnostics

/// `alias database name = cluster("c").database("d")`.
public struct AliasDatabaseSyntax: Sendable {
  public var name: NameSyntax
  public var target: ExpressionSyntax
  public var span: SourceSpan
}
