import PlumbDiagnostics

/// `let name = value`: a value, a table or a function under a name.
public struct LetSyntax: Sendable {
  public indirect enum Value: Sendable {
    /// A scalar or a table; see `ExpressionSyntax.asQuery`.
    case expression(ExpressionSyntax)
    /// `(parameters) { body }` or `view () { body }`.
    case function(FunctionSyntax)
  }
  public var name: NameSyntax
  public var value: Value
  public var span: SourceSpan
}
