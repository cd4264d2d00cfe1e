import PlumbDiagnostics
import PlumbEngine

/// A function of the catalog that makes a table, such as `predict_risk(2h)`.
public struct TableFunction: Sendable {
  public let name: String
  /// One sentence that names the parameters in backquotes.
  public let summary: String
  /// The parameters as a user writes them, `pipeline, [depth]`.
  public let parameters: String
  /// The column that `top 5` without `by` ranks by.
  public let ranking: String?
  public let call: @Sendable (Call) throws -> Table

  /// What one call is given.
  public struct Call: Sendable {
    public let arguments: [Value]
    /// By lower-case name, for arguments written `name = value`.
    public let named: [String: Value]
    /// The rows before the pipe when the function is called by `invoke`, or its tabular first argument.
    public let input: Table?
    /// Where the call stands, for diagnostics.
    public let span: SourceSpan
    public let context: ExecutionContext
  }

  public init(
    _ name: String, _ summary: String, _ parameters: String, ranking: String? = nil,
    call: @escaping @Sendable (Call) throws -> Table
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.ranking = ranking
    self.call = call
  }
}
