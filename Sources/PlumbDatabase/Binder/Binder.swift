import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Turns the syntax of one text into logical plans: resolves names to column indices and desugars everything.
///
/// One binder reads the statements of one text in order and keeps what `let`, `set` and `declare` said. Mistakes are
/// collected in `diagnostics`; each is reported once. The work is divided: a `BindingPlace` says where a part of
/// the text is bound, each operator's syntax binds itself (`OperatorBinding`), and expressions are bound over what their
/// operator offers (`ConstantExpressions`, `ColumnExpressions`, `WindowExpressions`, `GroupExpressions`).
final class Binder {
  /// What the binder may use from outside.
  struct Services {
    let catalog: Catalog
    /// Values for `declare query_parameters`, as texts.
    var parameters: [String: String] = [:]
    var readExternal: ExternalReader?
    /// Opens the databases that `cluster(...)` names; nil if they are out of reach.
    var openForeign: ForeignOpener?
    /// Runs a plan at once, for `toscalar` and similar functions; nil when a text is only checked.
    var run: ((LogicalPlan) throws -> QueryResult)?
  }

  private let state: BindingState
  private let text: Frame

  var services: Services { state.services }
  var diagnostics: [Diagnostic] { state.mistakes.found }
  var context: ExecutionContext {
    get { state.context }
    set { state.context = newValue }
  }
  /// Records calls of table functions, if the caller wants them.
  var record: ExpansionRecord? {
    get { state.record }
    set { state.record = newValue }
  }
  /// The clock that `set query_now` asked for.
  private(set) var nowOverride: Int64?
  /// Remarks on `set`, for the query that runs next.
  private var optionRemarks: [String] = []

  convenience init(_ services: Services, context: ExecutionContext) {
    self.init(BindingState(services, context: context))
  }

  init(_ state: BindingState) {
    self.state = state
    text = Frame(parent: state.stored.open)
  }

  deinit { text.forget() }

  /// A query of the text as a plan that is not run; nil when something in it was reported.
  func bindWithoutRunning(_ statement: QueryStatementSyntax) -> Relation? {
    state.checks.forgetting { bind(statement) }
  }

  /// Gives `relation` a name that the text can use.
  func define(_ name: String, _ relation: Relation) { text.define(name, .table(relation)) }

  /// A query of the text as a plan; nil if an error was reported. The constants that it computes count as the query's memory.
  func bind(_ statement: QueryStatementSyntax) -> Relation? {
    context.memory.bound { relation(statement) }
  }

  private func relation(_ statement: QueryStatementSyntax) -> Relation? {
    state.mistakes.attempt {
      let before = diagnostics.count
      optionRemarks.forEach(context.remark)
      var relation = try place.tables(of: asQuery(statement.query))
      if let most = state.options.mostRows { relation = relation.limited(to: most) }
      if diagnostics.count > before { throw AlreadyReported() }
      if let graph = relation.graph {
        context.remark("the result is a graph; its \(graph.nodeSchema.isEmpty ? "edges" : "nodes and its edges") are shown as rows")
        relation = Relation(showing: graph)
      }
      for table in relation.tables where table.definesName {
        guard let name = table.resultName else { continue }
        var alone = table
        alone.further = []
        text.define(name, .table(alone))
      }
      return relation
    }
  }

  /// A query that is a call of a function which returns a value, such as `strlen("a")`, as `print` shows it.
  private func asQuery(_ query: QuerySyntax) -> QuerySyntax {
    guard query.operators.isEmpty, case .call(let call) = query.source, text.now.binding(named: call.name.text) == nil,
      services.catalog.function(named: call.name.text) == nil,
      ScalarFunction.named(call.name.text) != nil || BinderFunction.named(call.name.text) != nil
    else { return query }
    context.remark("this is a value; in a longer query, write `print \(call.name.text)(...)`")
    return QuerySyntax(source: .print(PrintSyntax(value: .call(call))), operators: [], span: query.span)
  }

  /// Runs a query that was bound.
  ///
  /// - Throws: what `PlumbEngine.execute` throws, at its place in the user's text.
  func execute(
    _ relation: Relation, profiling: Bool = false, keepingPartial: Bool = false
  ) throws -> QueryResult {
    optionRemarks = []
    do {
      try state.checks.make(context)
      return try PlumbEngine.execute(
        optimize(relation.plan, context), context, profiling: profiling, keepingPartial: keepingPartial)
    } catch let diagnostic as Diagnostic {
      throw state.texts.located(diagnostic)
    }
  }

