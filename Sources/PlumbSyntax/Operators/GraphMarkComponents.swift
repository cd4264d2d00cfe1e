import PlumbDiagnostics

/// `graph-mark-components kind=weak with_component_id=c`: numbers the connected parts.
public struct GraphMarkComponentsSyntax: Sendable {
  public var parameters: [ParameterSyntax]
  public var span: SourceSpan
}
