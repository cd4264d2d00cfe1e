import PlumbDiagnostics
import PlumbEngine

/// What the parts of the binder share while they bind one text.
final class BindingState {
  let services: Binder.Services
  /// Fixes `now()` and collects remarks; the session sets a fresh one for each query.
  var context: ExecutionContext { didSet { columnCount = 0 } }
  let texts: SourceTexts
  let mistakes: Mistakes
  let checks: DeferredChecks
  var options = QueryOptions()
  var functions: FunctionStack
  /// The names of the functions that the catalog keeps, which see each other.
  let stored: Frame
  /// Records calls of table functions, if the caller wants them.
  var record: ExpansionRecord?
  private var rowSets = 0
  /// The number of columns of all steps bound since the last query.
  private var columnCount = 0
  /// The memory that a column of a step needs while a query is bound and optimized.
  private static let bytesOfColumn = 1_000

  /// - Parameter outer: what binds the text that leads to this one.
  init(_ services: Binder.Services, context: ExecutionContext, within outer: BindingState? = nil) {
    self.services = services
    self.context = context
    texts = outer?.texts ?? SourceTexts()
    mistakes = Mistakes(texts)
    checks = outer?.checks ?? DeferredChecks()
    functions = outer?.functions ?? FunctionStack()
    record = nil
    stored = Frame(parent: nil)
    for function in services.catalog.storedFunctions { stored.define(function.name, .function(function.syntax, stored.open)) }
  }

  var catalog: Catalog { services.catalog }

  /// The rows of `relation` as expressions see them.
  func rows(
    of relation: Relation, members: [String: [String: Int]] = [:], graph: GraphScope? = nil, degreeColumns: Int? = nil
  ) -> InputRows {
    rowSets += 1
    return InputRows(relation, id: rowSets, members: members, graph: graph, degreeColumns: degreeColumns)
  }

  /// Counts the columns of a step, each of which costs memory whether it is read or not.
  func count(columns: Int, at span: SourceSpan) throws {
    columnCount += columns
    let limit = min(max(context.memoryLimit / Self.bytesOfColumn, 10_000), 1_000_000)
    if columnCount > limit {
      throw Diagnostic(
        "too-complex", "the steps of the query have more than \(limit) columns in all", at: span,
        help: "keep only the columns that you need with `project`")
    }
  }

  /// Refuses a query that reads rows of an operator around it, where it must be run by itself.
  func checkIndependence(of relation: Relation, at span: SourceSpan) throws {
    guard !relation.plan.readsOuterRows, !relation.plan.readsOuterKey else {
      throw Diagnostic(
        "unsupported-inner-query", "this must run before the query, but its input is not known by then", at: span,
        help: "move it out of `partition` or `mv-apply`")
    }
  }

  /// Runs a query now and returns its rows.
  ///
  /// - Throws: `AlreadyReported` when the text is only checked.
  func run(_ relation: Relation, at span: SourceSpan) throws -> QueryResult {
    guard let run = services.run else { throw AlreadyReported() }
    try checkIndependence(of: relation, at: span)
    do {
      try checks.make(context)
      return try run(relation.plan)
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = span }
      throw diagnostic
    }
  }
}

/// The calls of table functions in a text, and what plain KQL needs besides.
final class ExpansionRecord {
  var calls: [Expansion] = []
  /// The columns that `top` without `by` ranks by, and where `by` would be.
  var rankings: [(offset: Int, text: String)] = []
}
