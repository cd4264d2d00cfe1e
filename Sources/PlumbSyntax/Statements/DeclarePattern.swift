import PlumbDiagnostics

/// `declare pattern name ...`: read for its name only.
public struct DeclarePatternSyntax: Sendable {
  public var name: NameSyntax
  public var span: SourceSpan
}
