import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension BindingPlace {
  /// Runs the text of a table function of the catalog, in which the rows before the pipe are called `input`.
  ///
  /// - Throws: what is wrong with the text or its data as one diagnostic at the call, since the user sees only that.
  func run(_ text: String, for call: TableFunction.Call) throws -> Table {
    try state.functions.countExpansion(at: call.span, context)
    let parsed = parse(text)
    let inner = BindingState(state.services, context: context)
    inner.functions = state.functions
    inner.functions.push("a function of the catalog")
    let binder = Binder(inner)
    if let input = call.input {
      binder.define("input", Relation(.scan(ScanPlan(table: input)), isSerialized: true, name: "input"))
    }
    var result: QueryResult?
    do {
      if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
      for statement in parsed.script.statements {
        if case .query(let query) = statement {
          result = try binder.bind(query).map { try state.run($0, at: call.span) }
        } else {
          binder.prepare(statement)
        }
        if !binder.diagnostics.isEmpty { throw Diagnostics(binder.diagnostics) }
      }
    } catch let found as Diagnostics {
      throw found.list.first.map { about(call, $0) } ?? AlreadyReported()
    } catch let found as Diagnostic {
      throw about(call, found)
    }
    guard let result else { throw AlreadyReported() }
    return Table(name: "", result)
  }

  /// A mistake in a function's text, told at the call.
  private func about(_ call: TableFunction.Call, _ diagnostic: Diagnostic) -> Diagnostic {
    var told = diagnostic
    told.span = call.span
    return told
  }
}
