import PlumbDiagnostics

/// `set name = value`: an option for the query that follows.
public struct SetOptionSyntax: Sendable {
  /// Dots as written.
  public var name: NameSyntax
  /// A `.literal` or a `.name`; nil for a bare `set name`.
  public var value: ExpressionSyntax?
  public var span: SourceSpan
}
