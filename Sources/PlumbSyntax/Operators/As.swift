import PlumbDiagnostics

/// `as Name`: gives the rows so far a name to use later in the query.
public struct AsSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var name: NameSyntax
  public var span: SourceSpan
}
