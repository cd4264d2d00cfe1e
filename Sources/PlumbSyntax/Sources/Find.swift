import PlumbDiagnostics

/// `find in (T1, T2) where p project a, b`: rows of several tables, with the table's name.
public struct FindSyntax: Sendable {
  public enum Projection: Sendable {
    /// No projection written, or `project-smart`.
    case smart
    case columns([FindColumnSyntax])
    case away([NamePatternSyntax])
  }
  public var parameters: [ParameterSyntax]
  /// Empty when not written.
  public var tables: [SourceSyntax]
  public var predicate: ExpressionSyntax
  public var projection: Projection
  public var span: SourceSpan
}

/// One column of `find ... project`: `a`, `a: long` or `pack(*)`.
public enum FindColumnSyntax: Sendable {
  case column(NameSyntax, TypeSyntax?)
  case pack(SourceSpan)
}
