import PlumbDiagnostics

/// `evaluate plugin(...) : (a: long)`: rows through a plugin; source and operator.
public struct EvaluateSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var call: CallSyntax
  public var schema: SchemaSyntax?
  public var span: SourceSpan
}
