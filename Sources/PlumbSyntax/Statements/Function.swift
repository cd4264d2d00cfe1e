import PlumbDiagnostics

/// The right side of a `let` that makes a function.
public struct FunctionSyntax: Sendable {
  public var isView: Bool
  public var parameters: [FunctionParameterSyntax]
  /// Statements before the result; `let` for the most part.
  public var statements: [StatementSyntax]
  /// A value or a table; see `ExpressionSyntax.asQuery`.
  public var result: ExpressionSyntax
  public var bodySpan: SourceSpan
  public var span: SourceSpan
}

/// One parameter of a function or of a query.
public struct FunctionParameterSyntax: Sendable {
  public enum Kind: Sendable {
    case scalar(TypeSyntax, defaultValue: ExpressionSyntax?)
    /// `T: (a: long, *)`
    case table(SchemaSyntax)
  }
  public var name: NameSyntax
  public var kind: Kind
  public var span: SourceSpan
}
