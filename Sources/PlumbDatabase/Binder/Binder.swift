import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Turns the syntax of one text into logical plans: names become column indices, sugar ends here.
///
/// One binder reads the statements of one text in order and keeps what `let`, `set` and
/// `declare` said. Mistakes are collected in `diagnostics`; each is reported once.
final class Binder {
  /// What the binder may ask of the world.
  struct Services {
    let catalog: Catalog
    /// Values for `declare query_parameters`, as texts.
    var parameters: [String: String] = [:]
    var readExternal: ExternalReader?
    /// Runs a plan at once, for `toscalar` and its kin; nil when a text is only checked.
    var run: ((LogicalPlan) throws -> QueryResult)?
  }

  let services: Services
  /// Fixes `now()` and takes remarks; the session sets a fresh one for each query.
  var context: ExecutionContext
  /// What `set` said: the value's text, empty for a bare name.
  private(set) var options: [String: String] = [:]
  /// The values behind `options`, where they are constants.
  private(set) var optionValues: [String: Value] = [:]
  private(set) var diagnostics: [Diagnostic] = []

  /// The functions that the catalog keeps, which see each other.
  let stored: Frame
  let text: Frame
  private var rows = 0
  /// The functions being expanded, outermost first.
  var expanding: [String] = []
  private var expansionCount = 0
  /// The calls of table functions so far, when somebody wants to know them.
  var expansions: [Expansion]?
  /// The columns that `top` without `by` ranks by, and where `by` would stand.
  var rankings: [(place: Int, text: String)] = []
  /// Whether the body of one of the catalog's functions is being bound.
  var isInStored = false

  var catalog: Catalog { services.catalog }

  init(_ services: Services, context: ExecutionContext) {
    self.services = services
    self.context = context
    stored = Frame(parent: nil)
    for function in services.catalog.storedFunctions { stored.define(function.name, .function(function.syntax, stored.open)) }
    text = Frame(parent: stored.open)
  }

  deinit { text.forget() }

  /// A query of the text as a plan; nil when something in it was reported.
  func bind(_ statement: QueryStatementSyntax) -> Relation? {
    attempt {
      let before = diagnostics.count
      let relation = try relation(statement.query, in: text.now)
      if diagnostics.count > before { throw AlreadyReported() }
      return relation
    }
  }

  /// A statement that prepares queries: `let`, `set`, `declare` and the like.
  func prepare(_ statement: StatementSyntax) {
    switch statement {
    case .query: break
    case .letBinding(let syntax):
      attempt { try define(syntax, in: text, place: Place(scope: text.now, row: nil)) }
    case .setOption(let syntax): set(syntax)
    case .declareQueryParameters(let syntax):
      for parameter in syntax.parameters { attempt { try declare(parameter) } }
    case .declarePattern(let syntax): attempt { try declare(syntax) }
    case .aliasDatabase(let syntax): refuse("`alias database`", at: syntax.span)
    case .restrictAccess(let syntax): refuse("`restrict access`", at: syntax.span)
    // The session runs commands itself; here one is only looked at.
    case .command(let syntax):
      if let problem = DatabaseCommand.problem(with: syntax) { report(problem) }
    }
  }

  // MARK: Mistakes

  /// Moves mistakes found since `count` were known to `span`: they are about a text that the user does not see.
  func moveMistakes(since count: Int, to span: SourceSpan, in name: String) {
    let found = diagnostics[count...].map { Binder.moving($0, to: span, in: name) }
    diagnostics.removeSubrange(count...)
    found.forEach(report)
  }

  static func moving(_ diagnostic: Diagnostic, to span: SourceSpan, in name: String) -> Diagnostic {
    Diagnostic(diagnostic.code, "in the function `\(name)`: \(diagnostic.message)", at: span, help: diagnostic.help)
  }

  /// Keeps a mistake, unless the same one at the same place is known.
  func report(_ diagnostic: Diagnostic) {
    if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
  }

