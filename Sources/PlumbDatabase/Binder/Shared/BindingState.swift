import PlumbDiagnostics
import PlumbEngine

/// What the parts of the binder share while they bind one text.
final class BindingState {
  let services: Binder.Services
  /// Fixes `now()` and takes remarks; the session sets a fresh one for each query.
  var context: ExecutionContext
  let mistakes = Mistakes()
  var options = QueryOptions()
  var functions = FunctionStack()
  /// The names of the functions that the catalog keeps, which see each other.
  let stored: Frame
  /// Whether the body of one of the catalog's functions is being bound.
  var isInStored = false
  /// Takes down calls of table functions, when somebody wants to know them.
  var record: ExpansionRecord?
  private var rowSets = 0

  init(_ services: Binder.Services, context: ExecutionContext) {
    self.services = services
    self.context = context
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

  /// The rows of a query, now.
  ///
  /// - Throws: `AlreadyReported` when the text is only checked.
  func run(_ relation: Relation, at span: SourceSpan) throws -> QueryResult {
    guard let run = services.run else { throw AlreadyReported() }
    guard !relation.plan.readsOuterRows, !relation.plan.readsOuterKey else {
      throw Diagnostic(
        "unsupported-inner-query", "this must be run before the query, and its rows are not known before", at: span,
        help: "do it outside of `partition` or `mv-apply`")
    }
    do {
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
