import PlumbDiagnostics

/// `consume`: runs the query and gives nothing back.
public struct ConsumeSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var span: SourceSpan
}
