import PlumbDiagnostics

/// `count`: how many rows.
public struct CountSyntax: Sendable {
  public var span: SourceSpan
}
