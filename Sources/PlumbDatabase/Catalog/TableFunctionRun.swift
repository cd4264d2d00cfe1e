import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension TableFunction.Run {
  /// The rows of the last query in `text`, run against the same catalog with the query's clock and limits.
  /// In the text, `input` is the table before the pipe, if there is one.
  ///
  /// - Throws: what is wrong with the text or its data as one diagnostic at the call, since the user sees only that.
  package func run(_ text: String) throws -> Table {
    do {
      return try onLargeStack { try bound(text) }
    } catch let found as Diagnostics {
      throw found.list.first.map(atCall) ?? Diagnostic("failed", "the function's text is wrong", at: span)
    } catch let found as Diagnostic {
      throw atCall(found)
    }
  }

  private func bound(_ text: String) throws -> Table {
    let source = SourceText.unique()
    let parsed = parse(text, as: source)
    if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
    var services = Binder.Services(catalog: catalog)
    services.readExternal = readExternal
    services.run = { [context] plan in try execute(optimize(plan, context), context) }
    let state = BindingState(services, context: context)
    state.functions = functions
    _ = state.texts.enter(source, from: span, shown: nil)
    let binder = Binder(state)
    if let input { binder.define("input", Relation(.scan(ScanPlan(table: input)), isSerialized: true, name: "input")) }
    var result: QueryResult?
    for statement in parsed.script.statements {
      if case .query(let query) = statement {
        result = try binder.bind(query).map { try state.run($0, at: span) }
      } else {
        binder.prepare(statement)
      }
      if !binder.diagnostics.isEmpty { throw Diagnostics(binder.diagnostics) }
    }
    guard let result else { throw Diagnostic("failed", "the function's text has no query", at: span) }
    return Table(name: "", result)
  }

  private func atCall(_ diagnostic: Diagnostic) -> Diagnostic {
    var moved = diagnostic
    moved.span = span
    return moved
  }
}
