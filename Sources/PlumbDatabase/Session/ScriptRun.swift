import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// The statements of one text, run one after the other: what `let` and `set` say holds to the end of the text.
///
/// All of them see the catalog as it was when the first one ran, until a command changes it. A run belongs to one thread
/// at a time; `Session.cancel()` may come from any.
package final class ScriptRun: @unchecked Sendable {
  package let session: Session
  /// What prepares for queries, so far.
  private var prepared: [StatementSyntax]
  /// Reads statements until a command changes what there is.
  private var binder: Binder?
  /// The contexts in which its constants were computed, which count them.
  private var holders: [ExecutionContext] = []
  /// The same for all queries up to a command. Asked for when the first statement runs: a clock may have to wait for its world.
  private lazy var now = session.options.clock()
  private lazy var contexts = CurrentContext(session.newContext(now: now))
  /// The rows of the last command, which the text calls `$command_results`.
  private var commandRows: Table?
  /// The catalog as it was when the last command had run.
  private var reading: CatalogReading?

  package convenience init(_ session: Session) { self.init(session, prepared: []) }

  private init(_ session: Session, prepared: [StatementSyntax]) {
    self.session = session
    self.prepared = prepared
  }

  /// The rest of the text over another catalog; what was prepared holds there as well.
  package func moved(to session: Session) -> ScriptRun { ScriptRun(session, prepared: prepared) }

  /// Lets go of the catalog as it was, so that the next statements see what was changed by then.
  package func pause() {
    reading?.end()
    reading = nil
    binder = nil
    holders = []
  }

  /// Runs statements, and gives each answer to `body` as soon as it is there, with the place of its query. After an
  /// answer that is partial comes no other.
  ///
  /// - Throws: `Diagnostics` at the first statement that is wrong, and whatever `body` throws.
  package func run(_ statements: [StatementSyntax], _ body: (Answer, SourceSpan) throws -> Void) throws {
    defer { session.end() }
    renewContext()
    try onLargeStack {
      for statement in statements {
        if try !answer(statement, { try body($0, statement.span) }) { return }
      }
    }
  }

  /// Runs statements as `run` does, and gives the rows of each query in order and as they come.
  func stream(_ statements: [StatementSyntax], _ body: (Session.Part, SourceSpan) throws -> Void) throws {
    defer { session.end() }
    renewContext()
    try withoutActuallyEscaping(body) { body in
      try onLargeStack {
        for statement in statements {
          if case .query(let query) = statement, query.mode == .run {
            defer { renewContext() }
            try stream(query) { try body($0, query.span) }
          } else {
            let isWhole = try answer(statement) { answer in
              try body(.begin(answer.schema, answer.visualization, name: answer.name), statement.span)
              for chunk in answer.chunks where chunk.count > 0 { try body(.rows(chunk), statement.span) }
              try body(.end(remarks: answer.remarks, isPartial: answer.isPartial), statement.span)
            }
            if !isWhole { return }
          }
        }
      }
    }
  }

  /// What a command makes of its rows with the steps after it.
  ///
  /// - Throws: `Diagnostics` for mistakes in the steps.
  package func piping(_ answer: Answer, through command: CommandSyntax) throws -> Answer {
    if command.pipes.isEmpty { return answer }
    defer { session.end() }
    renewContext()
    return try onLargeStack { try piped(answer, command) }
  }

  /// Reads the catalog as it is now.
  func renewReading() throws {
    pause()
    _ = try currentReading()
  }

  // MARK: Statements

  /// Runs a statement, and gives its answers to `body` in turn.
  ///
  /// - Returns: false after an answer that is partial.
  private func answer(_ statement: StatementSyntax, _ body: (Answer) throws -> Void) throws -> Bool {
    switch statement {
    case .query(let query):
      defer { renewContext() }
      return try answer(query, body)
    case .command(let command):
      defer { forgetWhatChanged() }
      let answer: Answer?
      do {
        answer = try self.answer(to: command, after: [])
      } catch let diagnostic as Diagnostic {
        throw Diagnostics([diagnostic])
      }
      commandRows = answer.map { Table(name: Self.commandResults, QueryResult(schema: $0.schema, chunks: $0.chunks)) }
      guard let answer else { return true }
      try body(answer)
      return !answer.isPartial
    case .letBinding, .setOption, .declareQueryParameters, .declarePattern, .aliasDatabase, .restrictAccess:
      let binder = try currentBinder()
      binder.prepare(statement)
      if !binder.diagnostics.isEmpty { throw Diagnostics(binder.diagnostics) }
      prepared.append(statement)
      if binder.context.isHolding, holders.last !== binder.context { holders.append(binder.context) }
      return true
    }
  }

  /// An answer for each table of a query; its remarks are those of the last one.
  private func answer(_ query: QueryStatementSyntax, _ body: (Answer) throws -> Void) throws -> Bool {
    let binder = try currentBinder()
    let tables = try bind(query, binder).tables
    for (place, relation) in tables.enumerated() {
      var answer = try answer(query.mode, relation, isLast: place == tables.count - 1, binder)
      answer.isOneOfSeveral = tables.count > 1
      try body(answer)
      if answer.isPartial { return false }
    }
    return true
  }

  private func answer(
    _ mode: QueryStatementSyntax.Mode, _ relation: Relation, isLast: Bool, _ binder: Binder
  ) throws -> Answer {
    let context = binder.context
    do {
      switch mode {
      case .explain: return try explained(relation.plan, context)
      case .profile: return try profiled(try binder.execute(relation, profiling: true))
      case .run:
        let result = try binder.execute(relation, keepingPartial: session.options.keepsPartialAnswers)
        var answer = Answer(
          schema: result.schema, chunks: result.chunks, visualization: relation.visualization,
          presentation: relation.presentation, remarks: isLast || result.isPartial ? context.remarks : [],
          isPartial: result.isPartial)
        answer.name = relation.resultName
        return answer
      }
    } catch let diagnostic as Diagnostic {
      throw Diagnostics([diagnostic])
    }
  }

  private func stream(_ query: QueryStatementSyntax, _ body: (Session.Part) throws -> Void) throws {
    let binder = try currentBinder()
    let tables = try bind(query, binder).tables
    do {
      for (place, relation) in tables.enumerated() {
        try body(.begin(relation.plan.schema, relation.visualization, name: relation.resultName))
        try binder.execute(relation) { try body(.rows($0)) }
        try body(.end(remarks: place == tables.count - 1 ? binder.context.remarks : [], isPartial: false))
      }
    } catch let diagnostic as Diagnostic {
      throw Diagnostics([diagnostic])
    }
  }

  /// Binds a query, which `cancel` stops from now on.
  ///
  /// - Throws: its mistakes; the next query starts without them.
  private func bind(_ query: QueryStatementSyntax, _ binder: Binder) throws -> Relation {
    begin(binder)
    guard let relation = query.mode == .explain ? binder.bindWithoutRunning(query) : binder.bind(query) else {
      self.binder = nil
      throw Diagnostics(binder.diagnostics)
    }
    return relation
  }

  /// Runs a command, and the steps that its rows are piped through; nil when it has nothing to show.
  ///
  /// - Parameter statements: what is prepared before its query.
  func answer(to command: CommandSyntax, after statements: [StatementSyntax]) throws -> Answer? {
    guard let action = CommandAction.named(command.name, in: session.catalog) else {
      throw Diagnostic(
        "misplaced-command", "`\(command.name)` works in the shell and in scripts, and not here", at: command.nameSpan)
    }
    let given = CommandContext(
      catalog: session.catalog, context: try context(after: statements), openForeign: session.options.openForeign,
      script: self)
    guard let answer = try action.run(command, given) else { return nil }
    return try piped(answer, command)
  }

  /// What a command runs in, with statements prepared for its query.
  private func context(after statements: [StatementSyntax]) throws -> ExecutionContext {
    let binder = try currentBinder()
    for statement in statements { binder.prepare(statement) }
    begin(binder)
    return binder.context
  }

  private func piped(_ answer: Answer, _ command: CommandSyntax) throws -> Answer {
    if command.pipes.isEmpty { return answer }
    let rows = Table(name: Self.commandResults, QueryResult(schema: answer.schema, chunks: answer.chunks))
    let binder = try currentBinder()
    binder.define(Self.commandResults, Relation(.scan(ScanPlan(table: rows)), isSerialized: true, name: Self.commandResults))
    let source = SourceSyntax.name(NameSyntax(naming: Self.commandResults, at: command.nameSpan))
    let query = QuerySyntax(source: source, operators: command.pipes, span: command.span)
    let relation = try bind(QueryStatementSyntax(mode: .run, query: query, span: command.span), binder)
    let result = try binder.execute(relation)
    return Answer(
      schema: result.schema, chunks: result.chunks, visualization: relation.visualization,
      presentation: relation.presentation, remarks: binder.context.remarks)
  }

  private static let commandResults = "$command_results"

  /// Runs a statement of a script that a command holds.
  func runInside(_ statement: StatementSyntax) throws { _ = try answer(statement) { _ in } }

  /// The rows of a query that a command holds; what is prepared for it holds for it alone.
  func result(of statement: StatementSyntax, after statements: [StatementSyntax]) throws -> QueryResult {
    guard case .query(let query) = statement else {
      throw Diagnostic("no-query", "a query belongs here", at: statement.span)
    }
    let binder = try currentBinder()
    for statement in statements { binder.prepare(statement) }
    defer { if !statements.isEmpty { self.binder = nil } }
    let relation = try bind(query, binder)
    if !relation.further.isEmpty {
      throw Diagnostic("several-tables", "this query returns several tables, but one is expected here", at: query.span)
    }
    return try binder.execute(relation)
  }

  // MARK: Binder and contexts

  private func currentReading() throws -> CatalogReading {
    if let reading { return reading }
    do {
      let reading = try session.catalog.reading()
      self.reading = reading
      return reading
    } catch let problem as Diagnostic {
      throw Diagnostics([problem])
    }
  }

  private func currentBinder() throws -> Binder {
    if let binder { return binder }
    let session = session
    let contexts = contexts
    let made = Binder(
      Binder.Services(
        catalog: try currentReading().catalog, parameters: session.options.parameters, readExternal: session.options.readExternal,
        openForeign: session.options.openForeign,
        run: { plan in try execute(optimize(plan, contexts.context), contexts.context) }),
      context: contexts.context)
    if let commandRows {
      made.define(
        Self.commandResults,
        Relation(.scan(ScanPlan(table: commandRows)), isSerialized: true, name: Self.commandResults))
    }
    for statement in prepared { made.prepare(statement) }
    if !made.diagnostics.isEmpty { throw Diagnostics(made.diagnostics) }
    binder = made
    return made
  }

  /// Makes the binder's context the one that `cancel()` reaches.
  private func begin(_ binder: Binder) {
    contexts.context = binder.context
    session.begin(binder.context)
  }

  /// Each query has its own remarks, and the same clock.
  private func renewContext() {
    let next = session.newContext(now: binder?.nowOverride ?? now)
    binder?.context = next
    contexts.context = next
    session.begin(next)
  }

  /// After a command the clock may be another one, and the functions others.
  private func forgetWhatChanged() {
    pause()
    now = session.options.clock()
    contexts.context = session.newContext(now: now)
    session.begin(contexts.context)
  }
}

/// The context of the query that is being bound or run; used by one thread.
private final class CurrentContext {
  var context: ExecutionContext
  init(_ context: ExecutionContext) { self.context = context }
}
