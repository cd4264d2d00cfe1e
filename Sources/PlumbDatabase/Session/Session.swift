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
    try onLargeStack { try runStatements(of: text, body) }
  }

  /// What a text gives while it runs.
  package enum Part: Sendable {
    /// The columns of a query's answer, before its rows.
    case begin(Schema, Visualization?)
    case rows(Chunk)
    /// All rows have come.
    case end(remarks: [String], isPartial: Bool)
  }

  /// Gives the rows of each query to `body` in order and as they come, with the query's place in the text; little is held at
  /// a time, unless an operator such as `sort` must hold all of its input.
  ///
  /// - Parameter body: called by one thread at a time, not always the same.
  /// - Throws: `Diagnostics` at the first statement that is wrong, and whatever `body` throws.
  package func stream(_ text: String, _ body: (Part, SourceSpan) throws -> Void) throws {
    defer { running.withLock { $0 = nil } }
    try withoutActuallyEscaping(body) { body in
      try onLargeStack {
        try runStatements(of: text, streaming: body) { answer, span in
          try body(.begin(answer.schema, answer.visualization), span)
          for chunk in answer.chunks where chunk.count > 0 { try body(.rows(chunk), span) }
          try body(.end(remarks: answer.remarks, isPartial: answer.isPartial), span)
        }
      }
    }
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

  private func runStatements(
    of text: String, streaming stream: ((Part, SourceSpan) throws -> Void)? = nil,
    _ body: (Answer, SourceSpan) throws -> Void
  ) throws {
    // What others write meanwhile is seen by the next text.
    var reading = try reading()
    defer { reading.end() }
    let parsed = parse(text)
    if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
    let options = options
    var now = options.clock()
    let first = context(now: now, options)
    running.withLock { $0 = first }
    let contexts = CurrentContext(first)
    func services() -> Binder.Services {
      Binder.Services(
        catalog: reading.catalog, parameters: options.parameters, readExternal: options.readExternal,
        run: { plan in try execute(optimize(plan, contexts.context), contexts.context) })
    }
    var binder = Binder(services(), context: first)
    for (place, statement) in parsed.script.statements.enumerated() {
      switch statement {
      case .query(let query):
        if let stream, query.mode == .run {
          try self.stream(query, binder, contexts) { try stream($0, query.span) }
        } else {
          let answer = try answer(query, binder, contexts, options)
          try body(answer, query.span)
          if answer.isPartial { return }
        }
      case .command(let command):
        if let answer = try answer(command, in: text, binder, contexts) { try body(answer, command.span) }
        // The clock may have moved, and the functions may be others; what `let` and `set` said still holds.
        now = options.clock()
        reading.end()
        reading = try self.reading()
        binder = Binder(services(), context: context(now: now, options))
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

  private func reading() throws -> CatalogReading {
    do { return try catalog.reading() } catch let problem as Diagnostic { throw Diagnostics([problem]) }
  }

  /// Binds a query, which `cancel` stops from now on.
  private func bind(
    _ query: QueryStatementSyntax, _ binder: Binder, _ contexts: CurrentContext
  ) throws -> Relation {
    let context = binder.context
    contexts.context = context
    running.withLock { kept in
      if kept?.isCancelled == true { context.cancel() }
      kept = context
    }
    let bound = context.memory.bound { query.mode == .explain ? binder.bindWithoutRunning(query) : binder.bind(query) }
    guard let relation = bound else { throw Diagnostics(binder.diagnostics) }
    return relation
  }

  private func stream(
    _ query: QueryStatementSyntax, _ binder: Binder, _ contexts: CurrentContext, _ body: (Part) throws -> Void
  ) throws {
    let relation = try bind(query, binder, contexts)
    do {
      try body(.begin(relation.plan.schema, relation.visualization))
      try binder.execute(relation) { try body(.rows($0)) }
      try body(.end(remarks: binder.context.remarks, isPartial: false))
    } catch let diagnostic as Diagnostic {
      throw Diagnostics([diagnostic])
    }
  }

  private func answer(
    _ query: QueryStatementSyntax, _ binder: Binder, _ contexts: CurrentContext, _ options: SessionOptions
  ) throws -> Answer {
    let relation = try bind(query, binder, contexts)
    let context = binder.context
    do {
      switch query.mode {
      case .explain: return try explained(relation.plan, context)
      case .profile: return try profiled(try binder.execute(relation, profiling: true))
      case .run:
        let result = try binder.execute(relation, keepingPartial: options.keepsPartialAnswers)
        return Answer(
          schema: result.schema, chunks: result.chunks, visualization: relation.visualization,
          presentation: relation.presentation, remarks: context.remarks, isPartial: result.isPartial)
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
      now: now, threads: options.threads, memoryLimit: options.memoryLimit, in: catalog.memory, seed: options.seed,
      tuning: options.tuning)
  }
}

/// The context of the query that is being bound or run; used by one thread.
private final class CurrentContext {
  var context: ExecutionContext
  init(_ context: ExecutionContext) { self.context = context }
}
