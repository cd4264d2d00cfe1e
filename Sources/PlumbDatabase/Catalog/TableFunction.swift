import PlumbDiagnostics
import PlumbEngine

/// A function of the catalog that makes a table, such as `predict_risk(2h)`.
package struct TableFunction: Sendable {
  package let name: String
  /// One sentence that names the parameters in backquotes.
  package let summary: String
  /// The parameters as a user writes them, `pipeline, [depth]`.
  package let parameters: String
  /// What `top 5` without `by` ranks by.
  package let ranking: Ranking?
  /// Plain KQL that gives the same rows for a call, the rows before the pipe being `input` in it; nil when there is none.
  package let expansion: (@Sendable (Call) throws -> String)?
  package let call: @Sendable (Call) throws -> Table

  /// A value that a call is given, and where it stands.
  package struct Argument: Sendable {
    package let value: Value
    package let span: SourceSpan
    /// Where the elements of an array stand that is written out; empty for everything else.
    package let elements: [SourceSpan]
  }

  /// A column, and which of its values come first: the largest, unless it says otherwise.
  package struct Ranking: Hashable, Sendable, ExpressibleByStringLiteral {
    package let column: String
    package let isDescending: Bool

    package init(stringLiteral column: String) { self.init(column, isDescending: true) }

    package static func ascending(_ column: String) -> Ranking { Ranking(column, isDescending: false) }

    private init(_ column: String, isDescending: Bool) {
      self.column = column
      self.isDescending = isDescending
    }
  }

  /// What one call is given.
  package struct Call {
    package let arguments: [Argument]
    /// By lower-case name, for arguments written `name = value`.
    package let named: [String: Argument]
    /// The rows before the pipe when the function is called by `invoke`, or its tabular first argument.
    package let input: Table?
    /// Where the call stands, for diagnostics.
    package let span: SourceSpan
    package let context: ExecutionContext
    /// Runs a text against the same catalog; the binder brings it.
    let runner: (String, Call) throws -> Table

    /// The rows of the last query in `text`, run against the same catalog with the call's clock and limits.
    /// In the text, `input` is the table before the pipe, if there is one.
    ///
    /// - Throws: what is wrong with the text or its data, as one diagnostic about the call.
    package func run(_ text: String) throws -> Table { try runner(text, self) }
  }

  /// A function with a computation of its own.
  package init(
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
  package init(
    _ name: String, _ summary: String, _ parameters: String, ranking: Ranking? = nil,
    kql: @escaping @Sendable (Call) throws -> String
  ) {
    self.init(name, summary, parameters, ranking: ranking, expansion: kql) { call in try call.run(try kql(call)) }
  }
}
