import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Runs the texts of one user against a catalog: parse, bind, optimise, execute.
///
/// A session runs one text at a time; `cancel()` may come from any thread. What `let` and `set` say holds
/// to the end of their text.
package final class Session: Sendable {
  package let catalog: Catalog
  private let settings: Guarded<SessionOptions>
  private let running = Guarded<ExecutionContext?>(nil)

  package init(catalog: Catalog, options: SessionOptions = SessionOptions()) {
    self.catalog = catalog
    settings = Guarded(options)
  }

  package var options: SessionOptions {
    get { settings.withLock { $0 } }
    set { settings.withLock { $0 = newValue } }
  }

  /// The answers of all queries of a text, in order.
  ///
  /// - Throws: `Diagnostics` when the text or its data is wrong.
  package func run(_ text: String) throws -> [Answer] {
    var answers: [Answer] = []
    try run(text) { answer, _ in answers.append(answer) }
    return answers
  }

  /// Gives each query's answer to `body` as soon as it is there, with the query's place in the text. After one that
  /// is partial comes no other.
  ///
  /// - Throws: `Diagnostics` at the first statement that is wrong, and whatever `body` throws.
  package func run(_ text: String, _ body: (Answer, SourceSpan) throws -> Void) throws {
    defer { running.withLock { $0 = nil } }
    // What another process writes meanwhile is seen by the next text.
    let store = catalog.store
    do { try store?.beginReading(catalog) } catch let problem as Diagnostic { throw Diagnostics([problem]) }
    defer { store?.endReading() }
    try onLargeStack { try runStatements(of: text, body) }
  }

  /// Everything that is wrong with a text, found without running it.
  package func check(_ text: String) -> [Diagnostic] {
    let found = try? onLargeStack { () -> [Diagnostic] in
      let parsed = parse(text)
      if parsed.hasErrors { return parsed.diagnostics }
      let context = context(now: options.clock(), options)
      let binder = Binder(
        Binder.Services(catalog: catalog, parameters: options.parameters, readExternal: options.readExternal),
        context: context)
      for statement in parsed.script.statements {
        if case .query(let query) = statement { _ = binder.bind(query) } else { binder.prepare(statement) }
      }
      return parsed.diagnostics + binder.diagnostics
    }
    return found ?? []
  }

  /// Stops the query that is running, if there is one, at its next checkpoint.
  package func cancel() { running.withLock { $0?.cancel() } }

  /// The part of its rows that the running query has read; nil when that is not known.
  package var progress: Double? { running.withLock { $0?.progress.fraction } }

  /// The columns that the last query of a text gives, found without running it; nil when it has mistakes.
  package func schema(of text: String) -> Schema? {
    let found = try? onLargeStack { () -> Schema? in
      let parsed = parse(text)
      if parsed.hasErrors { return nil }
      let context = context(now: options.clock(), options)
      let binder = Binder(Binder.Services(catalog: catalog, parameters: options.parameters), context: context)
      var schema: Schema?
      for statement in parsed.script.statements {
        if case .query(let query) = statement { schema = binder.bind(query)?.schema } else { binder.prepare(statement) }
      }
      return schema
    }
    return found ?? nil
  }

  /// The calls of table functions in a text, found by binding it, with what stands for each; and the text with a
  /// `by` after each `top` that has none.
  func expansions(in text: String) throws -> (text: String, found: [Expansion]) {
    let parsed = parse(text)
    if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
    let options = options
    let context = context(now: options.clock(), options)
    running.withLock { $0 = context }
    defer { running.withLock { $0 = nil } }
    let binder = Binder(
      Binder.Services(
        catalog: catalog, parameters: options.parameters, readExternal: options.readExternal,
        run: { plan in try execute(optimize(plan, context), context) }),
      context: context)
    let record = ExpansionRecord()
    binder.record = record
    for statement in parsed.script.statements {
      if case .query(let query) = statement { _ = binder.bind(query) } else { binder.prepare(statement) }
      if !binder.diagnostics.isEmpty { throw Diagnostics(binder.diagnostics) }
    }
    var bytes = Array(text.utf8)
    var found = record.calls
    var seen: Set<Int> = []
    for ranking in record.rankings.sorted(by: { $0.offset > $1.offset })
    where (0...bytes.count).contains(ranking.offset) && seen.insert(ranking.offset).inserted {
      bytes.insert(contentsOf: ranking.text.utf8, at: ranking.offset)
      found = found.map { $0.span.lower >= ranking.offset ? $0.moved(by: ranking.text.utf8.count) : $0 }
    }
    return (String(decoding: bytes, as: UTF8.self), found)
  }

  // MARK: Statements

  private func runStatements(of text: String, _ body: (Answer, SourceSpan) throws -> Void) throws {
    let parsed = parse(text)
    if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
    let options = options
    var now = options.clock()
    let first = context(now: now, options)
    running.withLock { $0 = first }
    let contexts = CurrentContext(first)
    let services = Binder.Services(
      catalog: catalog, parameters: options.parameters, readExternal: options.readExternal,
      run: { plan in try execute(optimize(plan, contexts.context), contexts.context) })
    var binder = Binder(services, context: first)
    for (place, statement) in parsed.script.statements.enumerated() {
      switch statement {
      case .query(let query):
        let answer = try answer(query, binder, contexts, options)
        try body(answer, query.span)
        if answer.isPartial { return }
      case .command(let command):
        if let answer = try answer(command, in: text, binder, contexts) { try body(answer, command.span) }
        // The clock may have moved, and the functions may be others; what `let` and `set` said still holds.
        now = options.clock()
        binder = Binder(services, context: context(now: now, options))
        for earlier in parsed.script.statements[..<place] {
          switch earlier {
          case .query, .command: break
          default: binder.prepare(earlier)
          }
        }
      case .letBinding, .setOption, .declareQueryParameters, .declarePattern, .aliasDatabase, .restrictAccess:
        binder.prepare(statement)
        if !binder.diagnostics.isEmpty { throw Diagnostics(binder.diagnostics) }
        continue
      }
      // Each query has its own remarks, and the same clock.
      let next = context(now: binder.nowOverride ?? now, options)
      binder.context = next
      contexts.context = next
      running.withLock { kept in
        if kept?.isCancelled == true { next.cancel() }
        kept = next
      }
    }
  }

  private func answer(
    _ query: QueryStatementSyntax, _ binder: Binder, _ contexts: CurrentContext, _ options: SessionOptions
  ) throws -> Answer {
    contexts.context = binder.context
    let context = binder.context
    running.withLock { kept in
      if kept?.isCancelled == true { context.cancel() }
      kept = context
    }
    guard let relation = binder.bind(query) else { throw Diagnostics(binder.diagnostics) }
    do {
      switch query.mode {
      case .explain: return try explained(relation.plan, context)
      case .profile: return try profiled(try execute(optimize(relation.plan, context), context, profiling: true))
      case .run:
        let result = try execute(
          optimize(relation.plan, context), context, keepingPartial: options.keepsPartialAnswers)
        return Answer(
          schema: result.schema, chunks: result.chunks, visualization: relation.visualization,
          remarks: context.remarks, isPartial: result.isPartial)
      }
    } catch let diagnostic as Diagnostic {
      throw Diagnostics([diagnostic])
    }
  }

  /// Runs a management command; nil when it has nothing to show.
  private func answer(
    _ command: CommandSyntax, in text: String, _ binder: Binder, _ contexts: CurrentContext
  ) throws -> Answer? {
    contexts.context = binder.context
    do {
      return try DatabaseCommand.run(
        command, in: text, catalog: catalog, binder: binder, context: binder.context, openForeign: options.openForeign)
    } catch let diagnostic as Diagnostic {
      throw Diagnostics([diagnostic])
    }
  }

  private func context(now: Int64, _ options: SessionOptions) -> ExecutionContext {
    ExecutionContext(
      now: now, threads: options.threads, memoryLimit: options.memoryLimit, seed: options.seed,
      tuning: options.tuning)
  }
}

/// The context of the query that is being bound or run; used by one thread.
private final class CurrentContext {
  var context: ExecutionContext
  init(_ context: ExecutionContext) { self.context = context }
}
