import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// Runs the text of a table function of the catalog, in which the rows before the pipe are called `input`.
  ///
  /// - Throws: what is wrong with the text or its data as one diagnostic at the call, since the user sees only that.
  func run(_ text: String, for call: TableFunction.Call) throws -> Table {
    guard expanding.count < 64 else {
      throw Diagnostic("too-deep", "functions call each other more than 64 deep here", at: call.span)
    }
    try countExpansion(at: call.span)
    let parsed = parse(text)
    let inner = Binder(services, context: context)
    inner.expanding = expanding + ["a function of the catalog"]
    if let input = call.input {
      inner.text.define("input", .table(Relation(.scan(ScanPlan(table: input)), isSerialized: true, name: "input")))
    }
    var result: QueryResult?
    do {
      if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
      for statement in parsed.script.statements {
        if case .query(let query) = statement {
          result = try inner.bind(query).map { try run($0, at: call.span) }
        } else {
          inner.prepare(statement)
        }
        if !inner.diagnostics.isEmpty { throw Diagnostics(inner.diagnostics) }
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