  /// The value, or nil after a mistake, which is kept.
  @discardableResult
  func attempt<T>(_ body: () throws -> T) -> T? {
    do {
      return try body()
    } catch let diagnostic as Diagnostic {
      report(diagnostic)
    } catch is AlreadyReported {
      hasSilentFailure = true
    } catch let several as Diagnostics {
      several.list.forEach(report)
    } catch {
      report(Diagnostic("failed", "\(error)"))
    }
    return nil
  }

  /// Whether something was left out because of a mistake reported before, or could not be known while checking.
  private(set) var hasSilentFailure = false

  private func refuse(_ what: String, at span: SourceSpan) {
    report(Diagnostic("unsupported-statement", "\(what) is not supported", at: span))
  }

  /// Counts the expansion of a function.
  ///
  /// - Throws: `too-complex` when a text expands without end in sight, and `cancelled`.
  func countExpansion(at span: SourceSpan) throws {
    expansionCount += 1
    try context.checkpoint()
    if expansionCount > 10_000 {
      throw Diagnostic(
        "too-complex", "the functions of this query expand to more than 10,000 calls", at: span)
    }
  }

  func row(over relation: Relation) -> RowScope {
    rows += 1
    return RowScope(relation, id: rows)
  }

  // MARK: Options

  private func set(_ syntax: SetOptionSyntax) {
    let name = syntax.name.text
    let known = [
      "notruncation", "truncationmaxrecords", "truncationmaxsize", "query_now", "best_effort", "norequesttimeout",
      "servertimeout", "maxmemoryconsumptionperiterator", "query_bin_auto_size", "query_bin_auto_at",
      "query_take_max_records", "query_datascope", "query_language", "request_description",
      "request_app_name", "query_results_progressive_enabled", "deferpartialqueryfailures",
    ]
    attempt {
      var value = ""
      switch syntax.value?.withoutParentheses {
      case nil: break
      case .name(let word): value = word.text
      case .some(let expression):
        let constant = try constant(expression, in: text.now, what: "an option")
        value = printed(constant)
        optionValues[name] = constant
        if name == "query_now" { try setNow(constant, at: expression.span) }
      }
      options[name] = value
      if !known.contains(name.lowercased()) {
        context.remark("the option `\(name)` is unknown to Plumb and has no effect")
      }
    }
  }

  private func setNow(_ value: Value, at span: SourceSpan) throws {
    guard case .datetime(let ticks)? = value.converted(to: .datetime) else {
      throw Diagnostic("bad-option", "`query_now` needs a datetime", at: span)
    }
    nowOverride = ticks
    let remarks = context.remarks
    context = ExecutionContext(
      now: ticks, threads: context.threads, memoryLimit: context.memoryLimit, seed: context.seed,
      tuning: context.tuning)
    remarks.forEach(context.remark)
  }

  /// The clock that `set query_now` asked for.
  private(set) var nowOverride: Int64?

  private func declare(_ parameter: FunctionParameterSyntax) throws {
    guard case .scalar(let typeSyntax, let defaultValue) = parameter.kind else {
      throw Diagnostic(
        "parameter-type", "a query's parameter is a value and not a table", at: parameter.span)
    }
    let name = parameter.name.text
    let type = ScalarType(typeSyntax.type)
    let value: Value
    if let text = services.parameters[name] {
      guard let parsed = Value(text: text, as: type) else {
        throw Diagnostic(
          "parameter-value", "the parameter `\(name)` is \(type.described), and `\(text)` is not", at: parameter.span)
      }
      value = parsed
    } else if let defaultValue {
      let expression = try bind(defaultValue, at: Place(scope: text.now, row: nil))
      value = try constant(try converting(expression, to: type, of: name), what: "a default value")
    } else {
      text.define(name, .broken)
      throw Diagnostic(
        "missing-parameter", "the query needs a value for its parameter `\(name)`", at: parameter.name.span,
        help: "give one with `--param \(name)=...`")
    }
    text.define(name, .value(.literal(value, parameter.name.span), row: nil))
  }
}

/// Stands for mistakes that were reported where they were found.
struct AlreadyReported: Error {}

/// Reads files for `externaldata`: where they are, the columns, and the properties after `with`.
package typealias ExternalReader = @Sendable (
  _ locations: [String], _ schema: Schema, _ properties: [String: String]
) throws -> Table
