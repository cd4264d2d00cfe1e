import PlumbDiagnostics

/// `invoke f(x)`: calls a function with the rows as its first argument.
public struct InvokeSyntax: Sendable {
  public var call: CallSyntax
  public var span: SourceSpan
}