  /// Runs a query that was bound, and hands its rows on as `PlumbEngine.execute` does.
  func execute(_ relation: Relation, emit: (Chunk) throws -> Void) throws {
    optionRemarks = []
    do {
      try state.checks.make(context)
      try PlumbEngine.execute(optimize(relation.plan, context), context, emit: emit)
    } catch let diagnostic as Diagnostic {
      throw state.texts.located(diagnostic)
    }
  }

  /// A statement that prepares queries: `let`, `set`, `declare` and the like. The constants that it computes count as the
  /// query's memory.
  func prepare(_ statement: StatementSyntax) {
    switch statement {
    case .query: break
    case .letBinding(let syntax):
      context.memory.bound { state.mistakes.attempt { try place.constants.binder.define(syntax, in: text) } }
    case .setOption(let syntax): state.mistakes.attempt { try set(syntax) }
    case .declareQueryParameters(let syntax):
      for parameter in syntax.parameters { state.mistakes.attempt { try declare(parameter) } }
    case .declarePattern(let syntax): state.mistakes.attempt { try syntax.declare(in: text) }
    case .aliasDatabase(let syntax): state.mistakes.attempt { try syntax.declare(in: text, at: place) }
    case .restrictAccess(let syntax): refuse("`restrict access`", at: syntax.span)
    // Commands are not the binder's.
    case .command: break
    }
  }

  /// The scope of the statements, which sees what has been defined so far.
  private var place: BindingPlace { BindingPlace(state: state, scope: text.now) }

  private func refuse(_ what: String, at span: SourceSpan) {
    state.mistakes.report(Diagnostic("unsupported-statement", "\(what) is not supported", at: span))
  }

  // MARK: Options and parameters

  private func set(_ syntax: SetOptionSyntax) throws {
    let name = syntax.name.text
    switch syntax.value?.withoutParentheses {
    case nil: state.options.set(name, "", nil)
    case .name(let word): state.options.set(name, word.text, nil)
    case .some(let expression):
      let value = try place.constants.value(expression, what: "an option")
      if name == "query_now" { try setNow(value, at: expression.span) }
      state.options.set(name, printed(value), value)
    }
    if let remark = QueryOptions.remark(on: name) { optionRemarks.append(remark) }
  }

  private func setNow(_ value: Value, at span: SourceSpan) throws {
    guard case .datetime(let ticks)? = value.converted(to: .datetime) else {
      throw Diagnostic("bad-option", "`query_now` needs a datetime", at: span)
    }
    nowOverride = ticks
    let remarks = context.remarks
    context = ExecutionContext(partOf: context, now: ticks)
    remarks.forEach(context.remark)
  }

  private func declare(_ parameter: FunctionParameterSyntax) throws {
    guard case .scalar(let typeSyntax, let defaultValue) = parameter.kind else {
      throw Diagnostic(
        "parameter-type", "a query parameter must be a value, not a table", at: parameter.span)
    }
    let name = parameter.name.text
    let type = ScalarType(typeSyntax.type)
    let value: Value
    if let text = services.parameters[name] {
      guard let parsed = Value(text: text, as: type) else {
        throw Diagnostic(
          "parameter-value", "the parameter `\(name)` expects \(type.described), but its value is `\(text)`", at: parameter.span)
      }
      value = parsed
    } else if let defaultValue {
      let expression = try place.constants.expression(defaultValue)
      value = try place.calls.constant(
        try place.calls.converting(expression, to: type, of: name), what: "a default value")
    } else {
      text.define(name, .broken)
      throw Diagnostic(
        "missing-parameter", "the query needs a value for its parameter `\(name)`", at: parameter.name.span,
        help: "pass one with `--param \(name)=...`")
    }
    text.define(name, .value(.literal(value, parameter.name.span), rows: nil))
  }
}

/// Reads the rows in a text: their columns, and the properties after `with`.
package typealias TextReader = @Sendable (
  _ text: [UInt8], _ schema: Schema, _ properties: [String: String]
) throws -> Table

/// Reads files for `externaldata`: where they are, the columns, the properties after `with`, and what takes remarks about
/// values that do not fit.
package typealias ExternalReader = @Sendable (
  _ locations: [String], _ schema: Schema, _ properties: [String: String], _ remark: (String) -> Void
) throws -> Table
