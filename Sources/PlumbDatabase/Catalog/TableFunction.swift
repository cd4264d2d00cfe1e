import PlumbDiagnostics
import PlumbEngine

/// A function of the catalog that makes a table, such as `predict_risk(2h)`.
public struct TableFunction: Sendable {
  public let name: String
  /// One sentence that names the parameters in backquotes.
  public let summary: String
  /// The parameters as a user writes them, `pipeline, [depth]`.
  public let parameters: String
  /// What `top 5` without `by` ranks by.
  public let ranking: Ranking?
  /// Plain KQL that gives the same rows for a call, the rows before the pipe being `input` in it; nil when there is none.
  public let expansion: (@Sendable (Call) throws -> String)?
  public let call: @Sendable (Call) throws -> Table

  /// A value that a call is given, and where it stands.
  public struct Argument: Sendable {
    public let value: Value
    public let span: SourceSpan
    /// Where the elements of an array stand that is written out; empty for everything else.
    public let elements: [SourceSpan]
  }

  /// A column, and which of its values come first: the largest, unless it says otherwise.
  public struct Ranking: Hashable, Sendable, ExpressibleByStringLiteral {
    public let column: String
    public let isDescending: Bool

    public init(stringLiteral column: String) { self.init(column, isDescending: true) }

    public static func ascending(_ column: String) -> Ranking { Ranking(column, isDescending: false) }

    private init(_ column: String, isDescending: Bool) {
      self.column = column
      self.isDescending = isDescending
    }
  }

  /// What one call is given.
  public struct Call {
    public let arguments: [Argument]
    /// By lower-case name, for arguments written `name = value`.
    public let named: [String: Argument]
    /// The rows before the pipe when the function is called by `invoke`, or its tabular first argument.
    public let input: Table?
    /// Where the call stands, for diagnostics.
    public let span: SourceSpan
    public let context: ExecutionContext
    /// Runs a text against the same catalog; the binder brings it.
    let runner: (String, Call) throws -> Table

    /// The rows of the last query in `text`, run against the same catalog with the call's clock and limits.
    /// In the text, `input` is the table before the pipe, if there is one.
    ///
    /// - Throws: what is wrong with the text or its data, as one diagnostic about the call.
    public func run(_ text: String) throws -> Table { try runner(text, self) }
  }

  /// A function with a computation of its own.
  public init(
    _ name: String, _ summary: String, _ parameters: String, ranking: Ranking? = nil,
    expansion: (@Sendable (Call) throws -> String)? = nil, call: @escaping @Sendable (Call) throws -> Table
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.ranking = ranking
    self.expansion = expansion
    self.call = call
  }

  /// A function that stands for the KQL that `kql` gives for a call.
  public init(
    _ name: String, _ summary: String, _ parameters: String, ranking: Ranking? = nil,
    kql: @escaping @Sendable (Call) throws -> String
  ) {
    self.init(name, summary, parameters, ranking: ranking, expansion: kql) { call in try call.run(try kql(call)) }
  }
}
