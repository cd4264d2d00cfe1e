import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Runs the texts of one user against a catalog: parse, bind, optimise, execute.
///
/// A session runs one text at a time; `cancel()` may be called from any thread. What `let` and `set` define lasts
/// to the end of their text; `ScriptRun` runs a text statement by statement.
package final class Session: Sendable {
  package let catalog: Catalog
  private let settings: LockedValue<SessionOptions>
  private let running = LockedValue<ExecutionContext?>(nil)
  /// The most memory that contexts of the past held at once.
  private let pastPeak = LockedValue(0)

  package init(catalog: Catalog, options: SessionOptions = SessionOptions()) {
    self.catalog = catalog
    settings = LockedValue(options)
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

  /// Passes each query's answer to `body` as soon as it is ready, with the query's position in the text. No answer
  /// follows one that is partial.
  ///
  /// - Throws: `Diagnostics` at the first statement that is wrong, and whatever `body` throws.
  package func run(_ text: String, _ body: (Answer, SourceSpan) throws -> Void) throws {
    try SourceSize.check(text, memoryLimit: options.memoryLimit)
    let parsed = try onLargeStack { parse(text) }
    if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
    try ScriptRun(self).run(parsed.script.statements, body)
  }

  /// What a text produces while it runs.
  package enum Part: Sendable {
    /// The columns of a query's answer, and its name if it has one, before its rows.
    case begin(Schema, Visualization?, name: String? = nil)
    case rows(Chunk)
    /// The end of the rows.
    case end(remarks: [String], isPartial: Bool)
  }

  /// Passes the rows of each query to `body` in order and as they arrive, with the query's position in the text; holds few at
  /// a time, unless an operator such as `sort` must hold all of its input.
  ///
  /// - Parameter body: called by one thread at a time, not always the same.
  /// - Throws: `Diagnostics` at the first statement that is wrong, and whatever `body` throws.
  package func stream(_ text: String, _ body: (Part, SourceSpan) throws -> Void) throws {
    try SourceSize.check(text, memoryLimit: options.memoryLimit)
    let parsed = try onLargeStack { parse(text) }
    if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
    try ScriptRun(self).stream(parsed.script.statements, body)
  }

  /// Does the same for statements that were parsed already.
  package func stream(_ statements: [StatementSyntax], _ body: (Part, SourceSpan) throws -> Void) throws {
    try ScriptRun(self).stream(statements, body)
  }

  /// Everything that is wrong with a text, found without running it.
  package func check(_ text: String) -> [Diagnostic] {
    let found = try? onLargeStack { () -> [Diagnostic] in
      let parsed = parse(text)
      if parsed.hasErrors { return parsed.diagnostics }
      let context = context(now: options.clock(), options)
      let binder = Binder(
        Binder.Services(catalog: catalog, parameters: options.parameters, readExternal: options.readExternal,
          openForeign: options.openForeign),
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

  /// The fraction of its rows that the running query has read; nil if unknown.
  package var progress: Double? { running.withLock { $0?.progress.fraction } }

  /// The bytes that buffers of this session's queries held at most at once.
  package var peakMemory: Int {
    let now = running.withLock { $0?.memory.peak } ?? 0
    return pastPeak.withLock { max($0, now) }
  }

  /// The columns that the last query of a text returns, found without running it; nil if it has errors.
  package func schema(of text: String) -> Schema? { lastQuery(of: text)?.schema }

  /// What `render` asks for in the last query of a text, found without running it; nil without it, or if the text has errors.
  package func visualization(of text: String) -> Visualization? { lastQuery(of: text)?.visualization }

  private func lastQuery(of text: String) -> Relation? {
    let found = try? onLargeStack { () -> Relation? in
      let parsed = parse(text)
      if parsed.hasErrors { return nil }
      let context = context(now: options.clock(), options)
      let binder = Binder(Binder.Services(catalog: catalog, parameters: options.parameters), context: context)
      var relation: Relation?
      for statement in parsed.script.statements {
        if case .query(let query) = statement { relation = binder.bind(query) } else { binder.prepare(statement) }
      }
      return relation
    }
    return found ?? nil
  }

  /// The calls of table functions in a text, found by binding it, with their replacements; and the text with a
  /// `by` after each `top` that lacks one.
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
        openForeign: options.openForeign,
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

  // MARK: Contexts

  /// Makes this the context that `cancel()` stops; one that follows a cancelled one is cancelled as well.
  func begin(_ context: ExecutionContext) {
    running.withLock { kept in
      if kept?.isCancelled == true, kept !== context { context.cancel() }
      replace(&kept, with: context)
    }
  }

  func end() { running.withLock { replace(&$0, with: nil) } }

  private func replace(_ kept: inout ExecutionContext?, with context: ExecutionContext?) {
    if let peak = kept?.memory.peak { pastPeak.withLock { $0 = max($0, peak) } }
    kept = context
  }

  func newContext(now: Int64) -> ExecutionContext { context(now: now, options) }

  private func context(now: Int64, _ options: SessionOptions) -> ExecutionContext {
    ExecutionContext(
      now: now, threads: options.threads, memoryLimit: options.memoryLimit, in: catalog.memory, seed: options.seed,
      tuning: options.tuning)
  }
}
