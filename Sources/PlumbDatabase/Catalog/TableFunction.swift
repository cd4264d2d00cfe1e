import PlumbDiagnostics
import PlumbEngine

/// A function of the catalog that returns a table, such as `predict_risk(2h)`.
///
/// A call has two stages. When its query is bound, the function reads the arguments and says which columns there will be,
/// or which KQL replaces the call; nothing is computed until the query runs.
package struct TableFunction: Sendable {
  package let name: String
  /// One sentence that names the parameters in backquotes.
  package let summary: String
  /// The parameters as a user writes them, `pipeline, [depth]`.
  package let parameters: String
  /// Calls over the simulated world that show its use; tests run them.
  package let examples: [String]
  /// What the rows tell.
  package let insight: Insight
  /// What `top 5` without `by` ranks by.
  package let ranking: Ranking?
  /// How the rows should be shown; nil for a table like any other.
  package let presentation: Presentation?
  /// What a call means.
  package let meaning: @Sendable (Call) throws -> Meaning

  /// What the rows of a function tell, so that a host can close functions that tell too much.
  package enum Insight: Sendable {
    /// What is in the function's input, arranged, followed or counted.
    case facts
    /// Which rows are unusual, or what will happen.
    case judgement
    /// Why something happened.
    case cause
  }

  /// What a call becomes in the query's plan.
  package enum Meaning: Sendable {
    /// Plain KQL over the catalog, the rows before the pipe being `input` in it. It becomes part of the query, so that
    /// filters and limits after the call reach into it.
    ///
    /// - check: looks at the data and makes remarks before the query runs.
    case kql(String, check: (@Sendable (Run) throws -> Void)? = nil)
    /// Rows with these columns, computed when the query runs.
    ///
    /// - expansion: plain KQL that gives the same rows; nil if none exists.
    case rows(Schema, expansion: String? = nil, compute: @Sendable (Run) throws -> Table)
  }

  /// A value that a call is given, and where it is written.
  package struct Argument: Sendable {
    package let value: Value
    package let span: SourceSpan
    /// Where the elements are of an array that is written out; empty for everything else.
    package let elements: [SourceSpan]
  }

  /// A column, and which of its values come first: the largest, unless stated otherwise.
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

  /// What is known of a call when its query is bound.
  package struct Call: Sendable {
    package let arguments: [Argument]
    /// By lower-case name, for arguments written `name = value`.
    package let named: [String: Argument]
    /// The columns of the rows before the pipe, or of a table among the arguments; nil when the call has neither.
    package let input: Schema?
    /// Where the call is, for diagnostics.
    package let span: SourceSpan
    /// `now()` as ticks.
    package let now: Int64
    let catalog: Catalog

    /// The columns of a table of the catalog; nil if it does not exist. Makes no table.
    package func schema(ofTable name: String) -> Schema? { catalog.schema(ofTable: name) }

    /// Whether the catalog has a table function of the name.
    package func hasFunction(named name: String) -> Bool { catalog.function(named: name) != nil }
  }

  /// What a call is given when its query runs.
  package struct Run: Sendable {
    /// The rows before the pipe, or of a table among the arguments.
    package let input: Table?
    /// Where the call is, for diagnostics.
    package let span: SourceSpan
    package let context: ExecutionContext
    let catalog: Catalog
    let readExternal: ExternalReader?
    let functions: FunctionStack

    /// A table of the catalog, made now if need be; nil if it does not exist.
    package func table(named name: String) throws -> Table? { try catalog.table(named: name) }

    /// The same with its rows in memory, wherever they are stored.
    package func fetchedTable(named name: String) throws -> Table? { try catalog.table(named: name)?.fetched(context) }
  }

  /// A function defined by the KQL that `kql` returns for a call.
  package init(
    _ name: String, _ summary: String, _ parameters: String, examples: [String], tells insight: Insight,
    ranking: Ranking? = nil, presentation: Presentation? = nil, kql: @escaping @Sendable (Call) throws -> String
  ) {
    self.init(name, summary, parameters, examples: examples, tells: insight, ranking: ranking, presentation: presentation) {
      .kql(try kql($0))
    }
  }

  /// A function with a computation of its own, whose columns are always the same.
  ///
  /// - Parameter rows: reads the arguments and gives what computes the rows.
  package init(
    _ name: String, _ summary: String, _ parameters: String, examples: [String], tells insight: Insight, columns: Schema,
    ranking: Ranking? = nil, presentation: Presentation? = nil,
    rows: @escaping @Sendable (Call) throws -> @Sendable (Run) throws -> Table
  ) {
    self.init(name, summary, parameters, examples: examples, tells: insight, ranking: ranking, presentation: presentation) {
      .rows(columns, compute: try rows($0))
    }
  }

  package init(
    _ name: String, _ summary: String, _ parameters: String, examples: [String], tells insight: Insight,
    ranking: Ranking? = nil, presentation: Presentation? = nil, meaning: @escaping @Sendable (Call) throws -> Meaning
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.examples = examples
    self.insight = insight
    self.ranking = ranking
    self.presentation = presentation
    self.meaning = meaning
  }
}
