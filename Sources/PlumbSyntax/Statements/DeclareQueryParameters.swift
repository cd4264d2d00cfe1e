import PlumbDiagnostics

/// `declare query_parameters(a: long = 5, b: string)`.
public struct DeclareQueryParametersSyntax: Sendable {
  public var parameters: [FunctionParameterSyntax]
  public var span: SourceSpan
}
