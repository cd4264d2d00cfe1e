import PlumbDiagnostics

/// `parse x with "a=" a: long * "b=" b`: columns out of a text; also `parse-where`.
public struct ParseSyntax: Sendable {
  /// `parse-where` drops the rows that do not match.
  public var dropsUnmatched: Bool
  /// `kind` and `flags`.
  public var parameters: [ParameterSyntax]
  public var expression: ExpressionSyntax
  public var parts: [ParsePartSyntax]
  public var span: SourceSpan
}

public enum ParsePartSyntax: Sendable {
  case text(String, SourceSpan)
  case star(SourceSpan)
  case column(NameSyntax, TypeSyntax?)
}
