import PlumbDiagnostics

/// A query to run, perhaps asked to explain itself.
public struct QueryStatementSyntax: Sendable {
  public enum Mode: String, Hashable, Sendable {
    case run = ""
    /// Shows the plan and does not run it.
    case explain
    /// Runs the query and shows what each step cost.
    case profile
  }
  public var mode: Mode
  public var query: QuerySyntax
  public var span: SourceSpan
}
